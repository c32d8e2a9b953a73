"""timeout: a peer did not answer in time, and the connection takes no more ATT traffic.

Event id 0x55 up to sd_api_v2, 0x56 from v3 on, where 0x55 became exchange_mtu_request.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import TimeoutSource
from gatts_codec.schema.blocks import u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class TimeoutEvent(Event):
    """A peer did not answer in time, and the connection takes no more ATT traffic (SDK: BLE_GATTS_EVT_TIMEOUT).

        conn_handle  2  connection
        src          1  TimeoutSource, what timed out: 0 the ATT protocol

    Behind the event id (u16), little endian. Source: `specs/gatts/timeout_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_TIMEOUT"
    conn_handle: Handle
    src: Annotated[int, TimeoutSource]


EVENT = Record(TimeoutEvent, CONN_HANDLE, named("src", u8))
