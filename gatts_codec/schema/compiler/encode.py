"""From a layout to a function that encodes it: one emitter for each kind of block.

Numbers, flags and the opcode that stand side by side are written at once by one precompiled ``Struct``, which refuses
what does not fit as the interpreter does. What it would take and the interpreter would not is asked for first: classes
of records, lengths that disagree with their data, bits that are too wide.

Only exact types pass: an instance of a subclass, a bytearray, is left to the interpreter, which takes it.
"""

from __future__ import annotations

from functools import lru_cache, singledispatch
from typing import Any, NamedTuple

from gatts_codec.schema.blocks import (
    Counted,
    Data,
    Given,
    Length,
    Number,
    OneOf,
    Presence,
    Raw,
    Trailing,
)
from gatts_codec.schema.compiler.function_source import FunctionSource
from gatts_codec.schema.compiler.steps import (
    Arm,
    Fixed,
    Known,
    Meet,
    NotCompilable,
    Step,
    Steps,
    fork,
    learn,
    leave_out,
    members_of,
    walk,
)
from gatts_codec.schema.compiler.writing import ByteRun, Constant, Packed, Writing
from gatts_codec.schema.members import Bits
from gatts_codec.schema.record import Absent, FieldPath, Flagged, Record, When

MOST_BITS = 12  # of a field that shares a number: there is a table of its values
BYTE = 8  # bits that have one table
PRESENT, ABSENT = Constant(b"\1"), Constant(b"\0")


def write_encoder(layout: Record, head: bytes, longest: int | None, source: FunctionSource) -> None:
    """Write a function that encodes a message of the layout's class, behind ``head``, in ``longest`` bytes at most."""
    way = Writing(source, write)
    way.pieces.append(Constant(head))
    walk(way, [Step(layout), Step(Fitting(longest))])


