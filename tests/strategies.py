"""Hypothesis strategies for every message of every dialect, derived from the layouts: one function a block.

``messages("s110_v8")``, ``messages("sd_api_v5", "event", "write")`` give valid messages; ``bodies`` their bytes;
``mutated(body)`` bytes near them; ``ODD_VALUES`` what a careless caller may put into a field.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import singledispatch
from typing import Any, NamedTuple, NoReturn

from hypothesis import settings
from hypothesis import strategies as st

from gatts_codec.codec import Codec
from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.constants.table import short_name
from gatts_codec.dialects import DIALECTS
from gatts_codec.schema.blocks import Counted, Data, Given, Length, Number, OneOf, Presence, Trailing
from gatts_codec.schema.message import Message, Packet, field_types
from gatts_codec.schema.record import Absent, Bits, Group, Member, Members, Record, When

Draw = Callable[[st.SearchStrategy[Any]], Any]
Values = dict[str, Any]

EDGE_SIZES = (0, 1, 2, 20, 244, MAX_VALUE_LEN - 1, MAX_VALUE_LEN)
U16 = 0xFFFF


class Layout(NamedTuple):
    """One packet of a dialect."""

    dialect: str
    kind: str
    name: str
    record: Record

    def __str__(self) -> str:
        return f"{self.dialect}-{self.kind}-{self.name}"


def layouts(dialect: str) -> list[Layout]:
    """All packets of a dialect."""
    found = DIALECTS[dialect]
    calls = [
        Layout(dialect, kind, name, record)
        for name, call in found.calls.items()
        for kind, record in (("command", call.command), ("response", call.response))
    ]
    return calls + [Layout(dialect, "event", name, record) for name, (_, record) in found.events.items()]


def distinct_layouts() -> list[Layout]:
    """Every layout that there is, each in the first dialect that has it."""
    found: dict[int, Layout] = {}
    for dialect in DIALECTS:
        for layout in layouts(dialect):
            found.setdefault(id(layout.record), layout)
    return list(found.values())


any_layout = st.sampled_from(distinct_layouts())
any_dialect = st.sampled_from(list(DIALECTS))
# For a test that draws one of these, too: more examples, since each layout gets its share of them only.
many = settings(max_examples=8 * settings().max_examples)


def messages(dialect: str, kind: str = "", name: str = "") -> st.SearchStrategy[Packet]:
    """Messages that encode in the dialect: all of them, those of a kind, or those of one packet."""
    chosen = [
        of_record(layout.record)
        for layout in layouts(dialect)
        if kind in ("", layout.kind) and short_name(name) in ("", layout.name)
    ]
    return st.one_of(chosen)


def bodies(dialect: str, kind: str = "", name: str = "") -> st.SearchStrategy[bytes]:
    """Their bytes."""
    return messages(dialect, kind, name).map(Codec(dialect).encode)


@st.composite
def of_record(draw: Draw, record: Record) -> Any:
    """Instances of a record's class that its layout can build."""
    values: Values = {}
    _fill(record.members, draw, values)
    return record.cls(**values)


def numbers(low: int, high: int) -> st.SearchStrategy[int]:
    """Integers, the ends of the range more often than chance has it."""
    edges = sorted({low, high, *(edge for edge in (0, 1, 2, high - 1) if low <= edge <= high)})
    return st.sampled_from(edges) | st.integers(low, high)


