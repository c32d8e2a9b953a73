"""read: read a peer's value, or go on reading a long one. READ_RSP answers.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Read(Command["ReadResponse"]):
    """Read a peer's value, or go on reading a long one (SDK: sd_ble_gattc_read).

        conn_handle  2  connection
        handle       2  the attribute
        offset       2  where in the value to begin, in bytes

    Behind the opcode (u8), little endian. Source: `specs/gattc/read.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_read"
    conn_handle: Handle
    handle: Handle
    offset: int = 0


class ReadResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_read"


COMMAND = Record(Read, CONN_HANDLE, HANDLE, named("offset", u16))
RESPONSE = response(ReadResponse)