@singledispatch
def write(block: Any, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    """Write the lines that write one block; returns the steps that are left."""
    raise NotCompilable(f"no encoding of {type(block).__name__}")


@write.register(Number)
def _(block: Number, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.numbers.add(path)
    way.pieces.append(Packed(block.fmtstr[1:], way.value(path)))
    return rest


@write.register(Length)
def _(block: Length, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    # What it counts compares with it.
    way.numbers.add(path)
    way.pieces.append(Packed(block.fmtstr[1:], way.variable(path)))
    return rest


@write.register(OneOf)
def _(block: OneOf, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    known = tuple(value if value in block.values else None for value in range(1 + max(block.values)))
    rest = write(block.subcon, path, way, rest)
    name = way.name(*path)
    way.source.doubt(f"{way.value(path)} < 0")  # which would count from the end of the table
    way.source.let(name, f"{way.source.constant('one_of', known)}[{way.value(path)}]")
    way.source.doubt(f"{name} is None")
    way.variables[path] = name
    way.numbers.add(path)
    return rest


@write.register(Given)
def _(block: Given, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    given = way.variable(path)
    way.source.doubt(f"type({given}) is not bool")
    way.pieces.append(Packed("?", given))
    return rest


@write.register(Presence)
def _(block: Presence, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    condition, step = f"{way.variable(path)} is not None", Step(block.subcon, path)
    if isinstance(block.subcon, Record):
        condition, step = _is_a(way, path, block.subcon), Step(Checked(block.subcon), path)
    return fork(way, [Arm(condition, [Step(PRESENT), step]), _absent(way, path, [])], [path], rest)


def _is_a(way: Writing, path: FieldPath, record: Record) -> str:
    return f"type({way.variable(path)}) is {way.source.constant(record.cls.__name__, record.cls)}"


def _absent(way: Writing, path: FieldPath, steps: Steps) -> Arm:
    return Arm(f"{way.variable(path)} is None", [*steps, Step(ABSENT)])


@write.register(Constant)
def _(block: Constant, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.pieces.append(block)
    return rest


@write.register(Record)
def _(block: Record, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    # The class of the message itself is what the caller found this function by.
    if path:
        way.source.doubt(f"not {_is_a(way, path, block)}")
    return members_of(block, path) + rest


class Checked(NamedTuple):
    """A record whose class is known."""

    record: Record


@write.register(Checked)
def _(block: Checked, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    return members_of(block.record, path) + rest


@write.register(Bits)
def _(block: Bits, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    fields = [_bits_value(block, (*path, name), way) for name in block.widths]
    way.numbers.update((*path, name) for name in block.widths)
    # A table refuses what is too large and what is not an integer; a negative index it would take.
    way.source.doubt(f"{' | '.join(fields)} < 0")
    if sum(block.widths.values()) <= BYTE:
        table = way.source.constant("bits", _table(block))
        whole = table + "".join(f"[{value}]" for value in fields)
    else:
        groups = zip(block.groups(), fields, strict=True)
        whole = " | ".join(_shifted(block, group, value, way) for group, value in groups)
    way.pieces.append(Packed(block.number.fmtstr[1:], whole))
    return rest


@lru_cache(maxsize=256)
def _table(block: Bits) -> Any:
    return _nested(block, list(block.groups()), 0)


def _nested(block: Bits, groups: list[tuple[str, int, int]], whole: int) -> Any:
    """The byte for each combination of values, by one index a field; None where a value is not legal."""
    if not groups:
        return whole
    (name, shift, width), *others = groups
    values = range(1 << width)
    legal = {block.required.get(name, value) for value in values}
    return tuple(
        _nested(block, others, whole | value << shift) if value in legal else None for value in values
    )


def _bits_value(block: Bits, path: FieldPath, way: Writing) -> str:
    name = path[-1]
    if name in block.counts:
        return way.counted(path, (*path[:-1], block.counts[name]))
    if name in block.if_none:
        value = way.variable(path)
        way.source.line(f"if {value} is None: {value} = {block.if_none[name]}")
        return value
    return way.value(path)


def _shifted(block: Bits, group: tuple[str, int, int], value: str, way: Writing) -> str:
    """The bits of a field in their place: by a table, which has None where a value is not legal."""
    name, shift, width = group
    if width > MOST_BITS and name not in block.required:
        way.source.doubt(f"type({value}) is not int or {value} >= {1 << width}")
        return f"{value} << {shift}"
    legal = {block.required[name]} if name in block.required else range(1 << width)
    table = tuple(each << shift if each in legal else None for each in range(1 << width))
    return f"{way.source.constant(f'{name}_bits'.upper(), table)}[{value}]"


@write.register(Data)
def _(block: Data, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    length = way.found(path, block.length)
    sized = Step(Sized(length, block.most), path)
    is_bytes = f"type({way.variable(path)}) is bytes"
    if block.flag is None or block.flag.always:
        way.source.doubt(f"not {is_bytes}")
        return [*([Step(PRESENT)] if block.flag else []), sized, *rest]
    limited = [Step(Limited(block.most), length)] if block.limited else []
    return fork(way, [Arm(is_bytes, [Step(PRESENT), sized]), _absent(way, path, limited)], [path], rest)


class Sized(NamedTuple):
    """Bytes, as many as the field at ``length`` says, and not over ``most``."""

    length: FieldPath
    most: int | None


class Limited(NamedTuple):
    """A length that may not say more than the longest value, though no bytes follow."""

    most: int | None


@write.register(Sized)
def _(block: Sized, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    data, size = way.variable(path), way.variable(block.length)
    if size == way.sizes.get(data):
        way.limit(size, block.most)
    else:
        way.source.doubt(f"{way.size(block.length)} != len({data})")
        way.limit(f"len({data})", block.most)
    way.pieces.append(ByteRun(data, size))
    return rest


@write.register(Limited)
def _(block: Limited, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.source.line(way.size(path))
    way.limit(way.size(path), block.most)
    return rest


@write.register(Counted)
def _(block: Counted, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    data, size = way.variable(path), way.name(*path, "", "size")
    way.source.doubt(f"type({data}) is not bytes")
    way.source.let(size, f"len({data})")
    way.limit(size, block.most)
    way.pieces += [Packed(block.number.fmtstr[1:], size), ByteRun(data, size)]
    return rest


@write.register(Raw)
def _(block: Raw, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    data = way.variable(path)
    if isinstance(block.size, str):
        way.source.doubt(f"type({data}) is not bytes")
        return [Step(Sized(way.found(path, block.size), None), path), *rest]
    way.source.doubt(f"len({data}) != {block.size}")  # a Struct takes nothing but bytes
    way.pieces.append(Packed(f"{block.size}s", data))
    return rest


@write.register(Trailing)
def _(block: Trailing, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    arms = [Arm(f"{way.variable(path)} is None", []), Arm("", [Step(block.subcon, path)])]
    return fork(way, arms, [path], rest)


@write.register(Flagged)
def _(block: Flagged, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    present = f"{way.variable((*path, block.key))} is not None"
    others = [Step(Fixed(value), (*path, name)) for name, value in block.absent.items() if name != block.key]
    arms = [
        Arm(present, [Step(PRESENT), *members_of(block, path)]),
        Arm("", [*others, *[Step(ABSENT)] * (1 + block.filler)]),
    ]
    return fork(way, arms, [(*path, block.key)], rest)


@write.register(Fixed)
def _(block: Fixed, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    value = way.variable(path)
    way.source.doubt(
        f"{value} is not None"
        if block.value is None
        else f"type({value}) is not int or {value} != {block.value}"
    )
    return rest


@write.register(When)
def _(block: When, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    field_path = (*path, block.field)
    members = members_of(block, path)
    absent = [Step(Fixed(None), (*path, name)) for name in block.field_names]
    if field_path in way.known:
        return (members if way.known[field_path] == block.value else absent) + rest
    way.source.doubt(f"not isinstance({way.variable(field_path)}, int)")
    condition = f"{way.variable(field_path)} == {int(block.value)}"
    known = Step(Known(int(block.value)), field_path)
    return fork(way, [Arm(condition, [known, *members]), Arm("", absent)], [absent[0].path], rest)


write.register(Known, learn)
write.register(Absent, leave_out)


@write.register(Meet)
def _(block: Meet, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.source.line(f"{block.variables[()]} = {way.result()}")
    return rest


class Fitting(NamedTuple):
    """The end of the packet, and its limit."""

    longest: int | None


@write.register(Fitting)
def _(block: Fitting, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    if block.longest is None or not any(isinstance(piece, ByteRun) for piece in way.pieces):
        way.source.line(f"return {way.result()}")
    else:
        way.source.line(f"packet = {way.result()}")
        way.source.line(f"if len(packet) <= {block.longest}: return packet")
        way.source.doubt()
    return rest
