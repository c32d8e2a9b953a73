"""Interprets the layouts of one dialect. The one place that turns construct's errors into ours.

What this says is right by definition: the functions that codec.py runs are generated from the same layouts, and turn
here whenever they are in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import NoReturn, TypeAlias, TypeVar, cast

from construct import ConstructError, StreamError

from gatts_codec.constants import Group, Kind, group_of
from gatts_codec.constants.table import group_and_name
from gatts_codec.dialects import Dialect
from gatts_codec.errors import (
    DecodeError,
    EncodeError,
    TrailingDataError,
    TruncatedError,
    UnknownDialectError,
    UnknownOpcodeError,
    brief,
)
from gatts_codec.packets.entries import PacketEntry, PacketTable
from gatts_codec.packets.group import PacketGroup
from gatts_codec.packets.opaque import KINDS, OPCODE_BYTES, PACKET_TYPES, Opaque, opaque_payload
from gatts_codec.schema.message import Packet
from gatts_codec.schema.stream import Reader, Refused, Span

P = TypeVar("P", bound=Packet)
BytesLike: TypeAlias = bytes | bytearray | memoryview

_OTHER_KINDS = {3: "dtm_command", 4: "dtm_response", 5: "reset_command"}


class Interpreter:
    """Messages to bytes and back, by walking the layouts. Arguments, results and errors are those of ``Codec``.

    A group's history loads when a name, a class or a number leads to it, and a packet's layout likewise.
    """

    def __init__(self, dialect: Dialect, strict: bool) -> None:
        self.dialect, self.strict = dialect, strict
        self._tables: dict[str, PacketTable] = {}
        self.group = lru_cache(maxsize=1024)(self._group_of)

    def named(self, kind: str, name: str) -> PacketEntry:
        """A packet by its name. Raises EncodeError, which lists the dialect's names."""
        groups, plain = self._places(str(name))
        for table in map(self._table, groups):
            if (entry := table.named(str(kind), plain)) is not None:
                return entry
        raise self._no_such_name(str(kind), str(name), groups)

    @property
    def entries(self) -> list[PacketEntry]:
        """The dialect's packets; loads them all."""
        return list({entry.cls: entry for table in self._all_tables() for entry in table}.values())

    def classes(self) -> list[type[Packet]]:
        """The message classes of the dialect's packets; loads them all."""
        return [entry.cls for entry in self.entries]

    def prepare(self) -> None:
        """Load the histories of all groups, and the numbers that tell them apart."""
        for kind in PACKET_TYPES:
            self.group(kind, 0)
        self._all_tables()

    def entry_of(self, cls: type) -> PacketEntry | None:
        """A packet by its message class; None where the dialect has none, or has another class for it."""
        if not issubclass(cls, Packet):
            return None
        group, _ = group_and_name(cls.name)
        tables = self._all_tables() if group == "unknown" else [self._table(group)]
        return next((entry for table in tables if (entry := table.of_class(cls)) is not None), None)

    def of_class(self, cls: type) -> PacketEntry:
        """A packet by its message class. Raises EncodeError where the dialect has none, or has another class for it."""
        entry = self.entry_of(cls)
        if entry is None:
            reason = f"{self.dialect.name} has no {cls.__name__}"
            with suppress(EncodeError):
                twin = self.named(cls.kind, cls.name) if issubclass(cls, Packet) else None
                reason += f"; its {twin.name} is {twin.cls.__name__}" if twin else ""
            raise EncodeError(reason, value=cls, dialect=self.dialect.name)
        return entry

    def with_head(self, kind: Kind, head: bytes) -> PacketEntry | None:
        """A packet by its opcode or event id; None where the dialect has none."""
        group = self.group(kind, int.from_bytes(head, "little"))
        entry = self._table(group).with_head(kind, head)
        if entry is not None or group in self.dialect.groups:
            return entry
        # Numbers of a caller's own dialect may lie outside the ranges that are known.
        return next((found for table in self._all_tables() if (found := table.with_head(kind, head))), None)

    def _places(self, name: str) -> tuple[Iterable[str], str]:
        """The groups in which to look for a name, and what it is called there."""
        group, plain = group_and_name(name)
        if group != "unknown":
            return (group,), plain
        prefix, dot, rest = plain.partition(".")
        return ((prefix,), rest) if dot else (self.dialect.groups, plain)

    def _table(self, group: str) -> PacketTable:
        if group not in self._tables:
            groups = self.dialect.groups
            self._tables[group] = PacketTable(
                groups[group] if group in groups else PacketGroup(group, {}, {})
            )
        return self._tables[group]

    def _all_tables(self) -> list[PacketTable]:
        return [self._table(group) for group in self.dialect.groups]

    def _no_such_name(self, kind: str, name: str, groups: Iterable[str]) -> EncodeError:
        known = [entry.name for group in groups for entry in self._table(group) if entry.kind == kind]
        hint = f"; its {kind}s are {', '.join(known)}" if known else "; a kind is command, response or event"
        return EncodeError(
            f"{self.dialect.name} has no {kind} {brief(name)}{hint}", dialect=self.dialect.name
        )

    def encode(self, message: Packet | Opaque) -> bytes:
        """The body of a packet. Raises EncodeError."""
        if isinstance(message, Opaque):
            return self._pack_opaque(message)[1:]
        entry = self.of_class(type(message))
        try:
            body = entry.head + bytes(entry.layout.build(message))
        except ConstructError as error:
            raise self._encode_error(error, _label(entry)) from None
        limit = self.longest(entry)
        if limit is not None and len(body) > limit:
            reason = f"{len(body)} bytes and the packet type are over the {limit + 1} of {self.dialect.name}"
            raise EncodeError(reason, packet=_label(entry), value=message, dialect=self.dialect.name)
        return body

    def longest(self, entry: PacketEntry) -> int | None:
        """The longest body that a packet may have; None where encoding does not ask.

        The firmware's encoders refuse what their buffer cannot hold. Those of GATTS packets are asked for more than
        the transport takes in the golden vectors: there the link says what does not fit.
        """
        return None if group_and_name(entry.cls.name)[0] == "gatts" else self.dialect.max_payload - 1

    def pack(self, message: Packet | Opaque) -> bytes:
        """Packet type and body. Raises EncodeError."""
        if isinstance(message, Opaque):
            return self._pack_opaque(message)
        body = self.encode(message)
        return bytes((PACKET_TYPES[self.of_class(type(message)).kind],)) + body

    def unpack(self, payload: BytesLike) -> Packet | Opaque:
        """The message in a payload. Raises DecodeError, TruncatedError, and what ``decode`` does."""
        payload = self._bytes(payload)
        if not payload:
            raise TruncatedError("an empty payload has no packet type", dialect=self.dialect.name)
        packet_type, body = payload[0], payload[1:]
        kind = KINDS.get(packet_type)
        if kind is None:
            return Opaque(packet_type, self._other_kind(packet_type), "unknown", None, body)
        head = self._head(kind, body)
        opcode = int.from_bytes(head, "little")
        group = self.group(kind, opcode)
        if group == "gatts" or self.with_head(kind, head) is not None:
            return self.decode(kind, body, Packet)
        return Opaque(packet_type, kind, group, opcode, body[len(head) :])

    def annotate(self, kind: str, body: BytesLike) -> list[Span]:
        """Which bytes each field of a body takes. Raises EncodeError for no kind, DecodeError for no bytes."""
        if str(kind) not in PACKET_TYPES:
            raise EncodeError(f"no kind {brief(kind)}; a kind is command, response or event", value=kind)
        body, spans = self._bytes(body), list[Span]()
        known = cast(Kind, kind)
        entry = self.with_head(known, body[: OPCODE_BYTES[known]])
        if entry is None:
            return spans
        with suppress(ConstructError):  # the spans up to the fault are the answer
            entry.layout.parse_stream(Reader(body, position=len(entry.head), spans=spans), strict=self.strict)
        return [span._replace(path=_dotted(span.path)) for span in spans]

    def _pack_opaque(self, message: Opaque) -> bytes:
        try:
            return opaque_payload(message)
        except ConstructError as error:
            raise self._encode_error(error, "opaque packet") from None

    def _bytes(self, data: BytesLike) -> bytes:
        if isinstance(data, bytes):
            return data
        try:
            return bytes(memoryview(data))
        except (TypeError, ValueError):  # also where bytes() would make zeros of a number
            raise DecodeError(f"expected bytes, got {brief(data)}", dialect=self.dialect.name) from None

    def _group_of(self, kind: Kind, opcode: int) -> Group:
        try:
            return group_of(self.dialect.numbers, kind, opcode)
        except UnknownDialectError:  # a dialect of the caller's own, whose other groups are not listed
            return "unknown"

    def _head(self, kind: Kind, body: bytes) -> bytes:
        width = OPCODE_BYTES[kind]
        if len(body) < width:
            what = "event id" if kind == "event" else "opcode"
            raise TruncatedError(
                f"too short for its {what}", packet=kind, data=body, dialect=self.dialect.name
            )
        return body[:width]

    def decode(self, kind: Kind, body: BytesLike, base: type[P]) -> P:
        """The packet of this kind in a body.

        Raises DecodeError, TruncatedError, UnknownOpcodeError, TrailingDataError.
        """
        body = self._bytes(body)
        head = self._head(kind, body)
        entry = self.with_head(kind, head)
        if entry is None:
            raise self._unknown_opcode(kind, body, int.from_bytes(head, "little"))
        reader = Reader(body, position=len(head))
        try:
            message = entry.layout.parse_stream(reader, strict=self.strict)
        except ConstructError as error:
            raise self._decode_error(error, entry, reader) from None
        if reader.tell() < len(body) and (self.strict or not entry.layout.tolerates_trailing):
            self._refuse_trailing(entry, body, reader.tell())
        assert isinstance(message, base)
        return message

    def _unknown_opcode(self, kind: Kind, body: bytes, opcode: int) -> UnknownOpcodeError:
        group = self.group(kind, opcode)
        what = "event id" if kind == "event" else "opcode"
        where = f" ({group} group)" if group not in ("gatts", "unknown") else ""
        reason = f"{what} 0x{opcode:02x}{where} is no {kind} of {self.dialect.name}"
        return UnknownOpcodeError(reason, packet=kind, data=body, dialect=self.dialect.name)

    def _refuse_trailing(self, entry: PacketEntry, body: bytes, offset: int) -> NoReturn:
        extra = len(body) - offset
        reason = f"{extra} byte{'s' * (extra > 1)} after a complete packet"
        raise TrailingDataError(
            reason, packet=_label(entry), offset=offset, data=body, dialect=self.dialect.name
        )

    def _decode_error(self, error: ConstructError, entry: PacketEntry, reader: Reader) -> DecodeError:
        refused = isinstance(error, Refused)
        offset = error.offset if refused and error.offset is not None else reader.mark
        return (TruncatedError if isinstance(error, StreamError) else DecodeError)(
            error.reason if refused else "the packet ends within this field",
            packet=_label(entry),
            path=_dotted(error.path),
            offset=offset,
            data=reader.getvalue(),
            dialect=self.dialect.name,
        )

    def _encode_error(self, error: ConstructError, packet: str) -> EncodeError:
        refused = isinstance(error, Refused)
        return EncodeError(
            error.reason if refused else str(error),
            path=_dotted(error.path),
            value=error.value if refused else None,
            packet=packet,
            dialect=self.dialect.name,
        )

    def _other_kind(self, packet_type: int) -> str:
        if packet_type == 5 and self.dialect.generic_command:
            return "generic_command"
        return _OTHER_KINDS.get(packet_type, "unknown")


def _dotted(path: str | None) -> str:
    """construct's "(parsing) -> value -> len" as "value.len"."""
    return ".".join((path or "").split(" -> ")[1:])


def _label(entry: PacketEntry) -> str:
    return f"{entry.name} {entry.kind}"
