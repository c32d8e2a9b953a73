"""sys_attr_set: restore a peer's system attributes (its subscriptions), or initialise them.

    conn_handle    2
    sys_attr_data  1+  up to SD API v2: presence flag, then u16 length and the bytes, or nothing at all
                   3+  from v3 on: u16 length, presence flag, then the bytes: the length travels always
    flags          4   0 all services, 1 system services, 2 user services

The early packet without data has no length on the wire: ``len`` is then 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Length, u32
from gatts_codec.schema.message import FROM_DATA, Command, Flags, Handle, Response, fill_length
from gatts_codec.schema.record import Group, Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrSet(Command):
    """Set system attributes, as sys_attr_get gave them (SDK: sd_ble_gatts_sys_attr_set)."""

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_set"
    conn_handle: Handle
    sys_attr_data: bytes | None = None
    flags: Flags = 0
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "sys_attr_data")


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrSetResponse(Response):
    """The result alone."""

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_set"
    result: Result


LEN, FLAGS = named("len", Length(of="sys_attr_data")), named("flags", u32)

COMMAND = Record(
    SysAttrSet,
    CONN_HANDLE,
    Group(LEN, named("sys_attr_data", Data("len", flag=None)), key="sys_attr_data", absent={"len": 0}),
    FLAGS,
)
COMMAND_V3 = Record(SysAttrSet, CONN_HANDLE, LEN, named("sys_attr_data", Data("len")), FLAGS)
RESPONSE = response(SysAttrSetResponse)
