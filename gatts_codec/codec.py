"""The codec: messages to bytes and back, in one dialect.

body      u8 opcode (events: u16 id), then the packet's fields: encode(), decode_command() ...
payload   u8 packet type, then the body, as an H5 vendor packet carries it: pack(), unpack()

A packet that is seldom used is coded by walking its layout. One that is used often gets functions of its own, generated
from the layout: many times as fast, and the same in every other way (functions.py). With GATTS_CODEC_INTERPRETED=1 in
the environment there are none; with 0 they are made at the first use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gatts_codec.arguments import checked
from gatts_codec.dialects import DIALECTS, Dialect, find_dialect
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Event, Packet, Response

if TYPE_CHECKING:
    from gatts_codec.constants import Group, Kind
    from gatts_codec.interpreter import BytesLike, Interpreter
    from gatts_codec.schema.stream import Span

__all__ = ["Codec"]

INTERPRETED = "GATTS_CODEC_INTERPRETED"


class _Later:
    """Stands for what a codec loads when it is first used, and then has in the place of this."""

    def __init__(self, codec: Codec, name: str) -> None:
        self._codec, self._name = codec, name

    def __getitem__(self, key: Any) -> Any:
        return self._loaded()[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loaded(), name)

    def _loaded(self) -> Any:
        self._codec._load()
        return getattr(self._codec, self._name)


class Codec:
    """Encodes and decodes the packets of one dialect.

    ``strict`` decoding takes exactly what a correct peer sends: decoding and encoding again gives the same bytes.
    Tolerant decoding takes exactly what the firmware takes. Encoding is the same in both.

    Whatever the bytes, decoding returns a message or raises a GattsError. Messages of the host's and the chip's side
    go through the same methods, so one codec serves both ends.

    A codec has no state that shows: any number of threads may use one. Codecs of the same dialect and mode share their
    functions, each of which is made when its packet has been used some fifty times, in one to some milliseconds; from
    then on a use takes microseconds, before that some hundred. The first use of a codec loads construct, and each
    packet's first use its layout; ``prepare`` does beforehand what all packets have in common.
    Raises UnknownDialectError.
    """

    _interpreter: Interpreter
    _encoders: Mapping[type, Callable[[Any], bytes]]
    _packers: Mapping[type, Callable[[Any], bytes]]
    _payloads: list[list[Callable[[bytes], Packet | Opaque]]]
    _commands: list[Callable[[bytes], Command[Any]]]
    _responses: list[Callable[[bytes], Response]]
    _events: list[Callable[[bytes], Event]]

    def __init__(self, dialect: str | Dialect, strict: bool = True) -> None:
        self.dialect: Dialect = find_dialect(dialect)
        self.strict = strict
        self._setting = os.environ.get(INTERPRETED, "")
        for name in Codec.__annotations__:
            setattr(self, name, _Later(self, name))

    def _load(self) -> None:
        from gatts_codec.functions import OFTEN, functions  # construct: half of what a command line costs

        often = int(self._setting == "0") if self._setting else OFTEN
        shared = functions(self.dialect, self.strict, often)
        self._interpreter = shared.interpreter
        self._encoders, self._packers, self._payloads = shared.encoders, shared.packers, shared.payloads
        self._commands, self._responses = shared.bodies["command"], shared.bodies["response"]
        self._events = shared.bodies["event"]

    def prepare(self) -> None:
        """Load now what the first packets would load, whatever they are: for when a peer will wait for an answer."""
        import gatts_codec.packets.gap.keys
        import gatts_codec.packets.response
        import gatts_codec.schema.characteristic
        import gatts_codec.schema.compiler  # noqa: F401

        self._load()
        self._interpreter.prepare()

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

    @checked
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
        from gatts_codec.functions import decoder, encoder

        sources = encoder(self._interpreter, entry), decoder(self._interpreter, entry)
        return "\n\n".join(source.text() for source in sources)
