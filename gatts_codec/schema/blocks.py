"""The building blocks of the packet tables, as construct objects. A layout reads like its table.

    u8, i8, u16, u32     numbers, little endian
    Presence(X)          one flag byte, then X if it is given, else the field is None
    Given()              one flag byte alone: an output pointer, of which only "was it given" travels
    Length / Data        a length that travels on its own, and the bytes it counts
    Counted()            u16 count and that many bytes: the count is no field
    Trailing(X)          X if any bytes are left
    OneOf(X, 1, 2)       a number on which the rest of the packet hangs

record.py puts them together: records, and members that cover several fields at once.

One layout serves strict and tolerant decoding: ``layout.parse(data, strict=False)`` accepts what the firmware
accepts, strict only what a correct peer sends. Building is always strict.

What is not here: opcodes, packet types and dialects (dialects.py), and our own exceptions (codec.py turns construct's
into them). Blocks raise ``Refused`` (a wrong value, with path and offset) and construct's StreamError (truncated).
"""

from __future__ import annotations

from enum import Enum
from io import BytesIO
from operator import index
from typing import Any, NamedTuple

from construct import Construct, ConstructError, Container, FormatField, Subconstruct
from construct.core import stream_read, stream_read_entire, stream_write

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.errors import brief
from gatts_codec.schema.message import byte_count


class Refused(ConstructError):
    """A value that is not what the packet table says. ``path`` is construct's ("(parsing) -> value -> len")."""

    def __init__(self, reason: str, path: str, *, offset: int | None = None, value: object = None) -> None:
        super().__init__(reason, path)
        self.reason, self.offset, self.value = reason, offset, value


class Span(NamedTuple):
    """Which bytes a field took: for annotated hexdumps. ``bits`` is (lowest bit, width) within a shared byte."""

    path: str
    start: int
    stop: int
    value: object
    bits: tuple[int, int] | None = None


class Reader(BytesIO):
    """A stream that remembers where its last read began, so that an error can point at the byte."""

    def __init__(self, data: bytes, *, position: int = 0, spans: list[Span] | None = None) -> None:
        super().__init__(data)
        self.seek(position)
        self.mark = position
        self.spans = spans

    def read(self, size: int | None = -1, /) -> bytes:
        self.mark = self.tell()
        return super().read(size)


class Flag(Enum):
    """The three kinds of presence byte that the firmware's decoders have; strict wants 00 or 01 from all of them."""

    STRUCT = "00 or 01, anything else is an error"
    DATA = "01 is present, any other value absent: stands behind a length"
    RAW = "00 is absent, any other value present: only in s110_v8 to sd_api_v2"

    def present(self, byte: int) -> bool:
        return byte != 0 if self is Flag.RAW else byte == 1


def is_strict(context: Container) -> bool:
    """Whether the caller asked for strict decoding (the default)."""
    return bool(context._params.get("strict", True))


def read_flag(flag: Flag, stream: BytesIO, context: Container, path: str) -> bool:
    """Read a presence byte."""
    start = stream.tell()
    byte: int = stream_read(stream, 1, path)[0]
    if byte > 1 and (flag is Flag.STRUCT or is_strict(context)):
        raise Refused(f"presence flag must be 00 or 01, found {byte:02x}", path, offset=start)
    note(stream, f"{path} (present)", start, byte)
    return flag.present(byte)


def write_flag(present: bool, stream: BytesIO, path: str) -> None:
    """Write a presence byte."""
    stream_write(stream, b"\x01" if present else b"\x00", 1, path)


def note(stream: BytesIO, path: str, start: int, value: object, bits: tuple[int, int] | None = None) -> None:
    """Tell a tracing reader which bytes a field took."""
    if isinstance(stream, Reader) and stream.spans is not None:
        stream.spans.append(Span(path, start, stream.tell(), value, bits))


class Number(FormatField):
    """A little-endian integer; refuses what does not fit instead of wrapping."""

    def __init__(self, code: str) -> None:
        super().__init__("<", code)
        bits = 8 * self.length
        signed = code.islower()
        self.low: int = -(1 << bits - 1) if signed else 0
        self.high: int = (1 << bits - signed) - 1

    def _parse(self, stream: BytesIO, context: Container, path: str) -> int:
        start = stream.tell()
        value: int = super()._parse(stream, context, path)
        note(stream, path, start, value)
        return value

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        return super()._build(as_integer(obj, self.low, self.high, path), stream, context, path)


u8, i8, u16, u32 = Number("B"), Number("b"), Number("H"), Number("L")


def as_integer(value: Any, low: int, high: int, path: str) -> int:
    """A field's value as a number in low..high; anything else is refused."""
    number = _number(value)
    if number is None or not low <= number <= high:
        raise Refused(f"expected an integer {low}..{high}, got {brief(value)}", path, value=value)
    return number


def _number(value: Any) -> int | None:
    try:
        return index(value)
    except Exception:  # no integer; or the caller's own type, which may raise anything
        return None


