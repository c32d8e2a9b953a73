"""sys_attr_get: get a peer's system attributes, to restore them when it returns.

    conn_handle            2
    len                    1+  presence flag, then the caller's buffer length
    sys_attr_data_present  1   whether there is a buffer; without one only the length comes back
    flags                  4   0 all services, 1 system services, 2 user services

Up to SD API v2 the firmware reads both flags loosely. The response carries length and data, behind one more presence
flag from v3 on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Flag, Given, Length, Presence, u16, u32
from gatts_codec.schema.message import FROM_DATA, Command, Flags, Handle, Response, fill_length
from gatts_codec.schema.record import Group, Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrGet(Command):
    """Get system attributes (SDK: sd_ble_gatts_sys_attr_get). ``len`` is the buffer's size in bytes."""

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_get"
    conn_handle: Handle
    len: int | None
    sys_attr_data_present: bool = True
    flags: Flags = 0


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrGetResponse(Response):
    """The attributes, opaque to the host, and their length."""

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


LEN, DATA = named("len", Length(of="sys_attr_data")), named("sys_attr_data", Data("len"))

COMMAND = _command(Flag.DATA, Flag.RAW)
COMMAND_V3 = _command(Flag.STRUCT, Flag.STRUCT)

RESPONSE = response(SysAttrGetResponse, LEN, DATA)
RESPONSE_V3 = response(SysAttrGetResponse, Group(LEN, DATA))
