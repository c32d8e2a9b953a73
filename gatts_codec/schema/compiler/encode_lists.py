"""Lists, unions and what else encode.py has no place for: their emitters, registered by importing this."""

from __future__ import annotations

from typing import Any, NamedTuple

from gatts_codec.schema.blocks import Number
from gatts_codec.schema.compiler.encode import write
from gatts_codec.schema.compiler.steps import Arm, Step, Steps, fork, walk
from gatts_codec.schema.compiler.writing import ByteRun, Packed, Writing
from gatts_codec.schema.lists import ListOf, Never, Switch, SwitchId
from gatts_codec.schema.members import AtMost, Count
from gatts_codec.schema.record import FieldPath


@write.register(ListOf)
def _(block: ListOf, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    items = way.variable(path)
    way.source.doubt(f"type({items}) is not tuple and type({items}) is not list")
    if isinstance(block.count, str):
        way.source.doubt(f"{way.size(way.found(path, block.count))} != len({items})")
    else:
        way.pieces.append(Packed(block.count.fmtstr[1:], f"len({items})"))
    way.pieces = [ByteRun(_joined(block.subcon, path, way, items))]
    return rest


def _joined(block: Any, path: FieldPath, way: Writing, items: str) -> str:
    """Write all items behind the pieces; the variable that holds the bytes of both."""
    parts, item = way.name(*path, "", "parts"), (*path, "item")
    if type(block) is Number:
        packed = f"b''.join(map({way.source.struct('pack', block.fmtstr[1:])}, {items}))"
        way.source.line(f"{parts} = {way.result()} + {packed}")
        return parts
    way.source.line(f"{parts} = [{way.result()}]")
    variable = way.name(*item)
    with way.source.block(f"for {variable} in {items}"):
        walk(way.inside(item, variable), [Step(block, item), Step(Append(parts))])
    way.source.line(f"{parts} = b''.join({parts})")
    return parts


class Append(NamedTuple):
    """The end of an item, whose bytes join the others'."""

    parts: str


@write.register(Append)
def _(block: Append, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.source.line(f"{block.parts}.append({way.result()})")
    return rest


@write.register(Switch)
def _(block: Switch, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    value = way.variable(way.found(path, block.field))
    way.source.doubt(f"not isinstance({value}, int)")
    arms = [Arm(f"{value} == {int(number)}", [Step(case, path)]) for number, case in block.cases.items()]
    arms += [Arm("", [Step(block.default, path)])] if block.default else []
    return fork(way, arms, [path], rest)


@write.register(SwitchId)
def _(block: SwitchId, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    structure, given, number = way.variable((*path[:-1], block.of)), way.value(path), way.name(*path)
    ids = way.source.constant("ids", {cls: found[0] for cls, found in block.ids().items()})
    way.source.line(f"{number} = {given} if {structure} is None else {ids}[type({structure})]")
    way.source.doubt(
        f"{structure} is not None and {given} is not None and not (type({given}) is int and {given} == {number})"
    )
    way.variables[path] = number
    way.numbers.add(path)
    way.pieces.append(Packed(block.fmtstr[1:], number))
    return rest


@write.register(Never)
def _(block: Never, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    way.source.doubt()
    return rest


@write.register(Count)
def _(block: Count, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    counter = (*path, block.counter)
    way.pieces.append(Packed(block.number.fmtstr[1:], way.counted(counter, (*path, block.of))))
    way.numbers.add(counter)
    return rest


@write.register(AtMost)
def _(block: AtMost, path: FieldPath, way: Writing, rest: Steps) -> Steps:
    value = way.variable((*path, block.field))
    over = f"{value} > {block.most}"
    if block.when:
        when = way.variable((*path, block.when))
        over = f"type({when}) is not int or ({when} and {over})"
    way.source.doubt(over)
    return rest
