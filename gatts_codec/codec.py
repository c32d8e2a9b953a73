"""The codec: messages to bytes and back, in one dialect.

body      u8 opcode (events: u16 id), then the packet's fields: encode(), decode_command() ...
payload   u8 packet type, then the body, as an H5 vendor packet carries it: pack(), unpack()

A packet that is seldom used is coded by walking its layout (interpreter.py). One that is used often gets functions of
its own, generated from the layout (schema/compiler/): many times as fast, and the same in every other way. With
GATTS_CODEC_INTERPRETED=1 in the environment there are none; with 0 they are made at the first use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from gatts_codec.constants import Group, Kind
from gatts_codec.dialects import DIALECTS, Dialect, find_dialect
from gatts_codec.interpreter import PACKET_TYPES, BytesLike, Interpreter
from gatts_codec.packets.entries import PacketEntry
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.blocks import Span
from gatts_codec.schema.message import Command, Event, Packet, Response

if TYPE_CHECKING:
    from gatts_codec.schema.compiler import FunctionSource

__all__ = ["Codec"]

INTERPRETED = "GATTS_CODEC_INTERPRETED"
# Uses from which on a function of its own costs less than it saves: making it takes as long as some 50 to 150 walks.
OFTEN = 50

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


class Codec:
    """Encodes and decodes the packets of one dialect.

    ``strict`` decoding takes exactly what a correct peer sends: decoding and encoding again gives the same bytes.
    Tolerant decoding takes exactly what the firmware takes. Encoding is the same in both.

    Whatever the bytes, decoding returns a message or raises a GattsError. Messages of the host's and the chip's side
    go through the same methods, so one codec serves both ends.

    A codec has no state that shows: any number of threads may use one. Codecs of the same dialect and mode share their
    functions, each of which is made when its packet has been used some fifty times, in one to some milliseconds; from
    then on a use takes microseconds, before that some hundred.
    Raises UnknownDialectError.
    """

    def __init__(self, dialect: str | Dialect, strict: bool = True) -> None:
        self.dialect: Dialect = find_dialect(dialect)
        self.strict = strict
        functions = _functions(self.dialect, strict, _often(os.environ.get(INTERPRETED, "")))
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

    def from_dict(self, kind: str, name: str, plain: Mapping[str, Any]) -> Packet:
        """The message whose ``to_dict()`` this is, ``message_class(kind, name).from_dict(plain)`` of this dialect.

        Where a field holds one of several structures, their ids in this dialect tell them apart. Raises EncodeError.
        """
        message: Packet = self._interpreter.named(kind, name).layout.from_dict(plain)
        return message

    def group_of(self, kind: Kind, number: int) -> Group:
        """The group that an opcode or event id belongs to in this dialect; "unknown" outside every range."""
        return self._interpreter.group(kind, number)

    def opcode(self, packet: Packet | type[Packet]) -> int:
        """The opcode or event id of a packet in this dialect. Raises EncodeError where that has no such packet."""
        cls = packet if isinstance(packet, type) else type(packet)
        return int.from_bytes(self._interpreter.of_class(cls).head, "little")

    def encode(self, message: Packet | Opaque) -> bytes:
        """The body of a packet: opcode or event id, then the fields.

        Raises EncodeError, naming the field, for wrong types, numbers out of range, lengths that disagree with their
        data, data over what its field holds, packets of other groups than GATTS over the longest that the dialect's
        firmware takes, and messages that the dialect does not have.
        """
        try:
            return self._encoders[type(message)](message)
        except KeyError:  # another dialect's message, an Opaque, or no message at all
            pass
        return self._interpreter.encode(message)

    def decode_command(self, body: BytesLike) -> Command[Any]:
        """The command in a body, u8 opcode first. Raises DecodeError and its subclasses.

        They are TruncatedError, TrailingDataError, and UnknownOpcodeError where the dialect has no such command.
        """
        if type(body) is bytes and body:
            return self._commands[body[0]](body)
        return self._interpreter.decode("command", body, Command)

    def decode_response(self, body: BytesLike) -> Response:
        """The response in a body, u8 opcode and u32 result first. Raises as ``decode_command``: DecodeError."""
        if type(body) is bytes and body:
            return self._responses[body[0]](body)
        return self._interpreter.decode("response", body, Response)

    def decode_event(self, body: BytesLike) -> Event:
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

    def unpack(self, payload: BytesLike) -> Packet | Opaque:
        """The message in an H5 vendor packet's payload; what the dialect does not have comes as Opaque.

        An opcode or event id in the dialect's GATTS range that no packet has is an UnknownOpcodeError; outside that
        range it makes an Opaque, as every other packet type does. Raises DecodeError; TruncatedError also for an
        empty payload or one too short for its opcode or event id.
        """
        if type(payload) is bytes and len(payload) > 1:
            return self._payloads[payload[0]][payload[1]](payload)
        return self._interpreter.unpack(payload)

    def annotate(self, kind: str, body: BytesLike) -> list[Span]:
        """Which bytes each field of a body takes, in order, as far as it decodes; offsets from the body's first byte.

        Raises EncodeError where ``kind`` is not command, response or event, DecodeError where ``body`` is not bytes.
        """
        return self._interpreter.annotate(kind, body)

    def generated_source(self, kind: str, name: str) -> str:
        """The functions that encode and decode a packet, as text. Raises EncodeError where there is no such packet."""
        entry = self._interpreter.named(kind, name)
        sources = _encoder(self._interpreter, entry), _decoder(self._interpreter, entry)
        return "\n\n".join(source.text() for source in sources)


class _Functions:
    """The functions of a dialect, by message class or by the first bytes of a packet; its codecs share them."""

    def __init__(self, interpreter: Interpreter, often: int) -> None:
        self.interpreter = interpreter
        self.encoders = _ByClass(interpreter, interpreter.encode, often)
        self.packers = _ByClass(interpreter, interpreter.pack, often, packed=True)
        self.bodies: dict[Kind, list[Decode]] = {
            kind: [partial(interpreter.decode, kind, base=Packet)] * 256 for kind in PACKET_TYPES
        }
        self.payloads: list[list[Decode]] = [[interpreter.unpack] * 256 for _ in range(256)]
        for kind, packet_type in PACKET_TYPES.items() if often else ():
            decoder_of, unpacker_of = partial(_decoder_of, interpreter, kind), self.payloads[packet_type]
            _count_uses(self.bodies[kind], decoder_of, often, at=0)
            _count_uses(unpacker_of, partial(decoder_of, packed=True), often, at=1)


class _ByClass(dict[type, Encode]):
    """Message class to what encodes it. KeyError: the dialect has none, or nothing shall be generated."""

    def __init__(self, interpreter: Interpreter, interpret: Encode, often: int, packed: bool = False) -> None:
        super().__init__()
        self._interpreter, self._interpret = interpreter, interpret
        self._often, self._packed = often, packed

    def __missing__(self, cls: type) -> Encode:
        entry = self._interpreter.entry_of(cls)
        if entry is None or not self._often:
            raise KeyError(cls)
        write = partial(_encoder, self._interpreter, entry, self._packed)
        self[cls] = _seldom(self._interpret, write, partial(self.__setitem__, cls), self._often)
        return self[cls]


def _count_uses(
    table: list[Decode], write: Callable[[int], FunctionSource | None], often: int, *, at: int
) -> None:
    """Let a table, which holds the interpreter's functions, generate one when the byte ``at`` often leads to it."""
    interpret = table[0]

    def first(data: bytes) -> Any:
        key = data[at]
        table[key] = _seldom(interpret, partial(write, key), partial(table.__setitem__, key), often)
        return table[key](data)

    table[:] = [first] * len(table)


