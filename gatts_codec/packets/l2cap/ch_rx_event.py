"""ch_rx: an SDU has come in. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import BUF_ID, LOCAL_CID, SDU_LEN, SduBuf
from gatts_codec.schema.blocks import Data, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChRxEvent(Event):
    """An SDU has come in (SDK: BLE_L2CAP_EVT_CH_RX).

        conn_handle  2   connection
        local_cid    2   this end's channel
        sdu_len      2   how long the SDU is, in bytes; more than len: it was cut
        sdu_buf      7+  SduBuf with its bytes, len first

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_rx_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_RX"
    conn_handle: Handle
    local_cid: Handle
    sdu_len: int
    sdu_buf: SduBuf


_BUFFER = Record(SduBuf, SDU_LEN, BUF_ID, named("data", Data("len")))

EVENT = Record(ChRxEvent, CONN_HANDLE, LOCAL_CID, named("sdu_len", u16), named("sdu_buf", _BUFFER))
