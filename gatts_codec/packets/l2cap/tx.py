"""tx: send on a fixed channel. Up to sd_api_v3.

With a header the chip takes header.len bytes behind the second flag byte and never reads that flag. Without a header
there are two bytes 00 00.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import HEADER, Header
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Flagged, Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Tx(Command["TxResponse"]):
    """Send on a fixed L2CAP channel (SDK: sd_ble_l2cap_tx).

        conn_handle  2     connection
        header       2..5  presence flag, then Header; None: 00 00, and then no data
        data         0+    one more flag byte, then header.len bytes; None: no header

    Behind the opcode (u8), little endian. Source: `specs/l2cap/tx.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_tx"
    conn_handle: Handle
    header: Header | None
    data: bytes | None


class TxResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_l2cap_tx"


COMMAND = Record(
    Tx,
    CONN_HANDLE,
    Flagged(named("header", HEADER), named("data", Data("header.len", flag=Flag.ANY)), filler=True),
)
RESPONSE = response(TxResponse)