def _seldom(
    interpret: Callable[[Any], Any],
    write: Callable[[], FunctionSource | None],
    replace: Callable[[Callable[[Any], Any]], None],
    often: int,
) -> Callable[[Any], Any]:
    """A function that interprets until it is used often: then a generated one takes its place."""
    uses = count(1)

    def seldom(argument: Any) -> Any:
        if next(uses) < often:
            return interpret(argument)
        function = _made(write) or interpret
        replace(function)
        return function(argument)

    return seldom


def _often(setting: str) -> int:
    """The use at which a function is made, 0 for never, by what the environment says."""
    return OFTEN if not setting else int(setting == "0")


def _made(write: Callable[[], FunctionSource | None]) -> Callable[[Any], Any] | None:
    """A generated function; None where there is no such packet, or its layout has a block that none can express."""
    from gatts_codec.schema.compiler import NotCompilable  # as long to import as a dozen packets

    with suppress(NotCompilable):
        source = write()
        return source.function() if source else None
    return None


@lru_cache(maxsize=64)
def _functions(dialect: Dialect, strict: bool, often: int) -> _Functions:
    return _Functions(Interpreter(dialect, strict), often)


def _encoder(interpreter: Interpreter, entry: PacketEntry, packed: bool = False) -> FunctionSource:
    from gatts_codec.schema.compiler import encoder_source

    head = bytes((PACKET_TYPES[entry.kind],)) * packed + entry.head
    title = (
        f"gatts_codec {interpreter.dialect.name} {entry.name} {entry.kind}: {'pack' if packed else 'encode'}"
    )
    interpret = interpreter.pack if packed else interpreter.encode
    longest = interpreter.longest(entry)
    return encoder_source(
        entry.layout,
        head=head,
        title=title,
        interpret=interpret,
        longest=None if longest is None else longest + packed,
    )


def _decoder(interpreter: Interpreter, entry: PacketEntry, packed: bool = False) -> FunctionSource:
    from gatts_codec.schema.compiler import decoder_source

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


def _decoder_of(
    interpreter: Interpreter, kind: Kind, first: int, packed: bool = False
) -> FunctionSource | None:
    # Event ids have two bytes. One over 255 is left to the interpreter, to which the function for its low byte turns.
    head = bytes((first, 0)) if kind == "event" else bytes((first,))
    entry = interpreter.with_head(kind, head)
    return entry and _decoder(interpreter, entry, packed)


def _label(interpreter: Interpreter, entry: PacketEntry) -> str:
    return f"gatts_codec {interpreter.dialect.name} {entry.name} {entry.kind}"
