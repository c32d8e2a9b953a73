"""How many bytes each field of a message takes, by what describe() says of the layouts of every dialect that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from strategies import distinct_layouts

from gatts_codec.schema.describe import Description, describe
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Record, inner_records

Size = tuple[int, int | None]  # None: only the packet ends it


@cache
def records() -> dict[type[Message], list[Record]]:
    """Every layout of each message and structure, in the order of the dialects."""
    found: dict[type[Message], list[Record]] = {}
    for layout in distinct_layouts():
        for record in inner_records(layout.record):
            found.setdefault(record.cls, []).append(record)
    return found


def sizes(cls: type[Message]) -> dict[str, str]:
    """``"2"``, ``"1..513"``, ``"2+"`` or ``"bits 0-3"`` by field, in the order of the newest layout.

    The range covers all dialects. What travels only when another field says so counts as there: its text says when.
    """
    *older, newest = [dict(_sizes(describe(record))) for record in records()[cls]]
    return {name: _joined([size, *(layout[name] for layout in older)]) for name, size in newest.items()}


def _joined(found: list[Size | str]) -> str:
    bits = {size for size in found if isinstance(size, str)}
    if bits:  # the newest first; in another dialect it may be another bit, a number, or not there
        return next(size for size in found if isinstance(size, str))
    low, high = _widest([size for size in found if not isinstance(size, str)])
    return f"{low}+" if high is None else str(low) if low == high else f"{low}..{high}"


def _widest(found: list[Size]) -> Size:
    lows, highs = zip(*found, strict=True)
    return min(lows), None if None in highs else max(highs)


def _sum(found: list[Size]) -> Size:
    highs = [high for _, high in found if high is not None]
    return sum(low for low, _ in found), sum(highs) if len(highs) == len(found) else None


def _sizes(several: Description) -> Iterator[tuple[str, Size | str]]:
    for member in several["members"]:
        if "name" in member:
            yield member["name"], _size(member)
        elif member["block"] == "bits":
            yield from _bits(member)
        elif member["block"] == "group":
            yield from _group(member)
        elif member["block"] == "absent":
            yield from ((name, (0, 0)) for name in member["names"])
        elif member["block"] == "when":
            yield from _sizes(member)


def _bits(member: Description) -> Iterator[tuple[str, str]]:
    for name, lowest, width in member["groups"]:
        if name not in member["counts"]:
            yield name, f"bit {lowest}" if width == 1 else f"bits {lowest}-{lowest + width - 1}"


def _group(member: Description) -> Iterator[tuple[str, Size]]:
    for name, size in _sizes(member):
        assert not isinstance(size, str)
        is_key = name == member["key"]
        yield name, (is_key * (1 + member["filler"]), None if size[1] is None else is_key + size[1])


def _size(block: Description) -> Size:
    return _SIZE[block["block"]](block)


def _behind_flag(block: Description) -> Size:
    high = _size(block["of"])[1]
    return 1, None if high is None else 1 + high


def _data(block: Description) -> Size:
    flag = int(block["flag"] is not None)
    return flag, None if block["most"] is None else flag + block["most"]


def _counted(block: Description) -> Size:
    return block["size"], None if block["most"] is None else block["size"] + block["most"]


def _raw(block: Description) -> Size:
    size = block["size"]
    return (size, size) if isinstance(size, int) else (0, None)


def _record(block: Description) -> Size:
    return _sum([*_all(block)])


def _all(several: Description) -> Iterator[Size]:
    choices = [_sum(list(_all(member))) for member in several["members"] if member["block"] == "when"]
    yield from [_widest(choices)] if choices else []
    for member in several["members"]:
        if member["block"] == "group":
            high = _sum(list(_all(member)))[1]
            yield 1, None if high is None else 1 + high
        elif "name" in member or member["block"] in ("bits", "count"):
            yield _size(member)


_SIZE: dict[str, Callable[[Description], Size]] = {
    "number": lambda block: (block["size"], block["size"]),
    "bits": lambda block: (block["size"], block["size"]),
    "count": lambda block: (block["size"], block["size"]),
    "given": lambda block: (1, 1),
    "oneof": lambda block: _size(block["of"]),
    "trailing": lambda block: _size(block["of"]),
    "presence": _behind_flag,
    "data": _data,
    "counted": _counted,
    "raw": _raw,
    "record": _record,
    "list": lambda block: (block["count"] if isinstance(block["count"], int) else 0, None),
    "switch": lambda block: _widest([_size(case) for case in _cases(block)]),
    "never": lambda block: (0, 0),
}


def _cases(block: Description) -> list[Any]:
    return [case for case in [*dict(block["cases"]).values(), block["default"]] if case is not None]
