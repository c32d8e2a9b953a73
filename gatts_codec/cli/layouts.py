"""The fields of a packet as a dialect has them, for people: path, bytes, type, default, meaning."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import MISSING
from dataclasses import fields as dataclass_fields
from enum import IntEnum
from typing import Any, NamedTuple

import click

from gatts_codec.codec import Codec
from gatts_codec.constants import Kind
from gatts_codec.constants.table import short_name
from gatts_codec.schema.docstrings import layout_table
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.members import Member
from gatts_codec.schema.message import FROM_DATA, Message, Packet
from gatts_codec.schema.record import Absent, Members, Record, innermost
from gatts_codec.schema.shown import Look

_MOST_VALUES = 12
_NEAR = 3


class Field(NamedTuple):
    """One field: ``size`` is its bytes as the docstrings write them, ``values`` the names of known numbers."""

    path: str
    size: str
    type: str
    default: str
    meaning: str
    values: dict[int, str]


def packet_classes(codec: Codec, name: str, kinds: tuple[Kind, ...]) -> list[type[Packet]]:
    """The packets of that name and one of these kinds. Raises click.UsageError that names those that are near."""
    wanted = short_name(name)
    known = {(cls.kind, short_name(cls.name)): cls for cls in codec.message_classes()}
    found = [known[kind, wanted] for kind in kinds if (kind, wanted) in known]
    if found:
        return found
    names = {each for kind, each in known if kind in kinds}
    near = (
        difflib.get_close_matches(wanted, names, _NEAR) or [each for each in names if wanted in each][:_NEAR]
    )
    meant = f"did you mean {' or '.join(sorted(near))}? " if near else ""
    what = kinds[0] if len(kinds) == 1 else "packet"
    all_of_them = f"gatts-codec fields -d {codec.dialect.name} lists them"
    raise click.UsageError(f"{codec.dialect.name} has no {what} {name!r}: {meant}{all_of_them}")


def fields_of(record: Record, path: str = "") -> Iterator[Field]:
    """The fields of a layout in the order of the wire, those of inner structures behind each."""
    table, types = layout_table(record.cls), field_types(record.cls)
    for name, block in _blocks(record):
        size, meaning = table.get(name, ("", ""))
        inner = innermost(block)
        where = f"{path}{name}"
        yield Field(
            where, size, _type(types[name], inner), _default(record.cls, name), meaning, _values(types[name])
        )
        yield from _inside(inner, where + ("[]" if types[name].item else ""))


def inner_layouts(record: Record, name: str) -> list[Record]:
    """The layout of a field that is a structure; of a union, of each that it may be; [] of others."""
    inner = innermost(dict(_blocks(record)).get(name))
    blocks = map(innermost, inner.blocks()) if isinstance(inner, Switch) else [inner]
    return [block for block in blocks if isinstance(block, Record)]


def names_in(record: Record) -> list[str]:
    """The fields that travel in the dialect."""
    return [name for name, _ in _blocks(record)]


def _inside(block: Any, path: str) -> Iterator[Field]:
    if isinstance(block, Record):
        yield from fields_of(block, f"{path}.")
    elif isinstance(block, Switch):
        for number, case in block.cases.items():
            inner = innermost(case)
            if isinstance(inner, Record):
                yield Field(path, "", inner.cls.__name__, "", f"if {block.field} is 0x{number:02x}", {})
                yield from fields_of(inner, f"{path}.")


def _blocks(members: Members) -> Iterator[tuple[str, Any]]:
    """Field and block; of fields that share a number no block."""
    for member in members.members:
        if isinstance(member, Absent):
            continue
        if isinstance(member, Members):
            yield from _blocks(member)
        elif isinstance(member, Member):
            yield from ((name, None) for name in member.field_names)
        else:
            yield member.name, member.subcon


def _type(kind: FieldType, inner: Any) -> str:
    if kind.item:
        return f"list of {_type(kind.item, inner)}"
    if issubclass(kind.base, Message):
        return inner.cls.__name__ if isinstance(inner, Record) else "structure"
    if isinstance(kind.shown, Look):
        return {"address": "address", "key": "key"}.get(kind.shown.value, "bytes")
    if isinstance(kind.shown, type):
        return kind.shown.__name__
    return {bool: "true or false", bytes: "bytes", int: "number"}.get(kind.base, kind.base.__name__)


def _values(kind: FieldType) -> dict[int, str]:
    shown = kind.shown
    if not isinstance(shown, type) or len(shown) > _MOST_VALUES:
        return {}
    return {int(member): member.name for member in shown}


def _default(cls: type[Message], name: str) -> str:
    default = next(field.default for field in dataclass_fields(cls) if field.name == name)  # type: ignore[arg-type]
    if default is MISSING:
        return "required"
    if default is FROM_DATA:
        return "its data's"
    if default is None:
        return "null"
    if isinstance(default, Message):
        return ""  # its fields have theirs
    if isinstance(default, IntEnum):
        return default.name
    return default.hex() if isinstance(default, bytes) else str(default).lower()
