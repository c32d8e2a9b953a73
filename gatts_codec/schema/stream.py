"""What blocks are made of: the stream they read, what they find in the context, and how they refuse."""

from __future__ import annotations

from enum import Enum
from io import BytesIO
from operator import index
from typing import Any, NamedTuple

from construct import ConstructError, Container
from construct.core import stream_read, stream_write

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


def note(stream: BytesIO, path: str, start: int, value: object, bits: tuple[int, int] | None = None) -> None:
    """Tell a tracing reader which bytes a field took."""
    if isinstance(stream, Reader) and stream.spans is not None:
        stream.spans.append(Span(path, start, stream.tell(), value, bits))


def is_strict(context: Container) -> bool:
    """Whether the caller asked for strict decoding (the default)."""
    return bool(context["_params"].get("strict", True))


def lookup(context: Container, field: str) -> Any:
    """The value of an earlier field, of this record or of one around it; dots lead into a structure."""
    name, *inner = field.split(".")
    while name not in context:
        context = context._
    value = context[name]
    for each in inner:
        value = getattr(value, each)
    return value


def offset_of(context: Container, field: str) -> int | None:
    """Where that field begins; None where that is not known."""
    name = field.partition(".")[0]
    while name not in context:
        context = context._
    offset: int | None = context._offsets.get(name)
    return offset


class Flag(Enum):
    """The kinds of presence byte that the firmware's decoders have; strict wants 00 or 01 from all of them."""

    STRUCT = "00 or 01, anything else is an error"
    DATA = "01 is present, any other value absent: stands behind a length"
    RAW = "00 is absent, any other value present: only in s110_v8 to sd_api_v2"
    ANY = "always present, whatever it says: strict wants 01"
    FILLED = "01 where there are bytes; without any it may say what it likes: strict wants 01"

    @property
    def always(self) -> bool:
        """Whether it stands before data that a message always has."""
        return self in (Flag.ANY, Flag.FILLED)

    def present(self, byte: int) -> bool:
        return self is Flag.ANY or (byte != 0 if self is Flag.RAW else byte == 1)

    def legal(self, strict: bool) -> range:
        """The bytes that decoding takes."""
        if strict or self is Flag.STRUCT:
            return range(self.always, 2)
        return range(256)


def read_flag(flag: Flag, stream: BytesIO, context: Container, path: str) -> bool:
    """Read a presence byte."""
    start = stream.tell()
    byte: int = stream_read(stream, 1, path)[0]
    if byte not in flag.legal(is_strict(context)):
        raise bad_flag(flag, byte, path, start)
    note(stream, f"{path} (present)", start, byte)
    return flag.present(byte)


def bad_flag(flag: Flag, byte: int, path: str, offset: int) -> Refused:
    """The error for a presence byte that is not taken."""
    wanted = "01" if flag.always else "00 or 01"
    return Refused(f"presence flag must be {wanted}, found {byte:02x}", path, offset=offset)


def write_flag(present: bool, stream: BytesIO, path: str) -> None:
    """Write a presence byte."""
    stream_write(stream, b"\x01" if present else b"\x00", 1, path)


def as_integer(value: Any, low: int, high: int, path: str) -> int:
    """A field's value as a number in low..high; anything else is refused."""
    number = as_number(value)
    if number is None or not low <= number <= high:
        raise Refused(f"expected an integer {low}..{high}, got {brief(value)}", path, value=value)
    return number


def as_number(value: Any) -> int | None:
    """A value as a number; None for anything else."""
    try:
        return index(value)
    except Exception:  # no integer; or the caller's own type, which may raise anything
        return None


def as_bytes(value: Any, path: str, most: int | None) -> bytes:
    """A field's value as bytes; anything else, or more than ``most``, is refused."""
    size = byte_count(value)
    if size is None:
        raise Refused(f"expected bytes, got {brief(value)}", path, value=value)
    if most is not None and size > most:
        raise Refused(f"{size} bytes are over the longest value, {most}", path, value=value)
    return bytes(value)


def read_bytes(size: int, stream: BytesIO, path: str) -> bytes:
    """Exactly ``size`` bytes."""
    start = stream.tell()
    data: bytes = stream_read(stream, size, path)
    note(stream, path, start, data)
    return data


def write_bytes(data: bytes, stream: BytesIO, path: str) -> bytes:
    """Write the bytes of a field."""
    stream_write(stream, data, len(data), path)
    return data


def check_size(length: str, size: int, unit: str, context: Container, path: str) -> None:
    """Refuse an earlier length that does not say how many there are."""
    value = lookup(context, length)
    if as_number(value) != size:
        record = path.rpartition(" -> ")[0]
        raise Refused(
            f"says {brief(value)}, but there are {size} {unit}", f"{record} -> {length}", value=value
        )
