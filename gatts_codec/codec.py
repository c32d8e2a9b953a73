"""The codec: messages to bytes and back, in one dialect.

body      u8 opcode (events: u16 id), then the packet's fields: encode(), decode_command() ...
payload   u8 packet type, then the body, as an H5 vendor packet carries it: pack(), unpack()

What runs are functions generated from the layouts (schema/compiler/), found by the class of a message or the first
bytes of a packet, and made when they are first needed. With GATTS_CODEC_INTERPRETED=1 in the environment the layouts
are interpreted instead: slower, and the same in every other way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from gatts_codec.constants import Kind
from gatts_codec.dialects import DIALECTS, Dialect, find_dialect
from gatts_codec.interpreter import PACKET_TYPES, Bytes, Entry, Interpreter
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.blocks import Span
from gatts_codec.schema.compiler import NotCompilable, Source, decoder_source, encoder_source
from gatts_codec.schema.message import Command, Event, Packet, Response

__all__ = ["Codec"]

INTERPRETED = "GATTS_CODEC_INTERPRETED"

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


class Codec:
    """Encodes and decodes the packets of one dialect.

    ``strict`` decoding takes exactly what a correct peer sends: decoding and encoding again gives the same bytes.
    Tolerant decoding takes exactly what the firmware takes. Encoding is the same in both.

    Whatever the bytes, decoding returns a message or raises a GattsError. Messages of the host's and the chip's side
    go through the same methods, so one codec serves both ends.

    A codec has no state that shows: any number of threads may use one. Codecs of the same dialect and mode share their
    functions, each of which is made at its first use, in one to some milliseconds; later uses take microseconds.
    Raises UnknownDialectError.
    """

    def __init__(self, dialect: str | Dialect, strict: bool = True) -> None:
        self.dialect: Dialect = find_dialect(dialect)
        self.strict = strict
        functions = _functions(self.dialect, strict, os.environ.get(INTERPRETED, "") in ("", "0"))
        self._interpreter = functions.interpreter
        self._encoders, self._packers = functions.encoders, functions.packers
        self._payloads: list[list[Callable[[bytes], Packet | Opaque]]] = functions.payloads
        self._commands: list[Callable[[bytes], Command[Any]]] = functions.bodies["command"]
        self._responses: list[Callable[[bytes], Response]] = functions.bodies["response"]
        self._events: list[Callable[[bytes], Event]] = functions.bodies["event"]

    def __repr__(self) -> str:
        return f"Codec({self.dialect.name!r}, strict={self.strict})"

    def __reduce__(self) -> tuple[type[Codec], tuple[str | Dialect, bool]]:
        known = DIALECTS.get(self.dialect.name) is self.dialect
        return Codec, (self.dialect.name if known else self.dialect, self.strict)

    def message_class(self, kind: str, name: str) -> type[Packet]:
        """The dialect's class for a packet: ``message_class("command", "sd_ble_gatts_hvx")``, or "hvx", "gap.connect".

        Raises EncodeError that lists the dialect's names where there is no such packet.
        """
        return self._interpreter.named(kind, name).cls

    def message_classes(self) -> list[type[Packet]]:
        """The classes of all packets of the dialect."""
        return self._interpreter.classes()

    def has(self, cls: type[Packet]) -> bool:
        """Whether the dialect has this class of packet; it may have another for the same command."""
        return self._interpreter.entry_of(cls) is not None

    def opcode(self, packet: Packet | type[Packet]) -> int:
        """The opcode or event id of a packet in this dialect. Raises EncodeError where that has no such packet."""
        cls = packet if isinstance(packet, type) else type(packet)
        return int.from_bytes(self._interpreter.of_class(cls).head, "little")

    def encode(self, message: Packet | Opaque) -> bytes:
        """The body of a packet: opcode or event id, then the fields.

        Raises EncodeError, naming the field, for wrong types, numbers out of range, lengths that disagree with their
        data, data over 512 bytes, and messages that the dialect does not have.
        """
        try:
            return self._encoders[type(message)](message)
        except KeyError:  # another dialect's message, an Opaque, or no message at all
            pass
        return self._interpreter.encode(message)

    def decode_command(self, body: Bytes) -> Command[Any]:
        """The command in a body, u8 opcode first. Raises DecodeError and its subclasses.

        They are TruncatedError, TrailingDataError, and UnknownOpcodeError where the dialect has no such command.
        """
        if type(body) is bytes and body:
            return self._commands[body[0]](body)
        return self._interpreter.decode("command", body, Command)

    def decode_response(self, body: Bytes) -> Response:
        """The response in a body, u8 opcode and u32 result first. Raises as ``decode_command``: DecodeError."""
        if type(body) is bytes and body:
            return self._responses[body[0]](body)
        return self._interpreter.decode("response", body, Response)

    def decode_event(self, body: Bytes) -> Event:
        """The event in a body, u16 event id first. Raises as ``decode_command``: DecodeError."""
        if type(body) is bytes and body:
            return self._events[body[0]](body)
        return self._interpreter.decode("event", body, Event)

    def pack(self, message: Packet | Opaque) -> bytes:
        """The payload of an H5 vendor packet: packet type, then the body. Raises EncodeError."""
        try:
            return self._packers[type(message)](message)
        except KeyError:  # another dialect's message, an Opaque, or no message at all
            pass
        return self._interpreter.pack(message)

    def unpack(self, payload: Bytes) -> Packet | Opaque:
        """The message in an H5 vendor packet's payload; what the dialect does not have comes as Opaque.

        An opcode or event id in the dialect's GATTS range that no packet has is an UnknownOpcodeError; outside that
        range it makes an Opaque, as every other packet type does. Raises DecodeError; TruncatedError also for an
        empty payload or one too short for its opcode or event id.
        """
        if type(payload) is bytes and len(payload) > 1:
            return self._payloads[payload[0]][payload[1]](payload)
        return self._interpreter.unpack(payload)

    def annotate(self, kind: str, body: Bytes) -> list[Span]:
        """Which bytes each field of a body takes, in order, as far as it decodes; offsets from the body's first byte.

        Raises EncodeError where ``kind`` is not command, response or event, DecodeError where ``body`` is no bytes.
        """
        return self._interpreter.annotate(kind, body)

    def generated_source(self, kind: str, name: str) -> str:
        """The functions that encode and decode a packet, as text. Raises EncodeError where there is no such packet."""
        entry = self._interpreter.named(kind, name)
        sources = _encoder(self._interpreter, entry), _decoder(self._interpreter, entry)
        return "\n\n".join(source.text() for source in sources)


class _Functions:
    """The functions of a dialect, by message class or by the first bytes of a packet; its codecs share them."""

    def __init__(self, interpreter: Interpreter, generated: bool) -> None:
        self.interpreter = interpreter
        self.encoders = _ByClass(interpreter, interpreter.encode, generated)
        self.packers = _ByClass(interpreter, interpreter.pack, generated, packed=True)
        self.bodies: dict[Kind, list[Decode]] = {
            kind: [partial(interpreter.decode, kind, base=Packet)] * 256 for kind in PACKET_TYPES
        }
        self.payloads: list[list[Decode]] = [[interpreter.unpack] * 256 for _ in range(256)]
        for kind, packet_type in PACKET_TYPES.items() if generated else ():
            _on_first_use(self.bodies[kind], partial(_decoder_of, interpreter, kind), at=0)
            _on_first_use(
                self.payloads[packet_type], partial(_decoder_of, interpreter, kind, packed=True), at=1
            )


class _ByClass(dict[type, Encode]):
    """Message class to what encodes it, generated when it is first looked up. KeyError: the dialect has none."""

    def __init__(
        self, interpreter: Interpreter, interpret: Encode, generated: bool, packed: bool = False
    ) -> None:
        super().__init__()
        self._interpreter, self._interpret = interpreter, interpret
        self._generated, self._packed = generated, packed

    def __missing__(self, cls: type) -> Encode:
        entry = self._interpreter.entry_of(cls)
        if entry is None or not self._generated:
            raise KeyError(cls)
        try:
            self[cls] = _encoder(self._interpreter, entry, self._packed).function()
        except NotCompilable:
            self[cls] = self._interpret
        return self[cls]


@lru_cache(maxsize=64)
def _functions(dialect: Dialect, strict: bool, generated: bool) -> _Functions:
    return _Functions(Interpreter(dialect, strict), generated)


def _encoder(interpreter: Interpreter, entry: Entry, packed: bool = False) -> Source:
    head = bytes((PACKET_TYPES[entry.kind],)) * packed + entry.head
    title = (
        f"gatts_codec {interpreter.dialect.name} {entry.name} {entry.kind}: {'pack' if packed else 'encode'}"
    )
    interpret = interpreter.pack if packed else interpreter.encode
    return encoder_source(entry.layout, head=head, title=title, interpret=interpret)


def _decoder(interpreter: Interpreter, entry: Entry, packed: bool = False) -> Source:
    mode = "strict" if interpreter.strict else "tolerant"
    title = f"{_label(interpreter, entry)}: {'unpack' if packed else 'decode'}, {mode}"
    return decoder_source(
        entry.layout,
        skip=1 + packed,
        expect=entry.head[1:],
        strict=interpreter.strict,
        title=title,
        argument="payload" if packed else "body",
        interpret=interpreter.unpack if packed else partial(interpreter.decode, entry.kind, base=Packet),
    )


def _decoder_of(interpreter: Interpreter, kind: Kind, first: int, packed: bool = False) -> Source:
    # Event ids have two bytes. One over 255 is left to the interpreter, to which the function for its low byte turns.
    head = bytes((first, 0)) if kind == "event" else bytes((first,))
    entry = interpreter.with_head(kind, head)
    if entry is None:
        raise NotCompilable(f"no {kind} begins with {head.hex()}")
    return _decoder(interpreter, entry, packed)


def _label(interpreter: Interpreter, entry: Entry) -> str:
    return f"gatts_codec {interpreter.dialect.name} {entry.name} {entry.kind}"


def _on_first_use(table: list[Decode], write: Callable[[int], Source], *, at: int) -> None:
    """Let a table, which holds the interpreter's functions, generate one when the byte ``at`` first leads to it."""
    interpret = table[0]

    def first(data: bytes) -> Any:
        try:
            table[data[at]] = write(data[at]).function()
        except NotCompilable:
            table[data[at]] = interpret
        return table[data[at]](data)

    table[:] = [first] * len(table)
