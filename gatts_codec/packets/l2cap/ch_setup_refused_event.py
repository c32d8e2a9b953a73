"""ch_setup_refused: a channel was not set up. Since sd_api_v5."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import ChSetupRefusedSource, ChStatus
from gatts_codec.packets.l2cap.structs import LOCAL_CID
from gatts_codec.schema.blocks import u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChSetupRefusedEvent(Event):
    """A channel was not set up (SDK: BLE_L2CAP_EVT_CH_SETUP_REFUSED).

        conn_handle  2  connection
        local_cid    2  this end's channel
        source       1  ChSetupRefusedSource: 1 this end, 2 the peer
        status       2  ChStatus, why

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_setup_refused_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_SETUP_REFUSED"
    conn_handle: Handle
    local_cid: Handle
    source: Annotated[int, ChSetupRefusedSource]
    status: Annotated[int, ChStatus]


EVENT = Record(ChSetupRefusedEvent, CONN_HANDLE, LOCAL_CID, named("source", u8), named("status", u16))
