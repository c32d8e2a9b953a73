"""A host's and a chip's end on a bad line, in virtual time: seeded, no clock, no threads.

The line carries bytes in order and may do anything else to them. A ledger for each direction holds what was handed to
``send`` against what came out, and fails at the first packet that is delivered twice, out of order or without a trace.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random

from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import LinkEvent, LinkLost, LinkUp, PacketAcked, PacketReceived
from gatts_codec.link.host_link import HostLink

FAULTS = ("drop", "duplicate", "corrupt", "truncate", "delay", "noise", "stray C0")
LATENCY_S = 0.0005
LONGEST_DELAY_S = 0.4
STALLED_S = 60.0


class Wire:
    """One direction: what goes in, at what time, and what comes out."""

    def __init__(self, random: Random, rate: float, faults: tuple[str, ...]) -> None:
        self._random, self._rate, self._faults = random, rate, faults
        self._last_arrival = 0.0
        self.arriving: deque[tuple[float, bytes]] = deque()

    def put(self, data: bytes, now: float) -> None:
        """Send what an end wants sent: one or more whole frames, each with its own luck."""
        for frame in data.split(b"\xc0\xc0"):
            whole = b"\xc0" + frame.strip(b"\xc0") + b"\xc0"
            delay_s = LATENCY_S
            if self._rate and self._random.random() < self._rate:
                fault = self._random.choice(self._faults)
                if fault == "delay":
                    delay_s += self._random.random() * LONGEST_DELAY_S
                else:
                    whole = self._spoil(whole, fault)
            self._last_arrival = max(self._last_arrival, now + delay_s)
            self.arriving.append((self._last_arrival, whole))

    def _spoil(self, frame: bytes, fault: str) -> bytes:
        at = self._random.randrange(len(frame))
        if fault == "drop":
            return b""
        if fault == "duplicate":
            return frame + frame
        if fault == "corrupt":
            return frame[:at] + bytes([frame[at] ^ self._random.randrange(1, 256)]) + frame[at + 1 :]
        if fault == "truncate":
            return frame[:at]
        if fault == "noise":
            return self._random.randbytes(at).replace(b"\xc0", b"") + frame
        return frame[:at] + b"\xc0" + frame[at:]


@dataclass
class Ledger:
    """One direction's packets, numbered as they were handed to ``send``."""

    handed_in: int = 0
    delivered: int = -1
    """The number last delivered."""
    deliveries: int = 0
    settled: int = 0
    """How many were acknowledged or handed back."""
    doubtful: set[int] = field(default_factory=set)
    """In flight when the link was lost: may have been delivered or not."""

    def next_number(self) -> int:
        self.handed_in += 1
        return self.handed_in - 1

    def deliver(self, number: int) -> None:
        assert number > self.delivered, f"{number} delivered after {self.delivered}"
        skipped = range(self.delivered + 1, number)
        assert all(one < self.settled for one in skipped), f"{number} delivered before {skipped}"
        self.delivered = number
        self.deliveries += 1

    def acked(self) -> None:
        assert self.settled <= self.delivered, f"{self.settled} acknowledged, {self.delivered} delivered"
        self.settled += 1

    def handed_back(self, lost: LinkLost) -> None:
        if lost.in_flight is not None:
            self.doubtful.add(self.settled)
            self.settled += 1
        for _ in lost.unsent:
            assert self.settled > self.delivered, f"{self.settled} delivered and reported unsent"
            self.settled += 1


class Party:
    """One end, its user, and the ledger of what it sends."""

    def __init__(self, end: LinkEnd, wire: Wire) -> None:
        self.end, self.wire = end, wire
        self.ledger = Ledger()
        self.losses: list[LinkLost] = []
        self.ups = 0

    def send(self, kind: int, now: float, filler: bytes = b"") -> int:
        number = self.ledger.next_number()
        self.end.send(bytes([kind]) + number.to_bytes(4, "little") + filler, now)
        return number


class Simulation:
    """Calls from the host, one at a time; a response to each, and now and then an event, from the chip."""

    def __init__(
        self,
        host: HostLink,
        chip: ChipLink,
        *,
        seed: int,
        rate: float,
        faults: tuple[str, ...] = FAULTS,
        reboot_rate: float = 0.0,
    ) -> None:
        self.random = Random(seed)
        self.host = Party(host, Wire(self.random, rate, faults))
        self.chip = Party(chip, Wire(self.random, rate, faults))
        self.now = 0.0
        self.calling = False
        self.failed_calls = 0
        self.reboots = 0
        self._reboot_rate = reboot_rate
        self._progress = 0.0
        self._take(self.chip, self.host, chip.open(0.0))
        self._take(self.host, self.chip, host.open(0.0))

    @property
    def deliveries(self) -> int:
        return self.host.ledger.deliveries + self.chip.ledger.deliveries

    def run(self, deliveries: int) -> None:
        """Until that many packets, of both directions, have been delivered."""
        while self.deliveries < deliveries:
            self._step()
            assert self.now - self._progress < STALLED_S, f"nothing has happened since {self._progress} s"

    def _step(self) -> None:
        """The next thing that happens: bytes arrive at an end, or its deadline comes."""
        parties = ((self.host, self.chip), (self.chip, self.host))
        moments = []
        for turn, (party, peer) in enumerate(parties):
            if peer.wire.arriving:
                moments.append((peer.wire.arriving[0][0], turn, True))
            deadline = party.end.next_deadline()
            if deadline is not None:
                moments.append((deadline, turn, False))
        moment, turn, arrives = min(moments)
        self.now = max(self.now, moment)
        party, peer = parties[turn]
        if arrives:
            events = party.end.receive_data(peer.wire.arriving.popleft()[1], self.now)
        else:
            events = party.end.tick(self.now)
        self._take(party, peer, events)

    def _take(self, party: Party, peer: Party, events: list[LinkEvent]) -> None:
        for event in events:
            if isinstance(event, PacketReceived):
                self._progress = self.now
                peer.ledger.deliver(int.from_bytes(event.payload[1:5], "little"))
                self._received(party, event.payload)
            elif isinstance(event, PacketAcked):
                party.ledger.acked()
            elif isinstance(event, LinkUp):
                party.ups += 1
            elif isinstance(event, LinkLost):
                self._lost(party, event)
        if party is self.host and self.host.end.is_up and not self.calling:
            self.calling = True
            self.host.send(0, self.now, self.random.randbytes(self.random.randrange(24)))
        data = party.end.data_to_send()
        if data:
            party.wire.put(data, self.now)

    def _received(self, party: Party, payload: bytes) -> None:
        if party is self.host:
            self.calling = self.calling and payload[0] != 1
            return
        if self.random.random() < self._reboot_rate:
            self.reboots += 1
            assert isinstance(self.chip.end, ChipLink)
            self._take(self.chip, self.host, self.chip.end.reboot(self.now))
        elif self.chip.end.is_up:
            if self.random.random() < 0.2:
                self.chip.send(2, self.now, b"\xc0\xdb" * self.random.randrange(20))
            self.chip.send(1, self.now)

    def _lost(self, party: Party, lost: LinkLost) -> None:
        party.losses.append(lost)
        party.ledger.handed_back(lost)
        if party is self.host:
            self.failed_calls += self.calling
            self.calling = False
            if not lost.relinking:
                self._progress = self.now
                self.host.end.close(self.now)
                assert isinstance(self.host.end, HostLink)
                self._take(self.host, self.chip, self.host.end.open(self.now))
