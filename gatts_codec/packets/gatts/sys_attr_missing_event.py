"""sys_attr_missing: a peer's system attributes are needed and not yet set: call sys_attr_set."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.schema.blocks import u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle, Hex8
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrMissingEvent(Event):
    """System attributes are not yet set: call sys_attr_set (SDK: BLE_GATTS_EVT_SYS_ATTR_MISSING).

        conn_handle  2  connection
        hint         1  which attributes are missing; 0: all. Any number is legal

    Behind the event id (u16), little endian. Source: `specs/gatts/sys_attr_missing_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_SYS_ATTR_MISSING"
    conn_handle: Handle
    hint: Hex8


EVENT = Record(SysAttrMissingEvent, CONN_HANDLE, named("hint", u8))
