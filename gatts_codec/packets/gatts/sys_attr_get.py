"""sys_attr_get: get a peer's system attributes, to restore them when it returns.

Up to SD API v2 the firmware reads both flags loosely. The response carries length and data, behind one more presence
flag from v3 on.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Given, Length, Presence, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Flags, Handle, Response, fill_length
from gatts_codec.schema.record import Flagged, Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrGet(Command["SysAttrGetResponse"]):
    """Get system attributes (SDK: sd_ble_gatts_sys_attr_get).

        conn_handle            2     connection; the last, closed one's holds until there is a new one
        len                    1..3  presence flag, then the size of the caller's buffer in bytes; None: flag alone
        sys_attr_data_present  1     whether there is a buffer; without one only the length comes back
        flags                  4     SysAttrFlags: 0 all services, 1 system services, 2 user services

    Behind the opcode (u8), little endian. Source: `specs/gatts/sys_attr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_get"
    conn_handle: Handle
    len: int | None
    sys_attr_data_present: bool = True
    flags: Flags = 0


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrGetResponse(Response):
    """The attributes, opaque to the host, and their length.

        result         4       0 success; anything else ends the packet here
        len            1..3    bytes of the attributes, also without them; from sd_api_v3 on behind a presence flag.
                               None: not given
        sys_attr_data  0..513  presence flag, then the bytes; None: there was no buffer

    Behind the opcode (u8), little endian. Source: `specs/gatts/sys_attr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_get"
    result: Result
    sys_attr_data: bytes | None = None
    len: int | None = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "sys_attr_data", absent=None)


def _command(len_flag: Flag, data_flag: Flag) -> Record:
    return Record(
        SysAttrGet,
        CONN_HANDLE,
        named("len", Presence(u16, len_flag)),
        named("sys_attr_data_present", Given(data_flag)),
        named("flags", u32),
    )


LEN, DATA = named("len", Length(of="sys_attr_data")), named("sys_attr_data", Data("len", most=MAX_VALUE_LEN))

COMMAND = _command(Flag.DATA, Flag.RAW)
COMMAND_V3 = _command(Flag.STRUCT, Flag.STRUCT)

RESPONSE = response(SysAttrGetResponse, LEN, DATA)
RESPONSE_V3 = response(SysAttrGetResponse, Flagged(LEN, DATA))
