"""Hypothesis strategies for every message of every dialect, derived from what describe() says of the layouts.

``messages("s110_v8")``, ``messages("sd_api_v5", "event", "write")`` give valid messages; ``bodies`` their bytes;
``mutated(body)`` bytes near them; ``ODD_VALUES`` what a careless caller may put into a field.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, NoReturn

from hypothesis import assume, settings
from hypothesis import strategies as st

from gatts_codec.codec import Codec
from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.constants.table import short_name
from gatts_codec.dialects import DIALECTS
from gatts_codec.interpreter import Interpreter
from gatts_codec.schema.describe import Description, describe
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message, Packet
from gatts_codec.schema.record import Record

Draw = Callable[[st.SearchStrategy[Any]], Any]
Values = dict[str, Any]

EDGE_SIZES = (0, 1, 2, 20, 244, MAX_VALUE_LEN - 1, MAX_VALUE_LEN)
LONG = 60  # bytes of a field that only the packet limits
MOST_ITEMS = 5


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
    entries = Interpreter(DIALECTS[dialect], strict=True).entries
    return [Layout(dialect, entry.kind, entry.name, entry.layout) for entry in entries]


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


@cache
def messages(dialect: str, kind: str = "", name: str = "") -> st.SearchStrategy[Packet]:
    """Messages that encode in the dialect: all of them, those of a kind, or those of one packet."""
    chosen = [
        of_record(layout.record)
        for layout in layouts(dialect)
        if kind in ("", layout.kind) and short_name(name) in ("", layout.name)
    ]
    return st.one_of(chosen)


def bodies(dialect: str, kind: str) -> st.SearchStrategy[bytes]:
    """Their bytes."""
    return messages(dialect, kind).map(Codec(dialect).encode)


@cache
def of_record(record: Record) -> st.SearchStrategy[Any]:
    """Instances of a record's class that its layout can build."""
    return _instances(describe(record), record.cls)


@st.composite
def _instances(draw: Draw, layout: Description, cls: type[Message]) -> Any:
    return _message(layout, Drawing(draw, cls, layout))


@cache
def numbers(low: int, high: int) -> st.SearchStrategy[int]:
    """Integers, the ends of the range more often than chance has it."""
    edges = sorted({low, high, *(edge for edge in (0, 1, 2, high - 1) if low <= edge <= high)})
    return st.sampled_from(edges) | st.integers(low, high)


@cache
def sizes(most: int) -> st.SearchStrategy[int]:
    """How many bytes: edge sizes more often."""
    return st.sampled_from([size for size in EDGE_SIZES if size <= most]) | st.integers(0, min(40, most))


