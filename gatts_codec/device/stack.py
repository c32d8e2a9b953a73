"""The services that a SoftDevice brings along: Generic Access and Generic Attribute, before all others.

    1        0x1800 Generic Access
    2, 3     device name        4, 5  appearance        6, 7  preferred connection parameters
    8, 9     Central Address Resolution                               from v3 on
    next     0x1801 Generic Attribute
    next     Service Changed, its value, its CCCD                     only when it is enabled

So the first handle of the application is 12, or 9 without Service Changed; 14 and 11 from v3 on. (Dumps of real chips.)
"""

from __future__ import annotations

from dataclasses import replace

from gatts_codec.constants import AttrType
from gatts_codec.device.attribute_table import (
    CCCD,
    CHARACTERISTIC,
    PRIMARY,
    READ_ONLY,
    Attribute,
    AttributeTable,
    NewAttribute,
    declaration,
)
from gatts_codec.device.gap_state import GapState
from gatts_codec.schema.structs import NO_ACCESS, OPEN, AttrMd, Uuid

NAME_HANDLE, APPEARANCE_HANDLE, PPCP_HANDLE = 3, 5, 7

_READ, _WRITE, _INDICATE = 0x02, 0x08, 0x20
_NAME, _APPEARANCE, _PPCP, _ADDRESS_RESOLUTION = 0x2A00, 0x2A01, 0x2A04, 0x2AA6
SERVICE_CHANGED = 0x2A05


def new_table(size: int, gap: GapState, service_changed: bool, resolves_addresses: bool) -> AttributeTable:
    """A table with the stack's own services in it."""
    table = AttributeTable(size)
    name = NewAttribute(
        AttrType.CHAR_VAL, Uuid(_NAME), AttrMd(OPEN, NO_ACCESS, vlen=1), gap.name, gap.name_room
    )
    _add(table, _service(0x1800))
    _add(table, _characteristic(table, _READ, _NAME), name)
    _add(table, _characteristic(table, _READ, _APPEARANCE), _value(_APPEARANCE, bytes(2)))
    _add(table, _characteristic(table, _READ, _PPCP), _value(_PPCP, bytes(8)))
    if resolves_addresses:
        _add(table, _characteristic(table, _READ, _ADDRESS_RESOLUTION), _value(_ADDRESS_RESOLUTION, b"\x01"))
    _add(table, _service(0x1801))
    if service_changed:
        hidden = NewAttribute(
            AttrType.CHAR_VAL, Uuid(SERVICE_CHANGED), AttrMd(NO_ACCESS, NO_ACCESS), bytes(4), 4
        )
        cccd = NewAttribute(AttrType.DESC, Uuid(CCCD), AttrMd(OPEN, OPEN), bytes(2), 2)
        _add(table, _characteristic(table, _INDICATE, SERVICE_CHANGED), hidden, cccd)
    table.first_user_handle = table.next_handle
    show_gap(table, gap)
    return table


def show_gap(table: AttributeTable, gap: GapState) -> None:
    """Let the Generic Access service say what the GAP calls have set."""
    name, declared = _row(table, NAME_HANDLE), _row(table, NAME_HANDLE - 1)
    writable = gap.name_write_perm.sm != 0
    declared.value = bytes([_READ | (_WRITE if writable else 0)]) + declared.value[1:]
    name.md = replace(name.md, write_perm=gap.name_write_perm)
    name.value = gap.name
    _row(table, APPEARANCE_HANDLE).value = gap.appearance.to_bytes(2, "little")
    _row(table, PPCP_HANDLE).value = b"".join(
        wish.to_bytes(2, "little") for wish in gap.ppcp.to_dict().values()
    )


def _row(table: AttributeTable, handle: int) -> Attribute:
    found = table.find(handle)
    assert found is not None
    return found


def _add(table: AttributeTable, *new: NewAttribute) -> None:
    table.add(new, stack=True)


def _service(uuid: int) -> NewAttribute:
    return declaration(AttrType.PRIM_SRVC_DECL, PRIMARY, uuid.to_bytes(2, "little"))


def _characteristic(table: AttributeTable, props: int, uuid: int) -> NewAttribute:
    handle = table.next_handle + 1
    value = bytes([props]) + handle.to_bytes(2, "little") + uuid.to_bytes(2, "little")
    return declaration(AttrType.CHAR_DECL, CHARACTERISTIC, value)


def _value(uuid: int, value: bytes) -> NewAttribute:
    return NewAttribute(AttrType.CHAR_VAL, Uuid(uuid), READ_ONLY, value, len(value))
