"""Which packets of a recording are wanted: by name, attribute handle, connection, or because something is wrong.

A response belongs to its command: it is wanted if the command is, and a failed one brings its command along.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from gatts_codec.capture.calls.deliveries import LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange, connection_of
from gatts_codec.capture.calls.session import Call, EventSeen, Happening
from gatts_codec.capture.decoding.describe import packet_name
from gatts_codec.capture.decoding.packets import Decoded, PacketRecord
from gatts_codec.codec import Codec
from gatts_codec.constants.table import GROUPS, group_and_name, short_name
from gatts_codec.dialects import Dialect
from gatts_codec.errors import CaptureError
from gatts_codec.framing.h5 import LINK_PAYLOADS, TYPE_NAMES
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message, Response

KINDS = ("command", "response", "event", "ack", "link")


@dataclass(frozen=True)
class Selection:
    """What is wanted; empty fields want everything. ``names`` may hold wildcards."""

    names: tuple[str, ...] = ()
    handle: int | None = None
    conn_handle: int | None = None
    errors: bool = False

    def __bool__(self) -> bool:
        return bool(self.names) or self.handle is not None or self.conn_handle is not None or self.errors

    def check(self, dialect: Dialect) -> None:
        """Raises CaptureError, which lists the known names, for a name that nothing can have."""
        if not self.names:
            return
        packets = [cls.name.lower() for cls in Codec(dialect).message_classes()]
        links = map(str.lower, (*LINK_PAYLOADS, *TYPE_NAMES.values()))
        known = dict.fromkeys((*map(short_name, packets), *KINDS, *GROUPS, *links))
        for name in self.names:
            pattern = name.lower()
            if not pattern.startswith("0x") and not fnmatch.filter((*known, *packets), pattern):
                raise CaptureError(f"nothing is called {name!r}; known are {', '.join(known)}")


def _group(name: str | None) -> str:
    return group_and_name(name)[0] if name else "unknown"


class Selector:
    """Picks records, in their order, since a response is picked with its command."""

    def __init__(self, selection: Selection, dialect: Dialect) -> None:
        selection.check(dialect)
        self._wanted, self._numbers = selection, dialect.numbers
        self._command: PacketRecord | None = None
        self._picked = False

    def pick(self, record: PacketRecord) -> Iterator[PacketRecord]:
        """The record if it is wanted, behind its command if that was not."""
        packet = record.packet
        is_response = packet is not None and packet.kind == "response" and self._answers(packet)
        wanted = (is_response and self._picked and not self._wanted.errors) or self._wants(record)
        if wanted and is_response and not self._picked and self._command is not None:
            yield self._command
        if packet is not None and packet.kind == "command":
            self._command, self._picked = record, wanted
        if wanted:
            yield record

    def picks(self, happening: Happening) -> bool:
        """Whether a call, event or change of the link is wanted."""
        if not self._wanted:
            return True
        if isinstance(happening, Call):
            response = happening.response.record if happening.response else None
            failed = (
                bool(happening.result)
                or happening.outcome not in ("answered", "acknowledged")
                or happening.retries > 0
            )
            by_rest = self._wants_rest(happening.command.record) or bool(
                response and self._wants_rest(response)
            )
            return by_rest and (failed or not self._wanted.errors)
        if isinstance(happening, EventSeen):
            return self._wants(happening.delivery.record)
        if isinstance(happening, Exchange):
            return self._wants(happening.opened.record)
        return self._wanted.errors and isinstance(happening, (Oddity, LinkChange))

    def _answers(self, packet: Decoded) -> bool:
        command = self._command.packet if self._command else None
        return command is not None and command.opcode == packet.opcode

    def _wants(self, record: PacketRecord) -> bool:
        return self._wants_rest(record) and (not self._wanted.errors or _is_wrong(record))

    def _wants_rest(self, record: PacketRecord) -> bool:
        wanted, message = self._wanted, record.packet.message if record.packet else None
        if wanted.names and not any(
            fnmatch.fnmatchcase(name, pattern.lower())
            for name in self._names(record)
            for pattern in wanted.names
        ):
            return False
        if wanted.conn_handle is not None and connection_of(message) != wanted.conn_handle:
            return False
        return wanted.handle is None or (message is not None and wanted.handle in handles_of(message))

    def _names(self, record: PacketRecord) -> Iterator[str]:
        """Everything a record is called, in lower case."""
        packet, h5 = record.packet, record.h5
        if packet is not None:
            yield packet_name(packet, self._numbers).lower()
            yield (packet.name or "").lower()
            yield packet.kind or ""
            yield packet.message.group if isinstance(packet.message, Opaque) else _group(packet.name)
            yield f"0x{packet.opcode or 0:02x}"
        elif h5 is not None:
            yield h5.type_name.lower()
            yield (h5.link or "").lower()
            yield "link" if h5.type_name in ("LINK_CONTROL", "RESET") else ""


def _is_wrong(record: PacketRecord) -> bool:
    packet = record.packet
    message = packet.message if packet else None
    failed = bool(message.result) if isinstance(message, (Response, Opaque)) else False
    return record.failure is not None or failed or (packet is not None and packet.tolerated)


def handles_of(message: Message) -> Iterator[int]:
    """The attribute handles in a message."""
    if isinstance(message, Opaque):
        return
    for name, kind in field_types(type(message)).items():
        value = getattr(message, name)
        if isinstance(value, Message):
            yield from handles_of(value)
        elif name.endswith("handle") and name != "conn_handle" and kind.base is int and value is not None:
            yield value
