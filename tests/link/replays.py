"""Captures played to one end of the link, in the capture's own time: the peer's bytes as they were recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatts_codec.errors import LinkError
from gatts_codec.framing import Decoder, H5Packet
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import LinkEvent, PacketReceived
from gatts_codec.link.host_link import HostLink

CAPTURES = Path(__file__).parent.parent / "captures"


@dataclass
class Replay:
    """What the end under test did, and what the recorded end had done."""

    recorded: list[H5Packet]
    sent: list[H5Packet] = field(default_factory=list)
    events: list[LinkEvent] = field(default_factory=list)
    accepted: int = 0

    @property
    def received(self) -> list[bytes]:
        return [event.payload for event in self.events if isinstance(event, PacketReceived)]

    def of_type(self, kind: type[LinkEvent]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


# The turns of what happens at the same time.
OPEN, SEND, RECEIVE, END = range(4)


@dataclass(order=True)
class Step:
    time: float
    turn: int
    act: Callable[[LinkEnd, float], list[LinkEvent]] = field(compare=False)


def replay_host(capture: Path, host: HostLink) -> Replay:
    """Open and send when the reference host did; feed what its chip had answered."""
    log = json.loads(capture.with_suffix(".expected.json").read_text())["host_log"]
    recorded = [packet for _, packet in frames(capture, "host->device")]
    payloads = [packet.payload for packet in recorded if packet.type == 14]
    steps = [receive(time, data) for time, data in chunks(capture, "device->host")]
    reset = next(row for row in log if row["kind"] == "packet" and row["type"] == "RESERVED_5")
    steps.append(Step(reset["t_us"] / 1e6, OPEN, lambda end, now: host.open(now)))
    for row in first_transmissions(log):
        payload = next(
            p for p in payloads if len(p) == row["len"] and p.hex().startswith(row["payload"][:64])
        )
        steps.append(Step(row["t_us"] / 1e6, SEND, send(payload)))
    return run(host, sorted([*steps, the_end(capture)]), Replay(recorded))


def replay_chip(capture: Path, chip: ChipLink) -> Replay:
    """Send when the real firmware did, and reboot where it had to; feed what its host had said."""
    frames_of_chip = list(frames(capture, "device->host"))
    steps = [receive(time, data) for time, data in chunks(capture, "host->device")]
    before: tuple[int, bytes] | None = None
    for time, packet in frames_of_chip:
        if packet.type == 14:
            if before != (packet.seq, packet.payload):
                steps.append(Step(time, SEND, send(packet.payload)))
            before = packet.seq, packet.payload
        elif packet.link == "SYNC_RSP":
            before = None
    first = frames_of_chip[0][0] - chip.config.retransmission_interval_s
    steps.append(Step(first, OPEN, lambda end, now: chip.open(now)))
    steps.append(the_end(capture))
    return run(chip, sorted(steps), Replay([packet for _, packet in frames_of_chip]))


def run(end: LinkEnd, steps: list[Step], replay: Replay) -> Replay:
    decoder = Decoder()

    def collect(events: list[LinkEvent]) -> None:
        replay.events += events
        replay.sent += [frame.packet for frame in decoder.feed(end.data_to_send()) if frame.packet]

    for step in steps:
        deadline = end.next_deadline()
        while deadline is not None and deadline <= step.time:
            collect(end.tick(deadline))
            deadline = end.next_deadline()
        with suppress(LinkError):
            collect(step.act(end, step.time))
            replay.accepted += step.turn == SEND
        for reboot_s in reboots(end, replay.events):
            collect([])
            assert isinstance(end, ChipLink)
            collect(end.reboot(step.time + reboot_s))
    return replay


def reboots(end: LinkEnd, events: list[LinkEvent]) -> Iterator[float]:
    """The reset command makes firmware reboot: at once, or (mode 1) after 0.1 s."""
    if isinstance(end, ChipLink) and events and isinstance(events[-1], PacketReceived):
        delay_s = {b"\x05\x00": 0.0, b"\x05\x01": 0.1}.get(events[-1].payload)
        if delay_s is not None:
            yield delay_s


def the_end(capture: Path) -> Step:
    """A little behind the last chunk: recorded ends were never exactly on time."""
    last = json.loads(capture.read_text().splitlines()[-1])
    return Step(last["t_us"] / 1e6 + 0.01, END, lambda end, now: end.tick(now))


def receive(time: float, data: bytes) -> Step:
    return Step(time, RECEIVE, lambda end, now: end.receive_data(data, now))


def send(payload: bytes) -> Callable[[LinkEnd, float], list[LinkEvent]]:
    def act(end: LinkEnd, now: float) -> list[LinkEvent]:
        end.send(payload, now)
        return []

    return act


def chunks(capture: Path, direction: str) -> Iterator[tuple[float, bytes]]:
    for line in capture.read_text().splitlines():
        chunk = json.loads(line)
        if chunk["dir"] == direction:
            yield chunk["t_us"] / 1e6, bytes.fromhex(chunk["hex"])


def frames(capture: Path, direction: str) -> Iterator[tuple[float, H5Packet]]:
    decoder = Decoder()
    for time, data in chunks(capture, direction):
        for frame in decoder.feed(data):
            if frame.packet:
                yield time, frame.packet


def first_transmissions(log: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The log's row of each command, without its retransmissions: the first packet after a call."""
    called = False
    for row in log:
        if row["kind"] == "call":
            called = row["name"] != "rpc_open"
        elif called and row["kind"] == "packet" and row["dir"][0] == "h" and row["type"] == "VENDOR_SPECIFIC":
            called = False
            yield row
