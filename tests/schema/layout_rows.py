"""A layout as the rows of a packet table: what specs/ says, by what describe() says of the layout.

One function a block, so that a block without one fails here and not silently. The columns and their words are those
of specs/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from gatts_codec.schema.describe import Description, describe
from gatts_codec.schema.record import Record


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
    beside: Mapping[str, Description]

    def behind_flag(self, field: str) -> Place:
        return self._replace(when=field)


Rows = Iterator[Row]


def layout_rows(record: Record) -> list[Row]:
    """Every row of a packet, structures included."""
    return list(_members(describe(record), Place("", "", "", {})))


def joined(prefix: str, name: str) -> str:
    return ".".join(part for part in (prefix, name) if part)


def _members(several: Description, place: Place) -> Rows:
    beside = {member["name"]: member for member in several["members"] if "name" in member}
    for member in several["members"]:
        field = joined(place.record, member["name"]) if "name" in member else place.field
        yield from _rows(member, Place(field, place.record, place.when, beside))


def _rows(block: Description, place: Place) -> Rows:
    return _BLOCKS[block["block"]](block, place)


def _record(block: Description, place: Place) -> Rows:
    yield from _members(block, place._replace(record=place.field))


def _number(block: Description, place: Place) -> Rows:
    kind = f"{'i' if block['signed'] else 'u'}{8 * block['size']}"
    counts = block.get("counts", [])
    what = f", length of {' and '.join(counts)}" if counts else ""
    what += f", id of {block['selects']}" if "selects" in block else ""
    yield Row(str(block["size"]), place.field, place.when, kind + what + _limit(counts, place))


def _limit(counts: list[str], place: Place) -> str:
    limits = [place.beside[name]["most"] for name in counts if place.beside.get(name, {}).get("limited")]
    return f", at most {limits[0]} without it" if limits else ""


def _oneof(block: Description, place: Place) -> Rows:
    (row,) = _rows(block["of"], place)
    yield row._replace(what=f"{row.what}, one of {' '.join(map(str, block['values']))}")


def _presence(block: Description, place: Place) -> Rows:
    yield Row("1", place.field, place.when, f"{block['flag'].lower()} flag")
    yield from _rows(block["of"], place.behind_flag(place.field))


def _given(block: Description, place: Place) -> Rows:
    yield Row("1", place.field, place.when, f"boolean, {block['flag'].lower()} flag")


def _data(block: Description, place: Place) -> Rows:
    if block["flag"] is not None:
        yield Row("1", place.field, place.when, f"{block['flag'].lower()} flag")
        place = place.behind_flag(place.field)
    yield Row(_up_to(block["most"]), place.field, place.when, f"bytes, {block['length']} of them")


def _up_to(most: int | None) -> str:
    return "0+" if most is None else f"0..{most}"


def _counted(block: Description, place: Place) -> Rows:
    yield Row(str(block["size"]), place.field, place.when, f"u{8 * block['size']}, count")
    yield Row(_up_to(block["most"]), place.field, place.when, "bytes, counted")


def _raw(block: Description, place: Place) -> Rows:
    size = block["size"]
    if isinstance(size, int):
        yield Row(str(size), place.field, place.when, "bytes")
    else:
        yield Row("0+", place.field, place.when, f"bytes, {size} of them")


def _list(block: Description, place: Place) -> Rows:
    count = block["count"]
    if isinstance(count, int):
        yield Row(str(count), place.field, place.when, f"u{8 * count}, count")
    else:
        yield Row("", place.field, place.when, f"items, {count} of them")
    yield from _rows(block["of"], place._replace(field=f"{place.field}[]"))


def _switch(block: Description, place: Place) -> Rows:
    field = joined(place.record, block["field"]) if block["field"] in place.beside else block["field"]
    for value, case in block["cases"]:
        yield from _rows(case, place._replace(when=f"{field} = {value}"))
    if block["default"]:
        yield from _rows(block["default"], place._replace(when=f"other {field}"))


def _never(block: Description, place: Place) -> Rows:
    yield Row("0", place.field, place.when, f"nothing: {block['reason']}")


def _trailing(block: Description, place: Place) -> Rows:
    when = f"{place.when}, bytes left" if place.when else "bytes left"
    yield from _rows(block["of"], place._replace(when=when))


def _bits(member: Description, place: Place) -> Rows:
    size = member["size"]
    reserved = _bit_range([bit for bit in range(8 * size) if member["reserved"] >> bit & 1])
    yield Row(str(size), place.record, place.when, f"bits, {reserved} reserved" if reserved else "bits")
    for name, lowest, width in member["groups"]:
        must = f", must be {member['required'][name]}" if name in member["required"] else ""
        must += f", length of {member['counts'][name]}" if name in member["counts"] else ""
        bits = f"{'bits' if width > 1 else 'bit'} {_bit_range(list(range(lowest, lowest + width)))}"
        yield Row("", joined(place.record, name), place.when, bits + must)


def _bit_range(bits: list[int]) -> str:
    if bits != list(range(bits[0], bits[-1] + 1)) if bits else False:
        raise ValueError(f"no range: {bits}")
    return "" if not bits else str(bits[0]) if len(bits) == 1 else f"{bits[0]}-{bits[-1]}"


def _group(member: Description, place: Place) -> Rows:
    key = joined(place.record, member["key"])
    otherwise = "".join(f", else {name} is {value}" for name, value in member["absent"].items())
    yield Row("1", key, place.when, f"{member['flag'].lower()} flag{otherwise}")
    yield from _members(member, place.behind_flag(key))
    if member["filler"]:
        yield Row("1", key, f"not {key}", "filler")


def _when(member: Description, place: Place) -> Rows:
    when = f"{joined(place.record, member['field'])} = {member['value']}"
    yield from _members(member, place._replace(when=when))


def _absent(member: Description, place: Place) -> Rows:
    for name in member["names"]:
        yield Row("0", joined(place.record, name), place.when, "does not travel")


def _count(member: Description, place: Place) -> Rows:
    size = member["size"]
    what = f"u{8 * size}, {member['counter']}: length of {member['of']}"
    what += _limit([member["of"]], place)
    yield Row(str(size), joined(place.record, member["of"]), place.when, what)


def _atmost(member: Description, place: Place) -> Rows:
    where = f" where {member['when']} is not 0" if member["when"] else ""
    yield Row("", joined(place.record, member["field"]), place.when, f"at most {member['most']}{where}")


_BLOCKS: dict[str, Callable[[Any, Place], Rows]] = {
    "record": _record,
    "number": _number,
    "oneof": _oneof,
    "presence": _presence,
    "given": _given,
    "data": _data,
    "counted": _counted,
    "raw": _raw,
    "list": _list,
    "switch": _switch,
    "never": _never,
    "trailing": _trailing,
    "bits": _bits,
    "group": _group,
    "when": _when,
    "absent": _absent,
    "count": _count,
    "atmost": _atmost,
}
