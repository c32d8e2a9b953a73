"""Frames to packets: what each frame says in one dialect, and how sure that is.

A packet is decoded strictly; where that fails tolerantly, as the firmware would take it, and then marked so. Whatever
the bytes, the answer is a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gatts_codec.capture.wire.frames import CapturedFrame
from gatts_codec.codec import Codec
from gatts_codec.constants import Kind
from gatts_codec.dialects import Dialect
from gatts_codec.errors import DecodeError, FramingError
from gatts_codec.framing.h5 import TYPE_NAMES, H5Packet, H5Type
from gatts_codec.packets.opaque import KINDS, OPCODE_BYTES, PACKET_TYPES, Opaque
from gatts_codec.schema.message import Packet


@dataclass(frozen=True, slots=True)
class Decoded:
    """The packet of one vendor frame.

    ``message`` is None where the body does not decode; ``error`` then says why. With ``tolerated`` it says what strict
    decoding refused and the firmware takes. ``name`` is the SoftDevice's own, None for what the dialect does not have.
    """

    payload: bytes
    kind: str | None
    opcode: int | None
    name: str | None
    message: Packet | Opaque | None
    error: DecodeError | None = None
    tolerated: bool = False


@dataclass(frozen=True, slots=True)
class PacketRecord:
    """A frame with what it carries; ``packet`` is None but for vendor frames."""

    frame: CapturedFrame
    packet: Decoded | None

    @property
    def h5(self) -> H5Packet | None:
        """The H5 packet, None for a bad frame."""
        return self.frame.packet

    @property
    def failure(self) -> tuple[str, FramingError | DecodeError] | None:
        """The error code and the error, None for a good frame. Tolerated packets are good ones."""
        if self.frame.error is not None and not self.frame.is_release:
            return self.frame.error.code, self.frame.error
        h5, packet = self.frame.packet, self.packet
        if h5 is not None and h5.type not in TYPE_NAMES:
            reason = f"packet type {h5.type} has no meaning in H5; the other end ignores it"
            error = FramingError(
                reason, layer="h5", code="unknown_packet_type", offset=1, data=self.frame.raw
            )
            return error.code, error
        if packet is not None and packet.message is None and packet.error is not None:
            return "decode", packet.error
        return None

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values: the keys of ``gatts-codec decode --json``, stable."""
        frame, h5, packet = self.frame, self.frame.packet, self.packet
        row: dict[str, Any] = {
            "frame": frame.number,
            "t_us": frame.t_us,
            "dir": frame.dir,
            "type": TYPE_NAMES.get(h5.type) if h5 else None,
            "link": h5.link if h5 else None,
            "reliable": h5.reliable if h5 else None,
            "seq": h5.seq if h5 else None,
            "ack": h5.ack if h5 else None,
            "crc": h5.crc if h5 else None,
            "payload": h5.payload.hex() if h5 else None,
        }
        tolerated = packet is not None and packet.tolerated
        return (
            row | packet_fields(packet) | _error_fields(self.failure, tolerated) | {"bytes": frame.raw.hex()}
        )


def body_to_dict(packet: Decoded, body: bytes) -> dict[str, Any]:
    """The same keys for a packet body that came without a frame."""
    row: dict[str, Any] = dict.fromkeys(("t_us", "dir", "type", "link", "reliable", "seq", "ack", "crc"))
    error = None if packet.message is not None or packet.error is None else ("decode", packet.error)
    row = {"frame": 1} | row | {"payload": packet.payload.hex()} | packet_fields(packet)
    return row | _error_fields(error, packet.tolerated) | {"bytes": body.hex()}


def packet_fields(packet: Decoded | None) -> dict[str, Any]:
    """The keys of a record that the packet decides: kind, name, opcode, fields, and the group of an Opaque."""
    if packet is None:
        return {"kind": None, "name": None, "opcode": None, "fields": None}
    row: dict[str, Any] = {"kind": packet.kind, "name": packet.name, "opcode": packet.opcode, "fields": None}
    if isinstance(packet.message, Opaque):
        row |= {"fields": {"data": packet.message.data.hex()}, "group": packet.message.group}
    elif packet.message is not None:
        row["fields"] = packet.message.to_dict()
    return row


def _error_fields(failure: tuple[str, FramingError | DecodeError] | None, tolerated: bool) -> dict[str, Any]:
    if failure is None:
        return {"error": None, "tolerated": tolerated}
    code, error = failure
    path = error.path if isinstance(error, DecodeError) else ""
    row = {"code": code, "message": error.reason, "offset": error.offset, "path": path}
    return {"error": row, "tolerated": tolerated}


class PacketDecoder:
    """Decodes the packets of a recording in one dialect."""

    def __init__(self, dialect: str | Dialect) -> None:
        self.strict: Codec = Codec(dialect)
        self.tolerant: Codec = Codec(self.strict.dialect, strict=False)
        self.dialect: Dialect = self.strict.dialect
        self._names = {(cls.kind, self.strict.opcode(cls)): cls.name for cls in self.strict.message_classes()}

    def decode(self, frame: CapturedFrame) -> PacketRecord:
        """What a frame carries. Never raises for bad bytes."""
        h5 = frame.packet
        if h5 is None or h5.type != H5Type.VENDOR_SPECIFIC:
            return PacketRecord(frame, None)
        return PacketRecord(frame, self.decode_payload(h5.payload))

    def decode_payload(self, payload: bytes) -> Decoded:
        """The packet in a vendor frame's payload: packet type, then the body."""
        try:
            return self._decoded(payload, self.strict.unpack(payload))
        except DecodeError as error:
            return self._tolerated(payload, error)

    def decode_body(self, kind: Kind, body: bytes) -> Decoded:
        """A body alone, of a kind that is known: ``command``, ``response`` or ``event``."""
        return self.decode_payload(bytes((PACKET_TYPES[kind],)) + body)

    def _tolerated(self, payload: bytes, error: DecodeError) -> Decoded:
        error.__traceback__ = None  # it is kept as data: what it was raised in need not be
        try:
            return self._decoded(payload, self.tolerant.unpack(payload), error, tolerated=True)
        except DecodeError:
            kind = KINDS.get(payload[0]) if payload else None
            head = payload[1 : 1 + OPCODE_BYTES[kind]] if kind else b""
            opcode = int.from_bytes(head, "little") if kind and len(head) == OPCODE_BYTES[kind] else None
            name = None if opcode is None else self._names.get((str(kind), opcode))
            return Decoded(payload, kind, opcode, name, None, error)

    def _decoded(
        self,
        payload: bytes,
        message: Packet | Opaque,
        error: DecodeError | None = None,
        tolerated: bool = False,
    ) -> Decoded:
        if isinstance(message, Opaque):
            return Decoded(payload, message.kind, message.opcode, None, message, error, tolerated)
        return Decoded(
            payload, message.kind, self.strict.opcode(message), message.name, message, error, tolerated
        )
