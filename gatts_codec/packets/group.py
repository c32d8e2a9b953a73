"""The packets of one group of the SoftDevice, in the form that some dialects have them.

A history names layouts as attributes of their modules, ``value_set.COMMAND``. The modules load when their packets are
used, one at a time: all of a group at once would take as long as hundreds of packets to decode.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from gatts_codec.schema.record import Record

P = TypeVar("P", bound="tuple[Any, ...]")


@dataclass(frozen=True, slots=True)
class Declared:
    """A layout by its module and its name there."""

    module: str
    name: str

    def load(self) -> Any:
        """The layout itself."""
        return getattr(import_module(self.module), self.name)


class Declarations:
    """Stands for a module that need not be loaded yet: its layouts are ``Declared``, all else of it loads it."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        declared = Declared(self._module, name)
        return declared if name.isupper() else declared.load()


class Call(NamedTuple):
    """A command with its response; both begin with ``opcode``."""

    opcode: int
    command: Record
    response: Record


class Packets(Mapping[str, P]):
    """Packets by name: tuples of a number and layouts. Declared layouts load when their packet is looked at."""

    def __init__(self, declared: Mapping[str, P]) -> None:
        self.declared: dict[str, P] = dict(declared.declared if isinstance(declared, Packets) else declared)
        """The same with the layouts that were declared as they were, which loads nothing."""

    def __getitem__(self, name: str) -> P:
        packet = self.declared[name]
        found = (each.load() if isinstance(each, Declared) else each for each in packet)
        return tuple.__new__(type(packet), found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packets) and self.declared == other.declared

    def __hash__(self) -> int:
        return hash(tuple(self.declared))

    @property
    def numbers(self) -> dict[str, int]:
        """Opcodes or event ids by name."""
        return {name: packet[0] for name, packet in self.declared.items()}

    @property
    def given(self) -> list[str]:
        """The packets that came with their layouts: those of a dialect of one's own."""
        return [name for name, packet in self.declared.items() if not isinstance(packet[1], Declared)]

    def derive(self, more: Mapping[str, P], without: Collection[str]) -> Packets[P]:
        """These with others in the place of some or beside them, and less those in ``without``."""
        changed = {**self.declared, **Packets(more).declared}
        return Packets({name: packet for name, packet in changed.items() if name not in without})

    def only(self, names: Collection[str]) -> Packets[P]:
        """Those with these names."""
        return Packets({name: self.declared[name] for name in names})

    def moved(self, by: int) -> Packets[P]:
        """The same with numbers so much higher."""
        return Packets(
            {
                name: tuple.__new__(type(packet), (packet[0] + by, *packet[1:]))
                for name, packet in self.declared.items()
            }
        )


@dataclass(frozen=True, init=False)
class PacketGroup:
    """A group's calls by name without ``sd_ble_gatts_``, events by name without ``BLE_GATTS_EVT_`` as (id, layout)."""

    name: str
    calls: Packets[Call]
    events: Packets[tuple[int, Record]]

    def __init__(
        self, name: str, calls: Mapping[str, Call], events: Mapping[str, tuple[int, Record]]
    ) -> None:
        for field, value in (("name", name), ("calls", Packets(calls)), ("events", Packets(events))):
            object.__setattr__(self, field, value)

    def derive(
        self,
        *,
        calls: Mapping[str, Call] | None = None,
        events: Mapping[str, tuple[int, Record]] | None = None,
        without: tuple[str, ...] = (),
    ) -> PacketGroup:
        """The group of a later dialect: this one with other or more packets, and less those named in ``without``."""
        return replace(
            self,
            calls=self.calls.derive(calls or {}, without),
            events=self.events.derive(events or {}, without),
        )

    def only(self, calls: Collection[str] = (), events: Collection[str] = ()) -> PacketGroup:
        """These packets of the group alone."""
        return replace(self, calls=self.calls.only(calls), events=self.events.only(events))

    def moved(self, opcodes: int = 0, events: int = 0) -> PacketGroup:
        """The same packets with opcodes or event ids so many higher."""
        return replace(self, calls=self.calls.moved(opcodes), events=self.events.moved(events))
