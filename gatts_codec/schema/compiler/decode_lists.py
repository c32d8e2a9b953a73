"""Lists, unions and what else decode.py has no place for: their emitters, registered by importing this."""

from __future__ import annotations

from functools import singledispatch
from struct import calcsize
from typing import Any, NamedTuple

from gatts_codec.schema.blocks import Given, Number, OneOf, Raw
from gatts_codec.schema.compiler.decode import read
from gatts_codec.schema.compiler.reading import Position, Reading, listed
from gatts_codec.schema.compiler.steps import Arm, Step, Steps, fork, walk
from gatts_codec.schema.lists import ListOf, Never, Switch
from gatts_codec.schema.members import AtMost, Bits, Count, Member
from gatts_codec.schema.record import Absent, FieldPath, Record


@read.register(ListOf)
def _(block: ListOf, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    if isinstance(block.count, str):
        count = way.values[way.found(path, block.count)]
    else:
        count = way.read(block.count.fmtstr[1:], (*path, "", "count"))
    begin, items = way.jump(), way.name(*path)
    way.source.line(f"{items} = []")
    loop = _even_items if _is_even(block.subcon) else _items
    loop(block.subcon, (*path, "item"), way, begin, count, items)
    way.source.line(f"{items} = tuple({items})")
    way.values[path], way.begin = items, Position("at", 0)
    return rest


def _even_items(block: Any, path: FieldPath, way: Reading, begin: str, count: str, items: str) -> None:
    """Items of one size, which one Struct reads one after the other."""
    item = way.inside(Position("", 0))
    walk(item, [Step(block, path)])
    codes, data = "".join(code for code, _ in item.run), way.source.argument
    way.source.line(f"at = {begin} + {count} * {calcsize('<' + codes)}")
    way.source.doubt(f"at > len({data})")
    names = listed([name for _, name in item.run if name])
    with way.source.block(f"for {names} in {way.source.struct('iter_unpack', codes)}({data}[{begin}:at])"):
        for line in item.afterwards:
            way.source.line(line)
        item.build()
        way.source.line(f"{items}.append({item.values[path]})")


def _items(block: Any, path: FieldPath, way: Reading, begin: str, count: str, items: str) -> None:
    way.source.let("at", begin)
    with way.source.block(f"for _ in range({count})"):
        walk(way.inside(Position("at", 0)), [Step(block, path), Step(Append(items), path)])


class Append(NamedTuple):
    """The end of an item, which joins the others."""

    items: str


@read.register(Append)
def _(block: Append, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.flush()
    way.build()
    way.source.line(f"{block.items}.append({way.values[path]})")
    way.source.let("at", str(way.begin))
    return rest


@singledispatch
def _is_even(block: Any) -> bool:
    """Whether a block always has the same size, and its values are what one Struct reads."""
    return False


@_is_even.register(Number)
@_is_even.register(OneOf)
@_is_even.register(Given)
@_is_even.register(Bits)
@_is_even.register(Absent)
def _(block: Any) -> bool:
    return True


@_is_even.register(Raw)
def _(block: Raw) -> bool:
    return isinstance(block.size, int)


@_is_even.register(Record)
def _(block: Record) -> bool:
    return all(_is_even(member if isinstance(member, Member) else member.subcon) for member in block.members)


@read.register(Switch)
def _(block: Switch, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    value = way.values[way.found(path, block.field)]
    way.flush()
    arms = [Arm(f"{value} == {int(number)}", [Step(case, path)]) for number, case in block.cases.items()]
    arms += [Arm("", [Step(block.default, path)])] if block.default else []
    return fork(way, arms, [path], rest)


@read.register(Never)
def _(block: Never, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.source.doubt()
    way.values[path] = "None"
    return rest


@read.register(Count)
def _(block: Count, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.read(block.number.fmtstr[1:], (*path, block.counter))
    return rest


@read.register(AtMost)
def _(block: AtMost, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    field, when = (*path, block.field), (*path, block.when or "")
    over = f"{way.values[field]} > {block.most}"
    way.doubt_after(f"{way.values[when]} and {over}" if block.when else over)
    return rest
