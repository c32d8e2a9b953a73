"""A layout as the rows of a packet table: what specs/ says, read off the construct objects.

One function a block, so that a block without one fails here and not silently. The columns and their words are those
of specs/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch
from typing import Any, NamedTuple

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.schema.blocks import Counted, Data, Given, Length, Number, OneOf, Presence, Trailing
from gatts_codec.schema.record import Absent, Bits, Group, Member, Members, Record, When


class Row(NamedTuple):
    length: str
    field: str
    when: str
    what: str


class Place(NamedTuple):
    """Where a block stands: its field, the field of the record around it, its condition, and its neighbours."""

    field: str
    record: str
    when: str
    beside: Mapping[str, Any]

    def behind_flag(self, field: str) -> Place:
        return self._replace(when=field)


BYTES = f"0..{MAX_VALUE_LEN}"


def layout_rows(record: Record) -> list[Row]:
    """Every row of a packet, structures included."""
    return list(_members(record.members, Place("", "", "", {})))


def joined(prefix: str, name: str) -> str:
    return ".".join(part for part in (prefix, name) if part)


def _members(members: Iterable[Any], place: Place) -> Iterator[Row]:
    members = list(members)
    beside = {member.name: member.subcon for member in members if not isinstance(member, Member)}
    for member in members:
        if isinstance(member, Member):
            yield from _several(member, place._replace(beside=beside))
        else:
            yield from _rows(
                member.subcon, Place(joined(place.record, member.name), place.record, place.when, beside)
            )


@singledispatch
def _rows(block: Any, place: Place) -> Iterator[Row]:
    raise TypeError(f"layout_rows.py does not know the block {type(block).__name__}")


@_rows.register
def _(block: Record, place: Place) -> Iterator[Row]:
    yield from _members(block.members, place._replace(record=place.field))


@_rows.register
def _(block: Number, place: Place) -> Iterator[Row]:
    sign = "i" if block.low < 0 else "u"
    yield Row(str(block.length), place.field, place.when, f"{sign}{8 * block.length}")


@_rows.register
def _(block: Length, place: Place) -> Iterator[Row]:
    (of,) = block.of
    data = place.beside[of]
    limit = f", at most {MAX_VALUE_LEN} without it" if data.limited else ""
    yield Row(str(block.length), place.field, place.when, f"u16, length of {of}{limit}")


@_rows.register
def _(block: OneOf, place: Place) -> Iterator[Row]:
    (row,) = _rows(block.subcon, place)
    yield row._replace(what=f"{row.what}, one of {' '.join(str(int(value)) for value in block.values)}")


@_rows.register
def _(block: Presence, place: Place) -> Iterator[Row]:
    yield Row("1", place.field, place.when, f"{block.flag.name.lower()} flag")
    yield from _rows(block.subcon, place.behind_flag(place.field))


@_rows.register
def _(block: Given, place: Place) -> Iterator[Row]:
    yield Row("1", place.field, place.when, f"boolean, {block.flag.name.lower()} flag")


@_rows.register
def _(block: Data, place: Place) -> Iterator[Row]:
    if block.flag is not None:
        yield Row("1", place.field, place.when, f"{block.flag.name.lower()} flag")
        place = place.behind_flag(place.field)
    yield Row(BYTES, place.field, place.when, f"bytes, {block.length} of them")


@_rows.register
def _(block: Counted, place: Place) -> Iterator[Row]:
    yield Row("2", place.field, place.when, "u16, count")
    yield Row(BYTES, place.field, place.when, "bytes, counted")


@_rows.register
def _(block: Trailing, place: Place) -> Iterator[Row]:
    when = f"{place.when}, bytes left" if place.when else "bytes left"
    yield from _rows(block.subcon, place._replace(when=when))


@singledispatch
def _several(member: Any, place: Place) -> Iterator[Row]:
    raise TypeError(f"layout_rows.py does not know the member {type(member).__name__}")


@_several.register
def _(member: Members, place: Place) -> Iterator[Row]:
    yield from _members(member.members, place)


@_several.register
def _(member: Bits, place: Place) -> Iterator[Row]:
    reserved = _bit_range([bit for bit in range(8) if member.reserved >> bit & 1])
    yield Row("1", place.record, place.when, f"bits, {reserved} reserved" if reserved else "bits")
    for name, lowest, width in member.groups():
        bits = list(range(lowest, lowest + width))
        must = f", must be {int(member.required[name])}" if name in member.required else ""
        noun = "bits" if width > 1 else "bit"
        yield Row("", joined(place.record, name), place.when, f"{noun} {_bit_range(bits)}{must}")


def _bit_range(bits: list[int]) -> str:
    if bits != list(range(bits[0], bits[-1] + 1)) if bits else False:
        raise ValueError(f"no range: {bits}")
    return "" if not bits else str(bits[0]) if len(bits) == 1 else f"{bits[0]}-{bits[-1]}"


@_several.register
def _(member: Group, place: Place) -> Iterator[Row]:
    key = joined(place.record, member.key)
    otherwise = "".join(f", else {n} is {value}" for n, value in member.absent.items() if value is not None)
    yield Row("1", key, place.when, f"{member.flag.name.lower()} flag{otherwise}")
    yield from _members(member.members, place.behind_flag(key))
    if member.filler:
        yield Row("1", key, f"not {key}", "filler")


@_several.register
def _(member: When, place: Place) -> Iterator[Row]:
    when = f"{joined(place.record, member.field)} = {int(member.value)}"
    yield from _members(member.members, place._replace(when=when))


@_several.register
def _(member: Absent, place: Place) -> Iterator[Row]:
    for name in member.names:
        yield Row("0", joined(place.record, name), place.when, "does not travel")
