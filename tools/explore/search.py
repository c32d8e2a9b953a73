"""All states of both ends and the line between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from gatts_codec.framing import Decoder, H5Packet, H5Type, encode_frame
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import ChipState, HostState
from tools.explore.ends import GIVEN_UP, EndStates, Frames
from tools.explore.ledger import Ledger, Violation, entered

RESET = encode_frame(H5Packet(H5Type.RESET))
# What of a frame arrives. What else stood in it makes no difference to who gets it.
REMAINS = {
    "damaged": b"\xc0\x01\x02\x03\x04\xc0",
    "damaged to DB": b"\xc0\x01\xdb\x02\xc0",
    "cut off": b"\xc0\x01\x02",
    "without its beginning": b"\x01\x02\xc0",
}


@dataclass(frozen=True)
class Bounds:
    """How far the search goes. ``in_flight``: nothing new begins while more frames than that are on the line."""

    faults: int = 1
    restarts: int = 1
    packets: int = 1
    in_flight: int = 1


class State(NamedTuple):
    """Both ends, the frames on the line in each direction, both ledgers, and what may still happen."""

    host: int
    chip: int
    to_chip: Frames
    to_host: Frames
    commands: Ledger
    events: Ledger
    faults: int
    restarts: int


class Exploration:
    """All states that follow from the first one, each once."""

    def __init__(self, host: HostLink, chip: ChipLink, bounds: Bounds) -> None:
        self.bounds = bounds
        self.host, self.chip = EndStates(host), EndStates(chip)
        self.states: dict[State, tuple[State | None, str]] = {}
        self._good: set[State] = set()
        self._carries: set[tuple[int, int]] = set()

    def run(self) -> int:
        """Visit every state; how many there are. Raises Violation."""
        left = self.bounds.faults, self.bounds.restarts
        first = State(self.host.first, self.chip.first, (), (), Ledger(), Ledger(), *left)
        first = self._host(self._chip(first, "open"), "open")
        self.states[first] = None, "both begin"
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            try:
                for label, following in self.following(state):
                    if following not in self.states:
                        self.states[following] = state, label
                        waiting.append(following)
                self._comes_to_an_end(state)
            except Violation as error:
                raise Violation(f"{error}\n{self.way(state)}") from None
        return len(self.states)

    def way(self, state: State) -> str:
        """How the search came to a state, one line a step."""
        lines = []
        at: State | None = state
        while at is not None:
            before, label = self.states[at]
            lines.append(f"{label:50} {self._shown(at)}")
            at = before
        return "\n".join(reversed(lines))

    # -- what may happen

    def following(self, state: State) -> Iterator[tuple[str, State]]:
        """What may happen next, and what follows from it."""
        yield from self._arrivals(state)
        if len(state.to_chip) + len(state.to_host) > self.bounds.in_flight:
            return
        yield from self._deadlines(state)
        yield from self._packets(state)
        if state.restarts:
            spent = state._replace(restarts=state.restarts - 1)
            yield "the host starts again", self._host(spent, "open")
            yield "the host ends", self._host(spent, "close")
            yield "the chip restarts", self._chip(spent, "reboot")
            yield "the chip loses its power", self._chip(spent, "open")
        if self._is_closed(state.host):
            yield "the host begins again", self._host(state, "open")

    def _arrivals(self, state: State) -> Iterator[tuple[str, State]]:
        for line, arrive in (("to_chip", self._chip), ("to_host", self._host)):
            frames: Frames = getattr(state, line)
            if not frames:
                continue
            without: dict[str, Any] = {line: frames[1:]}
            rest = state._replace(**without)
            yield f"{_name(frames[0])} arrives {line}", arrive(rest, "receive_data", frames[0])
            if not state.faults:
                continue
            spent = rest._replace(faults=state.faults - 1)
            yield f"{_name(frames[0])} is lost", spent
            twice = state._replace(faults=state.faults - 1)
            yield f"{_name(frames[0])} arrives {line}, doubled", arrive(twice, "receive_data", frames[0])
            for fault, left in REMAINS.items():
                yield f"{_name(frames[0])} {line} is {fault}", arrive(spent, "receive_data", left)

    def _deadlines(self, state: State) -> Iterator[tuple[str, State]]:
        if self._host_is_due(state):
            yield "the host's deadline comes", self._host(state, "tick")
        if self._is_due(self.chip, state.chip):
            yield "the chip's deadline comes", self._chip(state, "tick")

    def _is_due(self, states: EndStates, number: int) -> bool:
        return states.ends[number].next_deadline() is not None

    def _host_is_due(self, state: State) -> bool:
        """The host is deaf for as long as RESET, and what the chip said before, need to arrive."""
        if self.host.ends[state.host].state is HostState.DEAF:
            return not state.to_host and not any(frame.endswith(RESET) for frame in state.to_chip)
        return self._is_due(self.host, state.host)

    def _packets(self, state: State) -> Iterator[tuple[str, State]]:
        for states, number, ledger, name, act in (
            (self.host, state.host, state.commands, "commands", self._host),
            (self.chip, state.chip, state.events, "events", self._chip),
        ):
            end = states.ends[number]
            if end.is_up and end.waiting < 2 and ledger.sent < self.bounds.packets:
                handed_in: dict[str, Any] = {name: ledger._replace(sent=ledger.sent + 1)}
                sent = state._replace(**handed_in)
                yield f"{name[:-1]} {ledger.sent} is sent", act(sent, "send", ledger.sent)

    # -- what follows

    def _host(self, state: State, what: str, detail: Hashable = None) -> State:
        after, said, told = self.host.step(state.host, what, detail)
        silently = not self._is_closed(state.host) and GIVEN_UP not in told
        if self._is_closed(after) and (silently or what == "open"):
            raise Violation(f"at {what} the host ends the link and does not say so")
        commands, events = entered(told, state.commands, state.events)
        return state._replace(host=after, to_chip=state.to_chip + said, commands=commands, events=events)

    def _chip(self, state: State, what: str, detail: Hashable = None) -> State:
        after, said, told = self.chip.step(state.chip, what, detail)
        events, commands = entered(told, state.events, state.commands)
        return state._replace(chip=after, to_host=state.to_host + said, commands=commands, events=events)

    def _is_closed(self, host: int) -> bool:
        return self.host.ends[host].state is HostState.CLOSED

    # -- what must not be

    def _comes_to_an_end(self, state: State) -> None:
        """With a good line from here on, and a user who begins again, the link is up and all that was sent settled."""
        passed = []
        for after in self._on_a_good_line(state):
            if after in self._good:
                break
            passed.append(after)
        else:
            self._rests(passed[-1])
        self._good.update(passed)

    def _on_a_good_line(self, state: State) -> Iterator[State]:
        """This state and all that follow, until nothing does."""
        passed = dict[State, None]()
        following: State | None = state
        while following is not None:
            if following in passed:
                raise Violation("for ever: " + "; ".join(self._shown(one) for one in passed))
            passed[following] = None
            yield following
            following = self._calmly(following)

    def _calmly(self, state: State) -> State | None:
        """What comes next on a good line; None where nothing does."""
        if state.to_host:
            return self._host(state._replace(to_host=state.to_host[1:]), "receive_data", state.to_host[0])
        if state.to_chip:
            return self._chip(state._replace(to_chip=state.to_chip[1:]), "receive_data", state.to_chip[0])
        if self._is_closed(state.host):
            return self._host(state, "open")
        due = self._host_is_due(state), self._is_due(self.chip, state.chip)
        if not any(due):
            return None
        state = self._host(state, "tick") if due[0] else state
        return self._chip(state, "tick") if due[1] else state

    def _rests(self, state: State) -> None:
        host, chip = self.host.ends[state.host].state, self.chip.ends[state.chip].state
        if (host, chip) != (HostState.ACTIVE, ChipState.ACTIVE):
            raise Violation(f"both wait for ever: {self._shown(state)}")
        for ledger in (state.commands, state.events):
            if ledger.settled < ledger.sent:
                raise Violation(f"packet {ledger.settled} is never heard of again: {self._shown(state)}")
        if (state.host, state.chip) not in self._carries:
            self._carries.add((state.host, state.chip))
            self._try_it(state)

    def _try_it(self, state: State) -> None:
        """A packet gets through each way; where the ends disagreed, after the link has been set up again."""
        for _ in range(2):
            state = state._replace(commands=Ledger(sent=1), events=Ledger(sent=1))
            *_, state = self._on_a_good_line(self._host(state, "send", 0))
            *_, state = self._on_a_good_line(self._chip(state, "send", 0))
            if not state.commands.in_doubt and not state.events.in_doubt:
                return
        raise Violation(f"packets do not get through: {self._shown(state)}")

    def _shown(self, state: State) -> str:
        host, chip = self.host.ends[state.host], self.chip.ends[state.chip]
        lines = "".join(
            f" {arrow} {' '.join(map(_name, frames)) or '-'}"
            for arrow, frames in (("->", state.to_chip), ("<-", state.to_host))
        )
        return f"{host.state.name} {host._seq}/{host._expected}, {chip.state.name} {chip._seq}/{chip._expected}{lines}"


def _name(frame: bytes) -> str:
    """A frame in a word or two."""
    (packet,) = [found.packet for found in Decoder().feed(frame) if found.packet]
    if packet.type == H5Type.ACK:
        return f"ACK{packet.ack}"
    return packet.link or (f"packet{packet.seq}({packet.payload[1]})" if packet.payload else packet.type_name)
