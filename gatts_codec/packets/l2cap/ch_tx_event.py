"""ch_tx: an SDU has left. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID, SDU_BUF, SduBuf
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChTxEvent(Event):
    """An SDU has left (SDK: BLE_L2CAP_EVT_CH_TX).

        conn_handle  2  connection
        local_cid    2  this end's channel
        sdu_buf      6  SduBuf without its bytes, len first

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_tx_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_TX"
    conn_handle: Handle
    local_cid: Handle
    sdu_buf: SduBuf


EVENT = Record(ChTxEvent, CONN_HANDLE, LOCAL_CID, named("sdu_buf", SDU_BUF))