class Presence(Subconstruct):
    """``?{X}``: one flag byte, then X when present."""

    def __init__(self, subcon: Construct, flag: Flag = Flag.STRUCT) -> None:
        super().__init__(subcon)
        self.flag = flag

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        present = read_flag(self.flag, stream, context, path)
        return self.subcon._parsereport(stream, context, path) if present else None

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        write_flag(obj is not None, stream, path)
        return None if obj is None else self.subcon._build(obj, stream, context, path)


class Given(Construct):
    """``?``: one flag byte, True or False."""

    def __init__(self, flag: Flag = Flag.STRUCT) -> None:
        super().__init__()
        self.flag = flag

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bool:
        return read_flag(self.flag, stream, context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if not isinstance(obj, bool):
            raise Refused(f"expected True or False, got {brief(obj)}", path, value=obj)
        write_flag(obj, stream, path)
        return obj


class Length(Number):
    """A u16 length that travels on its own. ``of`` is the field of the bytes it counts.

    While those are absent the length is kept as it is: it is data, never derived.
    """

    def __init__(self, of: str) -> None:
        super().__init__("H")
        self.of = of

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        size = byte_count(context[self.of])
        if size is not None and _number(obj) != size:
            reason = f"says {brief(obj)}, but {self.of} has {size} bytes: leave it out, and it is filled in"
            raise Refused(reason, path, value=obj)
        return super()._build(obj, stream, context, path)


class Data(Construct):
    """The bytes that an earlier Length counts, behind a flag byte of their own (none where ``flag`` is None).

    Over 512 bytes are refused both ways, strict or tolerant. A ``limited`` length may not say more than 512 without
    the bytes either (the firmware's encoders check these, and not the others); tolerant decoding takes it.
    """

    def __init__(self, length: str, *, flag: Flag | None = Flag.DATA, limited: bool = False) -> None:
        super().__init__()
        self.length, self.flag, self.limited = length, flag, limited

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bytes | None:
        present = self.flag is None or read_flag(self.flag, stream, context, path)
        if present or (self.limited and is_strict(context)):
            self._check_length(context, path)
        return read_bytes(context[self.length], stream, path) if present else None

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if self.flag is not None:
            write_flag(obj is not None, stream, path)
        if obj is not None or self.flag is None:
            return write_bytes(obj, stream, path)
        if self.limited:
            self._check_length(context, path)
        return None

    def _check_length(self, context: Container, path: str) -> None:
        value, record = context[self.length], path.rpartition(" -> ")[0]
        if value > MAX_VALUE_LEN:
            offset = context._offsets.get(self.length)
            reason = f"{value} is over the longest value, {MAX_VALUE_LEN} bytes"
            raise Refused(reason, f"{record} -> {self.length}", offset=offset, value=value)


class Counted(Construct):
    """``u16 count, bytes``, at most 512: the count is always the number of bytes."""

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bytes:
        start = stream.tell()
        size = u16._parse(stream, context, f"{path} (len)")
        if size > MAX_VALUE_LEN:
            raise Refused(f"{size} is over the longest value, {MAX_VALUE_LEN} bytes", path, offset=start)
        return read_bytes(size, stream, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        data = as_bytes(obj, path)
        u16._build(len(data), stream, context, path)
        return write_bytes(data, stream, path)


def read_bytes(size: int, stream: BytesIO, path: str) -> bytes:
    """Exactly ``size`` bytes."""
    start = stream.tell()
    data: bytes = stream_read(stream, size, path)
    note(stream, path, start, data)
    return data


def as_bytes(value: Any, path: str) -> bytes:
    """A field's value as bytes; what is none, or too long, is refused."""
    size = byte_count(value)
    if size is None:
        raise Refused(f"expected bytes, got {brief(value)}", path, value=value)
    if size > MAX_VALUE_LEN:
        raise Refused(f"{size} bytes are over the longest value, {MAX_VALUE_LEN}", path, value=value)
    return bytes(value)


def write_bytes(value: Any, stream: BytesIO, path: str) -> bytes:
    """Check and write the bytes of a field."""
    data = as_bytes(value, path)
    stream_write(stream, data, len(data), path)
    return data


class Trailing(Subconstruct):
    """X if any bytes are left, else None: nothing in the packet announces it."""

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        start = stream.tell()
        at_end = not stream_read_entire(stream, path)
        stream.seek(start)
        return None if at_end else self.subcon._parsereport(stream, context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        return None if obj is None else self.subcon._build(obj, stream, context, path)


class OneOf(Subconstruct):
    """A number of which the packet's shape depends: any other value is refused, strict or tolerant."""

    def __init__(self, subcon: Construct, *values: int) -> None:
        super().__init__(subcon)
        self.values = values

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        start = stream.tell()
        value = self.subcon._parsereport(stream, context, path)
        self._check(value, path, start)
        return value

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        number = self.subcon._build(obj, stream, context, path)
        self._check(number, path, None)
        return number

    def _check(self, value: int, path: str, offset: int | None) -> None:
        if value not in self.values:
            known = " or ".join(f"{each:d}" for each in self.values)
            raise Refused(f"must be {known}, found {value}", path, offset=offset, value=value)
