"""Which bytes of a frame say what: the lines of an annotated hexdump.

Offsets count from the start of the packet body (its opcode is at 0), as in DecodeError; bytes in front of it, and of
frames that are not packets, have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.capture.decoding.packets import Decoded, PacketDecoder, PacketRecord
from gatts_codec.errors import GattsError
from gatts_codec.framing.h5 import CRC_SIZE, HEADER_SIZE, H5Packet
from gatts_codec.framing.h5 import encode as h5_encode
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.message import Message
from gatts_codec.schema.shown import Look
from gatts_codec.schema.stream import Span

_PACKET_TYPES = {3: "DTM command", 4: "DTM response"}


class Annotation(NamedTuple):
    """Bytes, what they are called, and what they say. ``data`` is empty for a further group of bits of one byte."""

    offset: int | None
    data: bytes
    label: str
    text: str = ""
    wrong: bool = False


class Annotator:
    """Annotates the records of one dialect."""

    def __init__(self, decoder: PacketDecoder, describer: Describer) -> None:
        self._decoder, self._describer = decoder, describer

    def annotate(self, record: PacketRecord) -> list[Annotation]:
        """Every byte of a frame in order, unescaped. Of a bad frame the bytes as read."""
        h5 = record.h5
        if h5 is None:
            return [Annotation(None, record.frame.raw, "frame", "as read", wrong=True)]
        data = h5_encode(h5)
        lines = [Annotation(None, data[:HEADER_SIZE], "H5 header", _header_text(h5))]
        if record.packet is not None:
            lines += self.packet(record.packet)
        elif h5.payload:
            lines.append(Annotation(None, h5.payload, "payload", h5.link or ""))
        if h5.crc:
            crc = int.from_bytes(data[-CRC_SIZE:], "little")
            lines.append(Annotation(None, data[-CRC_SIZE:], "CRC", f"0x{crc:04x}"))
        return lines

    def packet(self, packet: Decoded) -> list[Annotation]:
        """Every byte of a payload in order."""
        if not packet.payload:
            return []
        kind = packet.kind or _PACKET_TYPES.get(packet.payload[0], "unknown")
        lines = [Annotation(None, packet.payload[:1], "packet type", kind.replace("_", " "))]
        return lines + list(self._body(packet, packet.payload[1:]))

    def _body(self, packet: Decoded, body: bytes) -> Iterator[Annotation]:
        at = 0
        if packet.opcode is not None:
            at = 2 if packet.kind == "event" else 1
            what = "event id" if packet.kind == "event" else "opcode"
            name = packet.name or (packet.message.group if isinstance(packet.message, Opaque) else "unknown")
            yield Annotation(0, body[:at], what, f"0x{packet.opcode:02x}  {name}")
        if packet.name is not None and packet.kind is not None:
            codec = self._decoder.tolerant if packet.tolerated else self._decoder.strict
            for span in codec.annotate(packet.kind, body):
                yield self._span(span, packet, body, shared=span.stop <= at)
                at = max(at, span.stop)
        if body[at:]:
            failed = packet.message is None
            yield Annotation(at, body[at:], "not decoded" if failed else "data", "", wrong=failed)

    def _span(self, span: Span, packet: Decoded, body: bytes, shared: bool) -> Annotation:
        label = span.path
        if span.bits is not None:
            low, width = span.bits
            label += f" [bit {low}]" if width == 1 else f" [bits {low}-{low + width - 1}]"
        data = b"" if shared else body[span.start : span.stop]
        return Annotation(span.start, data, label, self._value(span, packet))

    def _value(self, span: Span, packet: Decoded) -> str:
        kind = self._field_type(packet, span.path)
        if kind and isinstance(kind.shown, Look):
            return self._describer.show("", span.value, kind)
        if isinstance(span.value, bytes):
            readable = span.value.isascii() and span.value.decode("ascii").isprintable()
            return repr(span.value.decode("ascii")) if readable and span.value else f"{len(span.value)} bytes"
        if not isinstance(span.value, int):
            return ""
        name = span.path.rpartition(".")[2]
        if name == "result":
            return f"{span.value}  {self._describer.result(span.value)}"
        shown = self._describer.show(name, span.value, kind) if kind and kind.base is int else ""
        return f"{span.value}  {shown}" if shown and shown != str(span.value) else str(span.value)

    def _field_type(self, packet: Decoded, path: str) -> FieldType | None:
        try:
            classes: list[type[Message]] = [
                self._decoder.strict.message_class(str(packet.kind), str(packet.name))
            ]
        except GattsError:
            return None
        kind = None
        for name in re.sub(r"\[\d+\]", "", path).split("."):
            found = [field_types(cls)[name] for cls in classes if name in field_types(cls)]
            kind = (found[0].item or found[0]) if found else None
            classes = [cls for cls in kind.bases if issubclass(cls, Message)] if kind else []
        return kind


def _header_text(h5: H5Packet) -> str:
    marks = ["reliable"] * h5.reliable + ["CRC"] * h5.crc
    numbers = [f"seq {h5.seq}", f"ack {h5.ack}", *marks]
    return f"{', '.join(numbers)}, type {h5.type} {h5.type_name}, {len(h5.payload)} bytes"
