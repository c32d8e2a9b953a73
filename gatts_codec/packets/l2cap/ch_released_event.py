"""ch_released: a channel is gone. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChReleasedEvent(Event):
    """A channel is gone (SDK: BLE_L2CAP_EVT_CH_RELEASED).

        conn_handle  2  connection
        local_cid    2  this end's channel

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_released_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_RELEASED"
    conn_handle: Handle
    local_cid: Handle


EVENT = Record(ChReleasedEvent, CONN_HANDLE, LOCAL_CID)
