"""sys_attr_set: restore a peer's system attributes (its subscriptions), or initialise them.

Up to SD API v2 presence flag, then u16 length and the bytes, or nothing at all: without data there is no length on the
wire, and ``len`` is then 0. From v3 on u16 length, presence flag, then the bytes: the length travels always.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data, Length, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Flags, Handle, fill_length
from gatts_codec.schema.record import Flagged, Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrSet(Command["SysAttrSetResponse"]):
    """Set system attributes, as sys_attr_get gave them (SDK: sd_ble_gatts_sys_attr_set).

        conn_handle    2       connection
        len            0..2    bytes of sys_attr_data, the default. Up to sd_api_v2_pc it travels behind the flag, with
                               data only, and is else 0
        sys_attr_data  1..513  presence flag, then the bytes. None: all as for a new peer, without subscriptions
        flags          4       SysAttrFlags: 0 all services, 1 system services, 2 user services

    Behind the opcode (u8), little endian. Source: `specs/gatts/sys_attr_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_sys_attr_set"
    conn_handle: Handle
    sys_attr_data: bytes | None = None
    flags: Flags = 0
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "sys_attr_data")


class SysAttrSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gatts_sys_attr_set"


LEN, FLAGS = named("len", Length(of="sys_attr_data")), named("flags", u32)

COMMAND = Record(
    SysAttrSet,
    CONN_HANDLE,
    Flagged(
        LEN,
        named("sys_attr_data", Data("len", flag=None, most=MAX_VALUE_LEN)),
        key="sys_attr_data",
        absent={"len": 0},
    ),
    FLAGS,
)
COMMAND_V3 = Record(
    SysAttrSet, CONN_HANDLE, LEN, named("sys_attr_data", Data("len", most=MAX_VALUE_LEN)), FLAGS
)
RESPONSE = response(SysAttrSetResponse)
