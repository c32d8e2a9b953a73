"""Members of a record that are one number, or none, and no field of their own.

Bits(vlen=1, vloc=2)     one byte, lowest bit first; the rest of the byte is reserved. Bits(u16, data_id=12): two
Count("count", u16, of="infos")  a count that is not a field and does not stand beside what it counts
AtMost("len", 124)       no bytes: a limit of an earlier number
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from construct import Construct, Container
from construct.core import stream_read, stream_write

from gatts_codec.schema.blocks import Number, u8
from gatts_codec.schema.message import size_of
from gatts_codec.schema.stream import Refused, as_integer, is_strict, note


class Member(Construct):
    """A block that covers several fields: it reads them from, and writes them into, the record's context."""

    @property
    def field_names(self) -> tuple[str, ...]:
        raise NotImplementedError


class Bits(Member):
    """Fields that share one number, lowest bit first. ``required`` fields have one legal value.

    Reserved bits are written 0; strict decoding refuses them, tolerant ignores them. ``counts`` are bits that are no
    field of the message, but the number of bytes or items of the one they name: ``Bits(type=3, dlen=5,
    counts={"dlen": "data"})``. ``if_none`` is what None encodes as: a field of later dialects that was not given.
    """

    def __init__(
        self,
        number: Number = u8,
        /,
        *,
        required: dict[str, int] | None = None,
        counts: dict[str, str] | None = None,
        if_none: dict[str, int] | None = None,
        **widths: int,
    ) -> None:
        super().__init__()
        self.number, self.widths, self.required, self.counts = number, widths, required or {}, counts or {}
        self.if_none = if_none or {}
        if min(widths.values(), default=1) < 1 or sum(widths.values()) > 8 * number.length:
            raise ValueError(f"Bits: {widths} do not fit into {8 * number.length} bits, at least one each")
        # The bits above the groups: 0 when we write, and in strict decoding.
        self.reserved = number.high & ~((1 << sum(widths.values())) - 1)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.widths if name not in self.counts)

    def groups(self) -> Iterator[tuple[str, int, int]]:
        """(field, lowest bit, width) of every group."""
        shift = 0
        for name, width in self.widths.items():
            yield name, shift, width
            shift += width

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        start, size = stream.tell(), self.number.length
        whole = int.from_bytes(stream_read(stream, size, path), "little")
        strict = is_strict(context)
        if strict and whole & self.reserved:
            found = f"{whole & self.reserved:0{2 * size}x} are set in {whole:0{2 * size}x}"
            raise Refused(f"reserved bits {found}", path, offset=start)
        offsets = context["_offsets"]
        for name, shift, width in self.groups():
            value = context[name] = whole >> shift & (1 << width) - 1
            offsets[name] = start
            note(stream, f"{path} -> {name}", start, value, (shift, width))
            if strict and value != self.required.get(name, value):
                self._refuse(name, value, path, start)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        whole = 0
        for name, shift, width in self.groups():
            whole |= self._field(name, width, context, path) << shift
        stream_write(stream, whole.to_bytes(self.number.length, "little"), self.number.length, path)

    def _field(self, name: str, width: int, context: Container, path: str) -> int:
        highest, of = (1 << width) - 1, self.counts.get(name)
        if of is not None:
            context[name] = _counted(context[of], highest, f"{path} -> {of}")
        given = self.if_none.get(name) if context[name] is None else context[name]
        value = context[name] = as_integer(given, 0, highest, f"{path} -> {name}")
        if value != self.required.get(name, value):
            self._refuse(name, value, path, None)
        return value

    def _refuse(self, name: str, value: int, path: str, offset: int | None) -> None:
        raise Refused(
            f"must be {self.required[name]:d}, found {value}", f"{path} -> {name}", offset=offset, value=value
        )


def _counted(value: Any, most: int, path: str) -> int:
    """How many bytes or items a field has: 0 where it has none, which its own block refuses."""
    size = size_of(value) or 0
    if size > most:
        raise Refused(f"{size} are more than its count can say, {most}", path, value=value)
    return size


class Count(Member):
    """A number that is not a field: how many bytes or items the later field ``of`` has. Blocks find it by its name."""

    def __init__(self, name: str, number: Number, *, of: str) -> None:
        super().__init__()
        self.counter, self.number, self.of = name, number, of

    @property
    def field_names(self) -> tuple[str, ...]:
        return ()

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        context._offsets[self.counter] = stream.tell()
        context[self.counter] = self.number._parse(stream, context, f"{path} -> {self.of} (count)")

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        context[self.counter] = _counted(context[self.of], self.number.high, f"{path} -> {self.of}")
        self.number._build(context[self.counter], stream, context, path)


class AtMost(Member):
    """No bytes: the earlier number ``field`` is at most ``most``, both ways.

    ``when`` names a field: the limit holds only where that is not 0.
    """

    def __init__(self, field: str, most: int, *, when: str | None = None) -> None:
        super().__init__()
        self.field, self.most, self.when = field, most, when

    @property
    def field_names(self) -> tuple[str, ...]:
        return ()

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        self._check(context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        self._check(context, path)

    def _check(self, context: Container, path: str) -> None:
        value, applies = context[self.field], self.when is None or context[self.when]
        if applies and value > self.most:
            offset = context._offsets.get(self.field)
            reason = f"must be at most {self.most}, found {value}"
            raise Refused(reason, f"{path} -> {self.field}", offset=offset, value=value)
