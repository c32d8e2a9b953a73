"""sys_attr_missing: a peer's system attributes are needed and not yet set: call sys_attr_set.

conn_handle  2
hint         1   which attributes; 0: all
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.schema.blocks import u8
from gatts_codec.schema.message import Event, Handle, Hex8
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SysAttrMissingEvent(Event):
    """System attributes are not yet set: call sys_attr_set (SDK: BLE_GATTS_EVT_SYS_ATTR_MISSING)."""

    name: ClassVar[str] = "BLE_GATTS_EVT_SYS_ATTR_MISSING"
    conn_handle: Handle
    hint: Hex8


EVENT = Record(SysAttrMissingEvent, CONN_HANDLE, named("hint", u8))
