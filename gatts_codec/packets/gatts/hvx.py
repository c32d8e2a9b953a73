"""hvx: send a handle value notification or indication.

Up to SD API v2 parameters without a length end in two flag bytes, 00 00, of which the firmware skips the second
unread; from v3 on they end in one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import MAX_VALUE_LEN, HvxType
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Length, Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, Response, fill_length
from gatts_codec.schema.record import Flagged, Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvxParams(Message):
    """What to send (SDK: ble_gatts_hvx_params_t).

        handle  2       the characteristic's value
        type    1       HvxType: 1 notification, 2 indication
        offset  2       where in the value the data goes, in bytes
        len     1..3    presence flag, then the number of bytes; at most 512 without data. By default that of the data;
                        None: no length, and then no data
        data    0..513  presence flag, then the bytes: stored, and at most MTU - 3 of them sent. None: the stored value
                        goes out

    Without a length the packet ends in 00 00 up to sd_api_v2_pc, in 00 later. Source: `specs/gatts/hvx.toml`.
    """

    handle: Handle
    type: Annotated[int, HvxType] = HvxType.NOTIFICATION
    data: bytes | None = None
    offset: int = 0
    len: int | None = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "data", absent=None)


@dataclass(frozen=True, slots=True, repr=False)
class Hvx(Command["HvxResponse"]):
    """Notify or indicate a value (SDK: sd_ble_gatts_hvx).

        conn_handle  2       connection
        hvx_params   1..522  presence flag, then HvxParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gatts/hvx.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_hvx"
    conn_handle: Handle
    hvx_params: HvxParams | None


@dataclass(frozen=True, slots=True, repr=False)
class HvxResponse(Response):
    """How much of the data was stored.

        result         4     0 success; anything else ends the packet here
        bytes_written  1..3  presence flag, then the number of bytes written to the attribute; not that of bytes sent
                             over the air. None: the call failed, or its parameters had no length

    Behind the opcode (u8), little endian. Source: `specs/gatts/hvx.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_hvx"
    result: Result
    bytes_written: int | None = None


def _command(flag: Flag, *, filler: bool) -> Record:
    length, data = (
        named("len", Length(of="data")),
        named("data", Data("len", limited=True, most=MAX_VALUE_LEN)),
    )
    params = Record(
        HvxParams,
        HANDLE,
        named("type", u8),
        named("offset", u16),
        Flagged(length, data, flag=flag, filler=filler),
    )
    return Record(Hvx, CONN_HANDLE, named("hvx_params", Presence(params)))


COMMAND = _command(Flag.RAW, filler=True)
COMMAND_V3 = _command(Flag.STRUCT, filler=False)

RESPONSE = response(HvxResponse, named("bytes_written", Presence(u16)))
