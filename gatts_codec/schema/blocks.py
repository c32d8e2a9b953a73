"""The building blocks of the packet tables, as construct objects. A layout reads like its table.

One field each, as ``named("field", block)``:

    u8, i8, u16, u32          numbers, little endian
    OneOf(u8, 1, 2)           a number on which the rest of the packet hangs: no other value is taken
    Presence(X)               one flag byte, then X if it is given, else the field is None
    Given()                   one flag byte alone: an output pointer, of which only "was it given" travels
    Trailing(X)               X if any bytes are left, else None

Bytes (``most`` is the longest that either end takes; a message holds ``bytes``):

    Length(of="data") .. Data("length")       a length that is a field of its own, and the bytes it counts behind a
                                              flag byte. Length(of="name", number=u8): in one byte
    Data("header.len", flag=None)             no flag byte; a dot leads into an earlier structure
    Counted(most=512), Counted(u8)            u16 or u8 count and that many bytes: the count is not a field
    Raw(16), Raw("value_len")                 exactly so many bytes: a key, an address, or what an earlier field says,
                                              of this record or of one around it. Presence(Raw(6)): behind a flag

Lists and unions (lists.py; a message holds a tuple, or the one structure):

    ListOf(X, count=u16)                      a count that is not a field, then the items: records, numbers, Raw ..
    Length(of="addrs", number=u8) .. Presence(ListOf(X, count="addr_count"))
                                              a count that is a field of its own; Length(of=("a", "b")) counts two
    Count("count", u16, of="attr_infos") .. ListOf(X, count="count")
                                              a count that is not a field and does not stand beside its list
    Switch("format", {1: INFO16}, INFO128)    the block that an earlier field selects; the last is for all other values
    OPT = Switch("opt_id", {1: CONN_BW, 2: PA_LNA})
    named("opt_id", OPT.id(of="opt")), named("opt", Presence(OPT))
                                              an id that follows from the structure: None on encoding is the id that
                                              the structure has in this dialect; without structure the id is kept
    Presence(Never("buf_id 0 is not a buffer"))  an absent field: a flag byte 00 and nothing else

Several fields at once: Bits, Count, AtMost (members.py), Flagged, When, Absent (record.py). ``Record(cls, *members)``
ties members to a message class; ``Record(cls)`` has no bytes.

One layout serves strict and tolerant decoding: ``layout.parse(data, strict=False)`` accepts what the firmware
accepts, strict only what a correct peer sends. Building is always strict.

What is not here: opcodes, packet types and dialects (dialects.py), and our own exceptions (codec.py turns construct's
into them). Blocks raise ``Refused`` (a wrong value, with path and offset) and construct's StreamError (truncated).
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from construct import Construct, Container, FormatField, Subconstruct
from construct.core import stream_read_entire

from gatts_codec.errors import brief
from gatts_codec.schema.message import byte_count, size_of
from gatts_codec.schema.stream import (
    Flag,
    Refused,
    as_bytes,
    as_integer,
    as_number,
    bad_flag,
    check_size,
    is_strict,
    lookup,
    note,
    offset_of,
    read_bytes,
    read_flag,
    write_bytes,
    write_flag,
)


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
    """A length that travels on its own. ``of`` is the field whose bytes or items it counts, or several of equal length.

    While those are absent the length is kept as it is: it is data, never derived.
    """

    def __init__(self, of: str | tuple[str, ...], number: Number = u16) -> None:
        super().__init__(number.fmtstr[1:])
        self.of = (of,) if isinstance(of, str) else of

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        for name in self.of:
            size = size_of(context[name])
            if size is not None and as_number(obj) != size:
                unit = "bytes" if byte_count(context[name]) is not None else "items"
                reason = f"says {brief(obj)}, but {name} has {size} {unit}: leave it out, and it is filled in"
                raise Refused(reason, path, value=obj)
        return super()._build(obj, stream, context, path)


class Data(Construct):
    """The bytes that an earlier number counts, behind a flag byte of their own (none where ``flag`` is None).

    Over ``most`` bytes are refused both ways, strict or tolerant. A ``limited`` length may not say more than that
    without the bytes either (some of the firmware's encoders check it); tolerant decoding takes it.
    """

    def __init__(
        self, length: str, *, flag: Flag | None = Flag.DATA, limited: bool = False, most: int | None = None
    ) -> None:
        super().__init__()
        self.length, self.flag, self.limited, self.most = length, flag, limited, most

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bytes | None:
        present = self.flag is None or read_flag(self.flag, stream, context, path)
        if present or (self.limited and is_strict(context)):
            self._check_length(context, path)
        if present:
            return read_bytes(lookup(context, self.length), stream, path)
        return self._unfilled(stream, context, path) if self.flag is Flag.FILLED else None

    def _unfilled(self, stream: BytesIO, context: Container, path: str) -> bytes:
        """No bytes behind a flag that does not say 01, if there are none to be."""
        if lookup(context, self.length):
            at = stream.tell() - 1
            raise bad_flag(Flag.FILLED, stream.getvalue()[at], path, at)
        return read_bytes(0, stream, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if self.flag and not self.flag.always:
            write_flag(obj is not None, stream, path)
        if obj is None and self.flag and not self.flag.always:
            return self._check_length(context, path) if self.limited else None
        data = as_bytes(obj, path, self.most)
        if self.flag and self.flag.always:
            write_flag(True, stream, path)
        check_size(self.length, len(data), "bytes", context, path)
        return write_bytes(data, stream, path)

    def _check_length(self, context: Container, path: str) -> None:
        value, record = lookup(context, self.length), path.rpartition(" -> ")[0]
        if self.most is not None and value > self.most:
            offset = offset_of(context, self.length)
            reason = f"{value} is over the longest value, {self.most} bytes"
            raise Refused(reason, f"{record} -> {self.length}", offset=offset, value=value)


class Counted(Construct):
    """A count and that many bytes: the count is always the number of bytes. Over ``most`` are refused."""

    def __init__(self, number: Number = u16, *, most: int | None = None) -> None:
        super().__init__()
        self.number, self.most = number, most

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bytes:
        start = stream.tell()
        size = self.number._parse(stream, context, f"{path} (len)")
        if self.most is not None and size > self.most:
            raise Refused(f"{size} is over the longest value, {self.most} bytes", path, offset=start)
        return read_bytes(size, stream, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        data = as_bytes(obj, path, self.number.high if self.most is None else self.most)
        self.number._build(len(data), stream, context, path)
        return write_bytes(data, stream, path)


class Raw(Construct):
    """Exactly ``size`` bytes: a number, or the earlier field that says it."""

    def __init__(self, size: int | str) -> None:
        super().__init__()
        self.size = size

    def _parse(self, stream: BytesIO, context: Container, path: str) -> bytes:
        return read_bytes(self._size(context), stream, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        data = as_bytes(obj, path, None)
        if len(data) != self._size(context):
            wanted = f"{self._size(context)} bytes" + f", as {self.size} says" * isinstance(self.size, str)
            # Without the bytes: they may be a key.
            raise Refused(f"expected {wanted}, got {len(data)}", path, value=obj)
        return write_bytes(data, stream, path)

    def _size(self, context: Container) -> int:
        return self.size if isinstance(self.size, int) else lookup(context, self.size)


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