@st.composite
def data(draw: Draw) -> bytes:
    """Bytes of a field: edge sizes, and bytes that framing and flags care about."""
    size = draw(st.sampled_from(EDGE_SIZES) | st.integers(0, 40))
    seed = draw(
        st.sampled_from([b"\x00", b"\x01", b"\xc0", b"\xdb\xdc", b"\xff"]) | st.binary(min_size=1, max_size=8)
    )
    return bytes(seed * (size // len(seed) + 1))[:size]


def _fill(members: Iterable[Any], draw: Draw, values: Values) -> None:
    members = list(members)
    named = {member.name: member.subcon for member in members if not isinstance(member, Member)}
    for member in members:
        if isinstance(member, Member):
            _several(member, draw, values)
        elif isinstance(member.subcon, Length):
            _length_and_data(member.name, named[member.subcon.of[0]], member.subcon.of[0], draw, values)
        elif member.name not in values:
            values[member.name] = _value(member.subcon, draw)


def _length_and_data(length: str, block: Data, of: str, draw: Draw, values: Values) -> None:
    values[of] = draw(data()) if block.flag is None else draw(st.none() | data())
    longest = MAX_VALUE_LEN if block.limited else U16
    alone = numbers(0, longest) | st.sampled_from([size for size in (20, 512, 513) if size <= longest])
    values[length] = draw(alone) if values[of] is None else len(values[of])


@singledispatch
def _value(block: Any, draw: Draw) -> Any:
    raise TypeError(f"strategies.py does not know the block {type(block).__name__}")


@_value.register
def _(block: Record, draw: Draw) -> Any:
    return draw(of_record(block))


@_value.register
def _(block: Number, draw: Draw) -> Any:
    return draw(numbers(block.low, block.high))


@_value.register
def _(block: OneOf, draw: Draw) -> Any:
    return draw(st.sampled_from([int(value) for value in block.values]))


@_value.register(Presence)
@_value.register(Trailing)
def _(block: Any, draw: Draw) -> Any:
    return _value(block.subcon, draw) if draw(st.booleans()) else None


@_value.register
def _(block: Given, draw: Draw) -> Any:
    return draw(st.booleans())


@_value.register
def _(block: Counted, draw: Draw) -> Any:
    return draw(data())


@singledispatch
def _several(member: Any, draw: Draw, values: Values) -> None:
    raise TypeError(f"strategies.py does not know the member {type(member).__name__}")


@_several.register
def _(member: Members, draw: Draw, values: Values) -> None:
    _fill(member.members, draw, values)


@_several.register
def _(member: Bits, draw: Draw, values: Values) -> None:
    for name, _, width in member.groups():
        required = member.required.get(name)
        values[name] = draw(numbers(0, (1 << width) - 1)) if required is None else int(required)


@_several.register
def _(member: Group, draw: Draw, values: Values) -> None:
    if draw(st.booleans()):
        _fill(member.members, draw, values)
    else:
        values.update(member.absent)


@_several.register
def _(member: When, draw: Draw, values: Values) -> None:
    if values[member.field] == member.value:
        _fill(member.members, draw, values)
    else:
        for name in member.field_names:
            values.setdefault(name, None)


@_several.register
def _(member: Absent, draw: Draw, values: Values) -> None:
    values.update(dict.fromkeys(member.field_names))


INTERESTING = st.sampled_from([0x00, 0x01, 0x02, 0x03, 0x7F, 0x80, 0xFF]) | st.integers(0, 0xFF)


@st.composite
def mutated(draw: Draw, body: bytes, head: int = 1) -> bytes:
    """Bytes near ``body``; the first ``head`` stay, so that it mostly remains the same packet."""
    found = bytearray(body)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(min(head, len(found)), len(found)))
        action = draw(st.sampled_from(["change", "change", "insert", "remove", "cut"]))
        if action == "change" and at < len(found):
            found[at] = draw(INTERESTING)
        elif action == "insert":
            found[at:at] = draw(st.binary(min_size=1, max_size=4))
        elif action == "remove":
            del found[at : at + draw(st.integers(1, 3))]
        else:
            del found[at:]
    return bytes(found)


class Hostile:
    """An object whose every question raises."""

    def _refuse(self, *_: object) -> NoReturn:
        raise RuntimeError("hostile")

    __repr__ = __str__ = __eq__ = __ne__ = __lt__ = __gt__ = __hash__ = __bool__ = __len__ = _refuse
    __index__ = __int__ = __float__ = __bytes__ = __iter__ = _refuse


class Index:
    """A number by ``__index__`` alone: compares with nothing."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


def _released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


ODD_VALUES: dict[str, Any] = {
    "None": None,
    "True": True,
    "a negative number": -1,
    "17 bits": 0x10000,
    "33 bits": 1 << 32,
    "a number too long to print": 10**5000,
    "a float": 1.0,
    "nan": float("nan"),
    "a complex number": 1j,
    "a decimal": Decimal(1),
    "text": "1",
    "no bytes": b"",
    "a bytearray": bytearray(b"ab"),
    "a view": memoryview(b"abc"),
    "a view of wider items": memoryview(array("I", [1, 2])),
    "a view that is not contiguous": memoryview(b"abcdef")[::2],
    "a released view": _released(),
    "513 bytes": bytes(513),
    "a list": [1],
    "a dict": {"uuid": 1},
    "a class": Message,
    "a function": len,
    "an object": object(),
    "a hostile object": Hostile(),
    "an index": Index(1),
    "an index out of range": Index(1 << 40),
}


def field_paths(message: Message, prefix: str = "") -> list[str]:
    """The dotted path of every field, nested ones too."""
    paths = []
    for name in field_types(type(message)):
        path = f"{prefix}{name}"
        paths.append(path)
        inner = getattr(message, name)
        if isinstance(inner, Message):
            paths += field_paths(inner, f"{path}.")
    return paths


def with_field(message: Any, path: str, value: Any) -> Any:
    """The message with another value at a dotted path."""
    name, _, rest = path.partition(".")
    return replace(message, **{name: with_field(getattr(message, name), rest, value) if rest else value})
