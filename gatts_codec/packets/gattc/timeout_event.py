"""timeout: a peer did not answer in time, and the connection takes no more ATT traffic.

Up to sd_api_v2_pc without status and handle.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus, TimeoutSource
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class TimeoutEvent(Event):
    """A peer did not answer in time, and the connection takes no more ATT traffic (SDK: BLE_GATTC_EVT_TIMEOUT).

        conn_handle   2     connection
        gatt_status   0..2  GattStatus. None: up to sd_api_v2_pc it does not travel
        error_handle  0..2  None: up to sd_api_v2_pc it does not travel
        src           1     TimeoutSource, what timed out: 0 the ATT protocol

    Behind the event id (u16), little endian. Source: `specs/gattc/timeout_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_TIMEOUT"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus] | None
    error_handle: Handle | None
    src: Annotated[int, TimeoutSource]


EVENT = Record(TimeoutEvent, CONN_HANDLE, Absent("gatt_status", "error_handle"), named("src", u8))
EVENT_V3 = Record(TimeoutEvent, *ANSWER, named("src", u8))
