"""How many bytes each field of a message takes, read off the layouts of every dialect that has it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, singledispatch
from typing import Any

from strategies import distinct_layouts

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.schema.blocks import Counted, Data, Given, Number, OneOf, Presence, Trailing
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Absent, Bits, Group, Member, Members, Record, When

Size = tuple[int, int]


@cache
def records() -> dict[type[Message], list[Record]]:
    """Every layout of each message and structure, in the order of the dialects."""
    found: dict[type[Message], list[Record]] = {}
    for layout in distinct_layouts():
        for record in _inside(layout.record):
            found.setdefault(record.cls, []).append(record)
    return found


def _inside(record: Record) -> Iterator[Record]:
    yield record
    for _, block in _fields(record):
        while block is not None and not isinstance(block, Record):
            block = getattr(block, "subcon", None)
        if block is not None:
            yield from _inside(block)


def _fields(members: Members) -> Iterator[tuple[str, Any]]:
    for member in members.members:
        if isinstance(member, Members):
            yield from _fields(member)
        elif not isinstance(member, Member):
            yield member.name, member.subcon


def sizes(cls: type[Message]) -> dict[str, str]:
    """``"2"``, ``"1..513"`` or ``"bits 0-3"`` by field, in the order of the newest layout.

    The range covers all dialects. What travels only when another field says so counts as there: its text says when.
    """
    *older, newest = [dict(_sizes(record)) for record in records()[cls]]
    return {name: _joined([size, *(layout[name] for layout in older)]) for name, size in newest.items()}


def _joined(found: list[Size | str]) -> str:
    bits = {size for size in found if isinstance(size, str)}
    if bits:
        (same,) = bits
        return same
    lows, highs = zip(*found, strict=True)
    low, high = min(lows), max(highs)
    return str(low) if low == high else f"{low}..{high}"


def _sizes(members: Members) -> Iterator[tuple[str, Size | str]]:
    for member in members.members:
        if isinstance(member, Member):
            yield from _several(member)
        else:
            yield member.name, _size(member.subcon)


@singledispatch
def _several(member: Any) -> Iterator[tuple[str, Size | str]]:
    raise TypeError(f"field_sizes.py does not know the member {type(member).__name__}")


@_several.register
def _(member: Members) -> Iterator[tuple[str, Size | str]]:
    yield from _sizes(member)


@_several.register
def _(member: Bits) -> Iterator[tuple[str, Size | str]]:
    for name, lowest, width in member.groups():
        yield name, f"bit {lowest}" if width == 1 else f"bits {lowest}-{lowest + width - 1}"


@_several.register
def _(member: Group) -> Iterator[tuple[str, Size | str]]:
    for name, size in _sizes(member):
        assert not isinstance(size, str)
        is_key = name == member.key
        yield name, (is_key * (1 + member.filler), is_key + size[1])


@_several.register
def _(member: Absent) -> Iterator[tuple[str, Size | str]]:
    yield from ((name, (0, 0)) for name in member.names)


@singledispatch
def _size(block: Any) -> Size:
    raise TypeError(f"field_sizes.py does not know the block {type(block).__name__}")


@_size.register
def _(block: Number) -> Size:
    return block.length, block.length


@_size.register
def _(block: Given) -> Size:
    return 1, 1


@_size.register(OneOf)
@_size.register(Trailing)
def _(block: Any) -> Size:
    return _size(block.subcon)


@_size.register
def _(block: Presence) -> Size:
    return 1, 1 + _size(block.subcon)[1]


@_size.register
def _(block: Data) -> Size:
    flag = int(block.flag is not None)
    return flag, flag + MAX_VALUE_LEN


@_size.register
def _(block: Counted) -> Size:
    return 2, 2 + MAX_VALUE_LEN


@_size.register
def _(block: Record) -> Size:
    choices = {member.value: _total(member) for member in block.members if isinstance(member, When)}
    low, high = _total_of(member for member in block.members if not isinstance(member, When))
    lows, highs = zip(*choices.values(), strict=True) if choices else ((0,), (0,))
    return low + min(lows), high + max(highs)


def _total(members: Members) -> Size:
    return _total_of(members.members)


def _total_of(members: Any) -> Size:
    total = (0, 0)
    for member in members:
        for low, high in _member_sizes(member):
            total = total[0] + low, total[1] + high
    return total


def _member_sizes(member: Any) -> Iterator[Size]:
    if isinstance(member, Bits):
        yield 1, 1
    elif isinstance(member, Members):
        yield _total(member)
    else:
        yield _size(member.subcon)
