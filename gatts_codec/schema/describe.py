"""The layouts as plain data, for programs in other languages: a walk over the blocks, one function a block.

``describe(record)`` gives nested dicts and lists of strings, numbers and booleans. Every dict has a ``block``, which
says which other keys it has; a field of the message has a ``name`` besides. Where the message declares it, its number
has a ``shown`` (its format) or ``labels`` (names of known numbers), and its bytes a ``shown`` (address or key).

    record    message, members, tolerates_trailing
    number    size, signed; a length: counts, the fields; an id: selects, the field
    presence  flag, of                          given     flag
    oneof     of, values                        trailing  of
    data      length, flag or None, limited, most or None
    counted   size (of the count), most or None
    raw       size, a number or the name of an earlier field
    list      of, count: the size of the number before it, or the name of an earlier one
    switch    field, cases [value, block], default or None
    never     reason
    bits      size, groups [name, shift, width], required, reserved, labels by name, counts {group: field}
    group     members, flag, key, absent, filler
    when      members, field, value
    absent    names
    count     counter, size, of                 atmost    field, most, when or None

An earlier field is looked for in the same record first, then in the one around it; dots lead into a structure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import singledispatch
from typing import Any

from gatts_codec.schema.blocks import Counted, Data, Given, Length, Number, OneOf, Presence, Raw, Trailing
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.lists import ListOf, Never, Switch, SwitchId
from gatts_codec.schema.members import AtMost, Bits, Count, Member
from gatts_codec.schema.record import Absent, Flagged, Members, Record, When
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
def _(block: Length) -> Description:
    return {"block": "number", "size": block.length, "signed": False, "counts": list(block.of)}


@describe.register
def _(block: SwitchId) -> Description:
    return {"block": "number", "size": block.length, "signed": False, "selects": block.of}


@describe.register
def _(block: Presence) -> Description:
    return {"block": "presence", "flag": block.flag.name, "of": describe(block.subcon)}


@describe.register
def _(block: Given) -> Description:
    return {"block": "given", "flag": block.flag.name}


@describe.register
def _(block: Data) -> Description:
    return {
        "block": "data",
        "length": block.length,
        "flag": None if block.flag is None else block.flag.name,
        "limited": block.limited,
        "most": block.most,
    }


@describe.register
def _(block: Counted) -> Description:
    return {"block": "counted", "size": block.number.length, "most": block.most}


@describe.register
def _(block: Raw) -> Description:
    return {"block": "raw", "size": block.size}


@describe.register
def _(block: ListOf) -> Description:
    count = block.count if isinstance(block.count, str) else block.count.length
    return {"block": "list", "count": count, "of": describe(block.subcon)}


@describe.register
def _(block: Switch) -> Description:
    cases = [[int(value), describe(case)] for value, case in block.cases.items()]
    default = None if block.default is None else describe(block.default)
    return {"block": "switch", "field": block.field, "cases": cases, "default": default}


@describe.register
def _(block: Never) -> Description:
    return {"block": "never", "reason": block.reason}


@describe.register
def _(block: Trailing) -> Description:
    return {"block": "trailing", "of": describe(block.subcon)}


@describe.register
def _(block: OneOf) -> Description:
    return {"block": "oneof", "of": describe(block.subcon), "values": list(map(int, block.values))}


def _members(block: Members, types: Types) -> list[Description]:
    return [_member(member, types) for member in block.members]


def _member(member: Any, types: Types) -> Description:
    if isinstance(member, Member):
        return _several(member, types)
    block = {"name": member.name, **describe(member.subcon)}
    innermost = block
    while "of" in innermost and isinstance(innermost["of"], dict):
        innermost = innermost["of"]
    innermost.update(_shown(types[member.name]))
    return block


def _shown(field: FieldType) -> Description:
    shown = field.item.shown if field.item else field.shown
    if isinstance(shown, (str, Look)):
        return {"shown": shown if isinstance(shown, str) else shown.value}
    return {} if shown is None else {"labels": _labels(shown)}


def _labels(enum: type[IntEnum]) -> dict[int, str]:
    # Of flags Python 3.10 lists 0 and combinations too, later ones do not.
    return {int(member): member.name for member in enum.__members__.values()}


@singledispatch
def _several(member: Member, types: Types) -> Description:
    """A member that covers several fields: what they are shown as stands in the record's message class."""
    raise TypeError(f"no description of a {type(member).__name__} member")


@_several.register
def _(member: Bits, types: Types) -> Description:
    required = {name: int(value) for name, value in member.required.items()}
    shown = {name: _shown(types[name]) for name in member.field_names}
    return {
        "block": "bits",
        "size": member.number.length,
        "groups": [list(group) for group in member.groups()],
        "required": required,
        "reserved": member.reserved,
        "labels": {name: how["labels"] for name, how in shown.items() if "labels" in how},
        "counts": member.counts,
    }


@_several.register
def _(member: Flagged, types: Types) -> Description:
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


@_several.register
def _(member: Absent, types: Types) -> Description:
    return {"block": "absent", "names": list(member.names)}


@_several.register
def _(member: Count, types: Types) -> Description:
    return {"block": "count", "counter": member.counter, "size": member.number.length, "of": member.of}


@_several.register
def _(member: AtMost, types: Types) -> Description:
    return {"block": "atmost", "field": member.field, "most": member.most, "when": member.when}
