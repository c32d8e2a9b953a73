"""The packets of one group of the SoftDevice, in the form that some dialects have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from gatts_codec.schema.record import Record

P = TypeVar("P")


class Call(NamedTuple):
    """A command with its response; both begin with ``opcode``."""

    opcode: int
    command: Record
    response: Record


@dataclass(frozen=True)
class PacketGroup:
    """A group's calls by name without ``sd_ble_gatts_``, events by name without ``BLE_GATTS_EVT_`` as (id, layout)."""

    name: str
    calls: Mapping[str, Call]
    events: Mapping[str, tuple[int, Record]]

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
            calls=_less({**self.calls, **(calls or {})}, without),
            events=_less({**self.events, **(events or {})}, without),
        )

    def only(self, calls: Collection[str] = (), events: Collection[str] = ()) -> PacketGroup:
        """These packets of the group alone."""
        return replace(
            self,
            calls={name: self.calls[name] for name in calls},
            events={name: self.events[name] for name in events},
        )

    def moved(self, opcodes: int = 0, events: int = 0) -> PacketGroup:
        """The same packets with opcodes or event ids so many higher."""
        return replace(
            self,
            calls={name: call._replace(opcode=call.opcode + opcodes) for name, call in self.calls.items()},
            events={name: (number + events, layout) for name, (number, layout) in self.events.items()},
        )


def _less(packets: Mapping[str, P], without: tuple[str, ...]) -> dict[str, P]:
    return {name: packet for name, packet in packets.items() if name not in without}
