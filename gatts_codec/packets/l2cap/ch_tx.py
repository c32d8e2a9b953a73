"""ch_tx: send an SDU. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import BUF_ID, LOCAL_CID, MAX_SDU_LEN, SDU_LEN, SduBuf
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data, Presence
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import AtMost
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChTx(Command["ChTxResponse"]):
    """Send an SDU on a channel (SDK: sd_ble_l2cap_ch_tx).

        conn_handle  2       connection
        local_cid    2       this end's channel
        sdu_buf      1..132  presence flag, then SduBuf with its bytes, buf_id first; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_tx.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_tx"
    conn_handle: Handle
    local_cid: Handle
    sdu_buf: SduBuf | None


class ChTxResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_l2cap_ch_tx"


_BUFFER = Record(
    SduBuf, BUF_ID, SDU_LEN, AtMost("len", MAX_SDU_LEN), named("data", Data("len", most=MAX_SDU_LEN))
)

COMMAND = Record(ChTx, CONN_HANDLE, LOCAL_CID, named("sdu_buf", Presence(_BUFFER)))
RESPONSE = response(ChTxResponse)
