"""write: write a peer's value. WRITE_RSP answers; a command has WRITE_CMD_TX_COMPLETE, from sd_api_v4 on.

The firmware takes 20 bytes up to sd_api_v5, and 244 from v6 on and where pc-ble-driver built it. Up to sd_api_v2 a
length without bytes has the same limit; later it may be any.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import ExecWriteFlag, GattOp
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data, Length, Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class WriteParams(Message):
    """What to write, and how (SDK: ble_gattc_write_params_t).

        write_op  1       GattOp: 1 request, 2 command, 3 signed command, 4 prepare, 5 execute
        flags     1       ExecWriteFlag, of an execute alone: 0 cancel, 1 write what was prepared
        handle    2       the attribute
        offset    2       where in the value the bytes go; of a prepare alone
        len       2       how many bytes; by default as many as value has
        value     1..245  presence flag, then the bytes; None: flag alone

    Source: `specs/gattc/write.toml`.
    """

    handle: Handle
    value: bytes | None = None
    write_op: Annotated[int, GattOp] = GattOp.WRITE_REQ
    flags: Annotated[int, ExecWriteFlag] = ExecWriteFlag.CANCEL
    offset: int = 0
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "value")


@dataclass(frozen=True, slots=True, repr=False)
class Write(Command["WriteResponse"]):
    """Write a peer's value (SDK: sd_ble_gattc_write).

        conn_handle   2       connection
        write_params  1..254  presence flag, then WriteParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/write.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_write"
    conn_handle: Handle
    write_params: WriteParams | None


class WriteResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_write"


def _command(most: int, limited: bool = False) -> Record:
    params = Record(
        WriteParams,
        named("write_op", u8),
        named("flags", u8),
        HANDLE,
        named("offset", u16),
        named("len", Length(of="value")),
        named("value", Data("len", most=most, limited=limited)),
    )
    return Record(Write, CONN_HANDLE, named("write_params", Presence(params)))


COMMAND = _command(20, limited=True)
COMMAND_V3 = _command(20)
COMMAND_LONG = _command(244)
RESPONSE = response(WriteResponse)
