"""hvx: send a handle value notification or indication.

    conn_handle  2
    hvx_params   1+  presence flag, then handle, type, offset, and behind a flag the length with the data

Up to SD API v2 parameters without a length end in two flag bytes, 00 00, of which the firmware skips the second
unread; from v3 on they end in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from gatts_codec.constants import HvxType
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Flag, Length, Presence, u8, u16
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, Response, fill_length
from gatts_codec.schema.record import Group, Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvxParams(Message):
    """What to send (SDK: ble_gatts_hvx_params_t). Without data the stored value goes out."""

    handle: Handle
    type: Annotated[int, HvxType] = HvxType.NOTIFICATION
    data: bytes | None = None
    offset: int = 0
    len: int | None = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "data", absent=None)


@dataclass(frozen=True, slots=True, repr=False)
class Hvx(Command):
    """Notify or indicate a value (SDK: sd_ble_gatts_hvx)."""

    name: ClassVar[str] = "sd_ble_gatts_hvx"
    conn_handle: Handle
    hvx_params: HvxParams | None


@dataclass(frozen=True, slots=True, repr=False)
class HvxResponse(Response):
    """How many bytes were written."""

    name: ClassVar[str] = "sd_ble_gatts_hvx"
    result: Result
    bytes_written: int | None = None


def _command(flag: Flag, *, filler: bool) -> Record:
    length, data = named("len", Length(of="data")), named("data", Data("len", limited=True))
    params = Record(
        HvxParams,
        HANDLE,
        named("type", u8),
        named("offset", u16),
        Group(length, data, flag=flag, filler=filler),
    )
    return Record(Hvx, CONN_HANDLE, named("hvx_params", Presence(params)))


COMMAND = _command(Flag.RAW, filler=True)
COMMAND_V3 = _command(Flag.STRUCT, filler=False)

RESPONSE = response(HvxResponse, named("bytes_written", Presence(u16)))
