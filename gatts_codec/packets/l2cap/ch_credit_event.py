"""ch_credit: the peer has given credits. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChCreditEvent(Event):
    """The peer of a channel has given credits (SDK: BLE_L2CAP_EVT_CH_CREDIT).

        conn_handle  2  connection
        local_cid    2  this end's channel
        credits      2  how many PDUs may now be under way

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_credit_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_CREDIT"
    conn_handle: Handle
    local_cid: Handle
    credits: int


EVENT = Record(ChCreditEvent, CONN_HANDLE, LOCAL_CID, named("credits", u16))
