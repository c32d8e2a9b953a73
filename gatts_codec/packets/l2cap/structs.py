"""Structures of L2CAP packets.

The bytes of an SDU lie in a buffer of the host's. What travels is a number for it, which the chip gives back: the host
may choose any but 0, which is not a buffer.
"""

from __future__ import annotations

from gatts_codec.schema.blocks import Length, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Flags, Handle, Message, fill_length
from gatts_codec.schema.record import Absent, Record, named


@dataclass(frozen=True, slots=True, repr=False)
class SduBuf(Message):
    """A buffer for an SDU (SDK: ble_data_t).

        len     2   how many bytes it has, in bytes; at most 124
        buf_id  4   the host's number for the buffer; 0: none
        data    0+  presence flag, then the bytes. None: flag alone, and where only the buffer is meant not even that

    Source: `specs/l2cap/ch_tx.toml`.
    """

    buf_id: Flags
    data: bytes | None = None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "data")


@dataclass(frozen=True, slots=True, repr=False)
class ChTxParams(Message):
    """What a channel may send (SDK: ble_l2cap_ch_tx_params_t).

        tx_mtu    2  the longest SDU that the peer takes, in bytes
        peer_mps  2  the longest PDU that the peer takes, in bytes
        tx_mps    2  the longest PDU that this end sends, in bytes
        credits   2  how many PDUs the peer has room for

    Source: `specs/l2cap/ch_setup_event.toml`.
    """

    tx_mtu: int
    peer_mps: int
    tx_mps: int
    credits: int


@dataclass(frozen=True, slots=True, repr=False)
class Header(Message):
    """What stands before the bytes of an L2CAP packet (SDK: ble_l2cap_header_t).

        len  2  how many bytes follow
        cid  2  the channel

    Source: `specs/l2cap/tx.toml`.
    """

    len: int
    cid: Handle


MAX_SDU_LEN = 124
"""The longest SDU that the firmware has a buffer for, in bytes."""

LOCAL_CID = named("local_cid", u16)
BUF_ID = named("buf_id", u32)
SDU_LEN = named("len", Length(of="data"))
SDU_BUF = Record(SduBuf, SDU_LEN, BUF_ID, Absent("data"))
"""A buffer that the chip gives back: its bytes do not travel.

Without a buffer the firmware leaves the number out, which no host understands.
"""
HEADER = Record(Header, named("len", u16), named("cid", u16))
TX_PARAMS = Record(
    ChTxParams, named("tx_mtu", u16), named("peer_mps", u16), named("tx_mps", u16), named("credits", u16)
)
