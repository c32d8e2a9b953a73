"""The packets of one group in one dialect, by every key that finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast, get_args

from gatts_codec.constants import Kind
from gatts_codec.constants.table import group_and_name, short_name
from gatts_codec.packets.group import PacketGroup
from gatts_codec.schema.message import Packet
from gatts_codec.schema.record import Record

_KINDS = get_args(Kind)


class PacketEntry(NamedTuple):
    """One packet of a dialect, ready to use: ``name`` as `short_name` has it, ``head`` opcode or event id."""

    kind: Kind
    name: str
    head: bytes
    cls: type[Packet]
    layout: Record


class PacketTable:
    """The packets of one group by every key that finds them. Each loads when a key leads to it."""

    def __init__(self, group: PacketGroup) -> None:
        self._group = group
        self._found: dict[tuple[str, str], PacketEntry] = {}
        self._names: dict[tuple[Kind, bytes], str] = {}
        for name, opcode in group.calls.numbers.items():
            self._names["command", bytes((opcode,))] = self._names["response", bytes((opcode,))] = name
        for name, number in group.events.numbers.items():
            self._names["event", number.to_bytes(2, "little")] = name

    def __iter__(self) -> Iterator[PacketEntry]:
        """All of them."""
        for name in self._group.calls:
            yield self._load("command", name)
            yield self._load("response", name)
        for name in self._group.events:
            yield self._load("event", name)

    def with_head(self, kind: Kind, head: bytes) -> PacketEntry | None:
        """A packet by its opcode or event id."""
        name = self._names.get((kind, head))
        return None if name is None else self._load(kind, name)

    def named(self, kind: str, name: str) -> PacketEntry | None:
        """A packet by its name in the group."""
        names = self._group.events if kind == "event" else self._group.calls
        return self._load(cast(Kind, kind), name) if kind in _KINDS and name in names else None

    def of_class(self, cls: type[Packet]) -> PacketEntry | None:
        """A packet by its message class, which bears its name; in a dialect of one's own it may have another."""
        _, name = group_and_name(cls.name)
        entries = [self.named(cls.kind, name)]
        given = self._group.events.given if cls.kind == "event" else self._group.calls.given
        entries += [self.named(cls.kind, each) for each in given]
        return next((entry for entry in entries if entry is not None and entry.cls is cls), None)

    def _load(self, kind: Kind, name: str) -> PacketEntry:
        if (kind, name) not in self._found:
            self._found[kind, name] = self._entry(kind, name)
        return self._found[kind, name]

    def _entry(self, kind: Kind, name: str) -> PacketEntry:
        if kind == "event":
            number, layout = self._group.events[name]
            return _entry(kind, name, number.to_bytes(2, "little"), layout)
        call = self._group.calls[name]
        return _entry(kind, name, bytes((call.opcode,)), call.command if kind == "command" else call.response)


def _entry(kind: Kind, name: str, head: bytes, layout: Record) -> PacketEntry:
    if not issubclass(layout.cls, Packet):
        raise TypeError(f"{layout.cls.__name__} is not a packet")
    return PacketEntry(kind, short_name(layout.cls.name) or name, head, layout.cls, layout)