@st.composite
def data(draw: Draw, size: int) -> bytes:
    """Bytes of a field, such as framing and flags care about."""
    seed = draw(
        st.sampled_from([b"\x00", b"\x01", b"\xc0", b"\xdb\xdc", b"\xff"]) | st.binary(min_size=1, max_size=8)
    )
    return bytes(seed * (size // len(seed) + 1))[:size]


class Drawing:
    """A message as it is being drawn. ``values`` are its fields, and the counts that are none.

    What a later block demands of an earlier number is looked up first: ``demands`` are the blocks of the record by the
    number that they mention, ``given`` the fields of which a length has decided whether they are there.
    """

    def __init__(
        self, draw: Draw, cls: type[Message], layout: Description, outer: Drawing | None = None
    ) -> None:
        self.draw, self.cls, self.outer = draw, cls, outer
        self.values: Values = {}
        self.given: dict[str, bool] = {}
        self.blocks = list(_blocks(layout))
        self.fields = {block["name"]: block for block in _own_fields(layout)}

    def lookup(self, field: str) -> Any:
        """An earlier number, of this record or of one around it."""
        name, *inner = field.split(".")
        found = self.values[name] if name in self.values or not self.outer else self.outer.lookup(name)
        for each in inner:
            found = getattr(found, each)
        return found

    def demanding(self, key: str, name: str) -> list[Description]:
        """The blocks here, and of the records around, that mention a number of this record."""
        here = [block for block in self.blocks if block.get(key) == name]
        return here + self.outer.demanding(key, f"{self.outer.current}.{name}") if self.outer else here

    @property
    def current(self) -> str:
        """The field that is being drawn."""
        return next((name for name in self.fields if name not in self.values), "")

    def most(self, name: str, highest: int) -> int:
        """The highest that an earlier number may be."""
        limits = [block["most"] for block in self.demanding("field", name) if block["block"] == "atmost"]
        sized = [*self.demanding("size", name), *self.demanding("length", name)]
        return int(min([highest, *limits, *[_most(block) for block in sized]]))


def _blocks(layout: Description) -> Iterator[Description]:
    """A block and all in it."""
    yield layout
    inner = [*layout.get("members", ()), layout.get("of"), layout.get("default")]
    for block in [*inner, *(case for _, case in layout.get("cases", ()))]:
        if isinstance(block, dict):
            yield from _blocks(block)


def _own_fields(several: Description) -> Iterator[Description]:
    """The named blocks of a record, those of its groups too."""
    for member in several["members"]:
        if "name" in member:
            yield member
        elif "members" in member:
            yield from _own_fields(member)


def _most(block: Description) -> int:
    """The most bytes or items that a field of this block is drawn with."""
    innermost = next((each for each in _blocks(block) if each["block"] in ("data", "list", "counted")), block)
    if innermost["block"] == "list":
        return MOST_ITEMS
    return LONG if innermost.get("most") is None else int(innermost["most"])


def _message(layout: Description, drawing: Drawing) -> Any:
    for member in layout["members"]:
        _member(member, drawing)
    return drawing.cls(**{field: drawing.values[field] for field in field_types(drawing.cls)})


def _member(member: Description, drawing: Drawing) -> None:
    name = member.get("name")
    if name is None:
        _SEVERAL[member["block"]](member, drawing)
    else:
        drawing.values[name] = _value(member, name, drawing)


def _value(block: Description, name: str, drawing: Drawing) -> Any:
    return _VALUES[block["block"]](block, name, drawing)


def _record(block: Description, name: str, drawing: Drawing) -> Any:
    kind = field_types(drawing.cls)[name]
    (cls,) = [cls for cls in (kind.item or kind).bases if cls.__name__ == block["message"]]
    return _message(block, Drawing(drawing.draw, cls, block, drawing))


def _number(block: Description, name: str, drawing: Drawing) -> int:
    bits = 8 * block["size"]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if block["signed"] else (0, (1 << bits) - 1)
    if "counts" in block:
        return _length(block["counts"], high, name, drawing)
    wide = numbers(low, drawing.most(name, high))
    switches = [block for block in drawing.demanding("field", name) if block["block"] == "switch"]
    cases = [st.sampled_from([value for value, _ in switch["cases"]]) for switch in switches]
    open_ended = all(switch["default"] for switch in switches)
    return int(drawing.draw(st.one_of(*cases, *([wide] if open_ended else []))))


def _length(counted: list[str], high: int, name: str, drawing: Drawing) -> int:
    draw, fields = drawing.draw, [drawing.fields.get(field) for field in counted]
    for field, block in zip(counted, fields, strict=True):
        optional = block is not None and (block.get("flag") is not None or block["block"] == "trailing")
        drawing.given[field] = block is not None and (not optional or draw(st.booleans()))
    limits = [
        _most(block) for field, block in zip(counted, fields, strict=True) if block and drawing.given[field]
    ]
    limits += [int(block["most"]) for block in fields if block and block.get("limited") and block["most"]]
    atmost = [block["most"] for block in drawing.demanding("field", name) if block["block"] == "atmost"]
    most = min([high, *limits, *atmost])
    alone = st.sampled_from([size for size in (20, 512, 513) if size <= most] or [0])
    return int(draw(sizes(most) if any(drawing.given.values()) else numbers(0, most) | alone))


def _given(block: Description, name: str, drawing: Drawing) -> bool:
    """Whether what stands behind a flag is there."""
    if block.get("of", {}).get("block") == "never":
        return False
    known = drawing.given.get(name)
    return bool(drawing.draw(st.booleans()) if known is None else known)


def _presence(block: Description, name: str, drawing: Drawing) -> Any:
    return _value(block["of"], name, drawing) if _given(block, name, drawing) else None


def _trailing(block: Description, name: str, drawing: Drawing) -> Any:
    found = _presence(block, name, drawing)
    return found if found != b"" else None  # which nothing announces


def _data(block: Description, name: str, drawing: Drawing) -> bytes | None:
    if block["flag"] not in (None, "ANY", "FILLED") and not _given(block, name, drawing):
        return None
    return bytes(drawing.draw(data(drawing.lookup(block["length"]))))


def _counted(block: Description, name: str, drawing: Drawing) -> bytes:
    return bytes(drawing.draw(data(drawing.draw(sizes(min(_most(block), 256 ** block["size"] - 1))))))


def _raw(block: Description, name: str, drawing: Drawing) -> bytes:
    size = block["size"]
    return bytes(drawing.draw(data(size if isinstance(size, int) else drawing.lookup(size))))


def _list(block: Description, name: str, drawing: Drawing) -> tuple[Any, ...]:
    count = block["count"]
    size = drawing.lookup(count) if isinstance(count, str) else drawing.draw(st.integers(0, MOST_ITEMS))
    drawing.given.pop(name, None)
    return tuple(_value(block["of"], name, drawing) for _ in range(size))


def _switch(block: Description, name: str, drawing: Drawing) -> Any:
    cases, number = dict(block["cases"]), drawing.lookup(block["field"])
    return _value(cases[number] if number in cases else block["default"], name, drawing)


_VALUES: dict[str, Callable[[Description, str, Drawing], Any]] = {
    "record": _record,
    "number": _number,
    "oneof": lambda block, _, drawing: drawing.draw(st.sampled_from(block["values"])),
    "presence": _presence,
    "trailing": _trailing,
    "given": lambda _block, _name, drawing: drawing.draw(st.booleans()),
    "data": _data,
    "counted": _counted,
    "raw": _raw,
    "list": _list,
    "switch": _switch,
}


def _bits(member: Description, drawing: Drawing) -> None:
    for name, _, width in member["groups"]:
        highest = (1 << width) - 1
        if name in member["required"]:
            drawing.values[name] = member["required"][name]
        elif name in member["counts"]:
            field = drawing.fields[member["counts"][name]]
            drawing.values[name] = drawing.draw(numbers(0, min(highest, _most(field))))
        else:
            drawing.values[name] = drawing.draw(numbers(0, highest))


def _group(member: Description, drawing: Drawing) -> None:
    if drawing.draw(st.booleans()):
        _all(member, drawing)
    else:
        names = [name for block in _blocks(member) for name in _names(block)]
        drawing.values.update({**dict.fromkeys(names), **member["absent"]})


def _when(member: Description, drawing: Drawing) -> None:
    if drawing.values[member["field"]] == member["value"]:
        _all(member, drawing)
    else:
        for name in [name for block in member["members"] for name in _names(block)]:
            drawing.values.setdefault(name, None)


def _names(block: Description) -> list[str]:
    """The fields that a member of a record covers."""
    if block["block"] in ("group", "when"):
        return [name for member in block["members"] for name in _names(member)]
    bits = [name for name, _, _ in block.get("groups", ()) if name not in block["counts"]]
    return [*bits, *block.get("names", ()), *([block["name"]] if "name" in block else [])]


def _all(member: Description, drawing: Drawing) -> None:
    for each in member["members"]:
        _member(each, drawing)


def _count(member: Description, drawing: Drawing) -> None:
    most = min(_most(drawing.fields[member["of"]]), 256 ** member["size"] - 1)
    drawing.values[member["counter"]] = drawing.draw(st.integers(0, most))


_SEVERAL: dict[str, Callable[[Description, Drawing], None]] = {
    "bits": _bits,
    "group": _group,
    "when": _when,
    "count": _count,
    "atmost": lambda _member, _drawing: None,
    "absent": lambda member, drawing: drawing.values.update(dict.fromkeys(member["names"])),
}


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
    """The dotted path of every field, nested ones and items of lists too: ``services[0].uuid``."""
    paths = []
    for name in field_types(type(message)):
        paths += _paths(getattr(message, name), f"{prefix}{name}")
    return paths


def _paths(value: Any, path: str) -> list[str]:
    if isinstance(value, Message):
        return [path, *field_paths(value, f"{path}.")]
    items = enumerate(value) if isinstance(value, tuple) else ()
    return [path, *(inner for at, item in items for inner in _paths(item, f"{path}[{at}]"))]


def any_path(message: Message) -> st.SearchStrategy[str]:
    """One of the fields; an example without any is dropped, for many packets have none."""
    paths = field_paths(message)
    assume(paths)
    return st.sampled_from(paths)


def with_field(message: Any, path: str, value: Any) -> Any:
    """The message with another value at a dotted path."""
    return _with(message, re.findall(r"\w+", path), value)


def _with(whole: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    step, *rest = steps
    if isinstance(whole, tuple):
        at = int(step)
        return (*whole[:at], _with(whole[at], rest, value), *whole[at + 1 :])
    return replace(whole, **{step: _with(getattr(whole, step), rest, value)})
