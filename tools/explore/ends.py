"""The states of one end of the link, and what it does in each: asked once, remembered for good."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from gatts_codec.framing import Decoder, slip
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import LinkEvent, LinkLost, PacketAcked, PacketReceived
from tools.explore.contract import hold, twin

GIVEN_UP = "given up", 0
# What an end keeps for its messages and its clock; all the rest is its state.
NOT_STATE = {"config", "_line", "_packet_interval_s", "_events", "_now", "_out", "_noise_before"}

Frames = tuple[bytes, ...]


class Step(NamedTuple):
    """What an end does with an input: the state that follows, what it says, what it reports."""

    after: int
    said: Frames
    told: tuple[tuple[str, int], ...]


class EndStates:
    """One end: every state of it that was met, by number, and what it does in each."""

    def __init__(self, end: LinkEnd) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.ends: list[LinkEnd] = []
        self._steps: dict[tuple[int, str, Hashable], Step] = {}
        self.first = self._number(end)

    def step(self, number: int, what: str, detail: Hashable = None) -> Step:
        """``receive_data`` with a frame, ``send`` with a packet's number, or a method without: ``tick``, ``open`` .."""
        key = number, what, detail
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self._take(*key)
        return found

    def _take(self, number: int, what: str, detail: Any) -> Step:
        end = twin(self.ends[number])
        if what == "receive_data":
            events = end.receive_data(detail, 0.0)
        elif what == "send":
            events = []
            end.send(bytes((0, detail)), 0.0)
        else:
            events = getattr(end, what)(0.0)
        said = tuple(_units(end.data_to_send()))
        return Step(self._number(end), said, tuple(_told(events)))

    def _number(self, end: LinkEnd) -> int:
        """Times do not count, only whether there is a deadline: it may come at any time."""
        end._deadline = None if end._deadline is None else 0.0
        fields = {name: value for name, value in vars(end).items() if name not in NOT_STATE}
        decoder = fields.pop("_decoder")
        heard = fields.pop("_heard")
        fields["_waiting"] = tuple(end._waiting)
        read = [value for name, value in vars(decoder).items() if name not in ("_body", "dropped")]
        key = (*fields.values(), *read, bytes(decoder._body), heard["SYNC"] > 0)
        number = self._numbers.setdefault(key, len(self.ends))
        if number == len(self.ends):
            self.ends.append(end)
            hold(end)
        return number


def _units(data: bytes) -> Iterator[bytes]:
    """Frames, each with the release before it: losing that alone does no more than losing both."""
    before = b""
    for frame in Decoder().feed(data):
        if frame.raw == slip.RELEASE:
            before = frame.raw
        else:
            yield before + frame.raw
            before = b""


def _told(events: list[LinkEvent]) -> Iterator[tuple[str, int]]:
    for event in events:
        if isinstance(event, PacketReceived):
            yield "received", event.payload[1]
        elif isinstance(event, PacketAcked):
            yield "acknowledged", 0
        elif isinstance(event, LinkLost):
            if not event.relinking:
                yield GIVEN_UP
            if event.in_flight is not None:
                yield "in doubt", 0
            yield from (("handed back", payload[1]) for payload in event.unsent)
