"""What every packet keeps to: names, numbers, documentation, and lengths that fill themselves in."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from every import every
from strategies import distinct_layouts

from gatts_codec import packets
from gatts_codec.codec import Codec
from gatts_codec.constants import group_of
from gatts_codec.constants.table import group_and_name
from gatts_codec.dialects import DIALECTS
from gatts_codec.schema.blocks import Length
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.members import Bits, Member
from gatts_codec.schema.message import FROM_DATA, Message, Packet
from gatts_codec.schema.record import Members, Record, inner_records, mentioned

each_dialect = every("dialect", DIALECTS)
CLASSES = sorted(
    {cls for dialect in DIALECTS for cls in Codec(dialect).message_classes()}, key=lambda cls: cls.__name__
)
# Groups in which related packets share a file.
FAMILIES = ("common", "gap")
SUFFIX = {"command": "", "response": "Response", "event": "Event"}


def _fields(members: Members) -> Iterator[Any]:
    for member in members.members:
        if isinstance(member, Members):
            yield from _fields(member)
        elif not isinstance(member, Member):
            yield member


RECORDS = {
    id(found): found for layout in distinct_layouts() for found in inner_records(layout.record)
}.values()
each_record = every("record", RECORDS, ids=lambda record: record.cls.__name__)


@each_dialect
def test_names_and_numbers_are_unique(dialect: str) -> None:
    codec = Codec(dialect)
    for kind in SUFFIX:
        classes = [cls for cls in codec.message_classes() if cls.kind == kind]
        assert (
            len({cls.name for cls in classes}) == len({codec.opcode(cls) for cls in classes}) == len(classes)
        )


@each_dialect
def test_numbers_lie_in_their_group_of_the_dialect(dialect: str) -> None:
    codec = Codec(dialect)
    for cls in codec.message_classes():
        group, _ = group_and_name(cls.name)
        assert group_of(DIALECTS[dialect].numbers, cls.kind, codec.opcode(cls)) == group, cls  # type: ignore[arg-type]


@each_dialect
def test_names_are_the_dialects_keys(dialect: str) -> None:
    for group in DIALECTS[dialect].groups.values():
        for name, call in group.calls.items():
            for kind, layout in (("command", call.command), ("response", call.response)):
                assert is_packet(layout, kind, group.name, name)
        for name, (_, layout) in group.events.items():
            assert is_packet(layout, "event", group.name, name)


def is_packet(layout: Record, kind: str, group: str, name: str) -> bool:
    """Whether a layout is that of this packet."""
    cls = layout.cls
    return issubclass(cls, Packet) and (cls.kind, *group_and_name(cls.name)) == (kind, group, name)


@every("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_class_is_named_after_its_packet(cls: Any) -> None:
    group, name = group_and_name(cls.name)
    stem = "".join(word.capitalize() for word in name.split("_"))
    assert re.fullmatch(f"{stem}{SUFFIX[cls.kind]}(V[0-9])?", cls.__name__)
    *_, folder, module = cls.__module__.split(".")
    assert folder == group
    if group not in FAMILIES:
        assert module == name + ("_event" if cls.kind == "event" else "")


@each_record
def test_a_class_is_documented_and_frozen(record: Record) -> None:
    cls = record.cls
    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")  # what dataclasses write where nothing else stands
    assert cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(cls)


@each_record
def test_field_types_are_understood(record: Record) -> None:
    for name, found in field_types(record.cls).items():
        for base in (found.item or found).bases:
            assert base in (int, bool, bytes) or issubclass(base, Message), name


@each_record
def test_a_length_fills_itself_in(record: Record) -> None:
    blocks = {member.name: member.subcon for member in _fields(record)}
    defaults = {field.name: field.default for field in fields(record.cls)}  # type: ignore[arg-type]
    for name, block in blocks.items():
        if isinstance(block, Length):
            nullable = field_types(record.cls)[name].nullable
            absent = nullable and defaults[name] is None
            assert absent or defaults[name] is FROM_DATA, f"{record.cls.__name__}.{name}"
            for of in set(block.of) & set(blocks):
                assert name in mentioned(blocks[of]), f"{of} does not say that {name} counts it"
    required = {field.name for field in fields(record.cls) if field.default is MISSING}  # type: ignore[arg-type]
    assert not required & {name for name, block in blocks.items() if isinstance(block, Length)}


@each_record
def test_bits_fit_their_number(record: Record) -> None:
    for member in record.members:
        if isinstance(member, Bits):
            assert sum(member.widths.values()) <= 8 * member.number.length
            assert set(member.required) <= set(member.widths)


def docstrings(source: str) -> list[str]:
    """Every docstring of a module."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Module | ast.ClassDef)]
    return [ast.get_docstring(node) or "" for node in nodes]


MODULES = sorted(Path(inspect.getfile(packets)).parent.glob("*/[a-z]*.py"))


@every("path", MODULES, ids=lambda path: path.stem)
def test_a_packets_file_begins_with_its_name_and_is_short(path: Path) -> None:
    source = path.read_text("utf-8")
    documented = sum(len(text.splitlines()) for text in docstrings(source))
    assert len(source.splitlines()) - documented <= (260 if path.parent.name in FAMILIES else 120)
    if path.stem not in ("history", "structs"):
        name = path.stem.removesuffix("_event")
        assert str(ast.get_docstring(ast.parse(source))).startswith(f"{name}: ")


@every("path", MODULES, ids=lambda path: path.stem)
def test_messages_are_made_the_cheap_way(path: Path) -> None:
    """By the decorator of classes.py: the standard one compiles functions for each class as it is imported."""
    nodes = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    homes = [node.module for node in nodes for alias in node.names if alias.name == "dataclass"]
    assert set(homes) <= {"gatts_codec.schema.classes"}
