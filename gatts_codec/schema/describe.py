"""The layouts as plain data, for programs in other languages: a walk over the blocks, one function a block.

``describe(record)`` gives nested dicts and lists of strings, numbers and booleans. Every dict has a ``block``, which
says which other keys it has; a field of the message has a ``name`` besides, and where the message declares it a
``shown`` (the format of a number) or ``labels`` (names of known numbers).

    record    message, members, tolerates_trailing
    number    size, signed
    presence  flag, of                          given     flag
    data      length, flag or None, limited     counted
    trailing  of                                oneof     of, values
    bits      groups [name, shift, width], required, reserved, labels by name
    group     members, flag, key, absent, filler
    when      members, field, value

Fields that do not travel in a dialect do not appear.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import singledispatch
from typing import Any

from gatts_codec.schema.blocks import Counted, Data, Given, Number, OneOf, Presence, Trailing
from gatts_codec.schema.message import FieldType, field_types
from gatts_codec.schema.record import Absent, Bits, Group, Member, Members, Record, When
from gatts_codec.schema.shown import Look

Description = dict[str, Any]
Types = Mapping[str, FieldType]


@singledispatch
def describe(block: Any) -> Description:
    """A block as plain data. Raises TypeError for one that is not in the list above."""
    raise TypeError(f"no description of a {type(block).__name__} block")


@describe.register
def _(block: Record) -> Description:
    members = _members(block, field_types(block.cls))
    return {
        "block": "record",
        "message": block.cls.__name__,
        "members": members,
        "tolerates_trailing": block.tolerates_trailing,
    }


@describe.register
def _(block: Number) -> Description:
    return {"block": "number", "size": block.length, "signed": block.low < 0}


@describe.register
def _(block: Presence) -> Description:
    return {"block": "presence", "flag": block.flag.name, "of": describe(block.subcon)}


@describe.register
def _(block: Given) -> Description:
    return {"block": "given", "flag": block.flag.name}


@describe.register
def _(block: Data) -> Description:
    flag = None if block.flag is None else block.flag.name
    return {"block": "data", "length": block.length, "flag": flag, "limited": block.limited}


@describe.register
def _(block: Counted) -> Description:
    return {"block": "counted"}


@describe.register
def _(block: Trailing) -> Description:
    return {"block": "trailing", "of": describe(block.subcon)}


@describe.register
def _(block: OneOf) -> Description:
    return {"block": "oneof", "of": describe(block.subcon), "values": list(map(int, block.values))}


def _members(block: Members, types: Types) -> list[Description]:
    return [_member(member, types) for member in block.members if not isinstance(member, Absent)]


def _member(member: Any, types: Types) -> Description:
    if isinstance(member, Member):
        return _several(member, types)
    return {"name": member.name, **describe(member.subcon), **_shown(types[member.name])}


def _shown(field: FieldType) -> Description:
    if isinstance(field.shown, (str, Look)):
        return {"shown": field.shown if isinstance(field.shown, str) else field.shown.value}
    return {} if field.shown is None else {"labels": _labels(field.shown)}


def _labels(enum: type[IntEnum]) -> dict[int, str]:
    return {int(member): member.name for member in enum}


@singledispatch
def _several(member: Member, types: Types) -> Description:
    """A member that covers several fields: what they are shown as stands in the record's message class."""
    raise TypeError(f"no description of a {type(member).__name__} member")


@_several.register
def _(member: Bits, types: Types) -> Description:
    required = {name: int(value) for name, value in member.required.items()}
    shown = {name: _shown(types[name]) for name in member.widths}
    return {
        "block": "bits",
        "groups": [list(group) for group in member.groups()],
        "required": required,
        "reserved": member.reserved,
        "labels": {name: how["labels"] for name, how in shown.items() if "labels" in how},
    }


@_several.register
def _(member: Group, types: Types) -> Description:
    absent = {name: value for name, value in member.absent.items() if value is not None}
    return {
        "block": "group",
        "flag": member.flag.name,
        "key": member.key,
        "absent": absent,
        "filler": member.filler,
        "members": _members(member, types),
    }


@_several.register
def _(member: When, types: Types) -> Description:
    members = _members(member, types)
    return {"block": "when", "field": member.field, "value": int(member.value), "members": members}
