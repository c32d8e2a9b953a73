"""Which way frames went, where the recording does not say: judged by what they carry.

Only a host sends commands and RESET, only a chip sends responses and events. A wire that carries only one side's
packets is that side's; what a wire is called (TX, or socat's >) counts only while its packets tell nothing. A wire
that carries both, such as pasted hex, is judged frame by frame: an ACK goes against the packet it answers.
Every conclusion is reported as a Remark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gatts_codec.capture.wire.chunks import OPPOSITE, TO_DEVICE, TO_HOST, Direction, LineFault, Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item, Stray, Unfinished
from gatts_codec.framing import H5Packet, H5Type

LOOKAHEAD = 500  # items; a wire that has shown nothing by then is judged by its name
_ENOUGH = 4
_FEW = 0.05  # this share of the other side's packets is damage, not a second direction
_MANY_JUMPS = 0.2
_BY_NAME: dict[str, Direction] = {"TX": TO_DEVICE, "RX": TO_HOST, ">": TO_DEVICE, "<": TO_HOST}
_BY_PACKET_TYPE: dict[int, Direction] = {0: TO_DEVICE, 1: TO_HOST, 2: TO_HOST, 3: TO_DEVICE, 4: TO_HOST}


def direction_of(packet: H5Packet | None) -> Direction | None:
    """The only direction in which a packet can go; None where both ends send its like."""
    if packet is None:
        return None
    if packet.type == H5Type.RESET:
        return TO_DEVICE
    if packet.type == H5Type.VENDOR_SPECIFIC and packet.payload:
        return _BY_PACKET_TYPE.get(packet.payload[0])
    return None


@dataclass
class _Wire:
    """What one wire has shown."""

    seen: dict[Direction, int]
    last: bytes = b""
    ack: int | None = None
    steps: int = 0
    jumps: int = 0

    def add(self, frame: CapturedFrame) -> None:
        direction = direction_of(frame.packet)
        if direction and frame.raw != self.last:  # a retransmission is not further proof
            self.seen[direction] += 1
            self.last = frame.raw
        if frame.packet is not None:
            self._count(frame.packet)

    def _count(self, packet: H5Packet) -> None:
        """One side's ack numbers stand or go on by one; two sides' numbers on one wire jump."""
        if packet.type != H5Type.ACK and not packet.reliable:
            self.ack = None if packet.link else self.ack
            return
        if self.ack is not None:
            self.steps += 1
            self.jumps += (packet.ack - self.ack) % 8 > 1
        self.ack = packet.ack

    @property
    def enough(self) -> bool:
        return sum(self.seen.values()) >= _ENOUGH

    @property
    def mixed(self) -> bool:
        counts = self.seen.values()
        return min(counts) > _FEW * max(counts) or self.jumps > _MANY_JUMPS * self.steps

    @property
    def direction(self) -> Direction | None:
        """The side whose packets it carries; None without any, or with both sides'."""
        if self.mixed or not any(self.seen.values()):
            return None
        return max(self.seen, key=lambda way: self.seen[way])


class _Mixed:
    """Judges the frames of a wire that carries both directions, in their order."""

    def __init__(self) -> None:
        self._awaited: dict[Direction, int] = {}  # the ACK that a side's last packet waits for

    def direction(self, packet: H5Packet | None) -> Direction | None:
        direction = direction_of(packet)
        if packet is None:
            return None
        if direction and packet.reliable:
            self._awaited.pop(direction, None)
            self._awaited[direction] = (packet.seq + 1) % 8
        elif packet.type == H5Type.ACK:
            senders = [sender for sender, number in self._awaited.items() if number == packet.ack]
            if senders:  # the last of them to send
                del self._awaited[senders[-1]]
                return OPPOSITE[senders[-1]]
        return direction


def infer_directions(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each frame with a direction as far as its wire allows. Holds back LOOKAHEAD items at most."""
    remaining = iter(items)
    held: list[Item] = []
    wires: dict[str, _Wire] = {}
    for item in remaining:
        if isinstance(item, CapturedFrame) and item.dir is None:
            wires.setdefault(item.channel, _Wire(dict.fromkeys((TO_DEVICE, TO_HOST), 0))).add(item)
        if not wires:
            yield item
            continue
        held.append(item)
        if len(held) >= LOOKAHEAD or all(wire.enough for wire in wires.values()):
            break
    judged = {channel: wire.direction for channel, wire in wires.items()}
    yield from _conclude(wires, judged)
    mixed: dict[str, _Mixed] = {channel: _Mixed() for channel, wire in wires.items() if wire.mixed}
    for item in held:
        yield _directed(item, judged, mixed)
    for item in remaining:
        yield _directed(item, judged, mixed)


def _conclude(wires: dict[str, _Wire], judged: dict[str, Direction | None]) -> Iterator[Remark]:
    """Says what each wire is taken for, and fills ``judged`` where packets do not tell."""
    for channel, wire in wires.items():
        which = f"{channel}: " if channel else ""
        why = "by its packets"
        if wire.mixed:
            yield Remark(None, f"{which}both directions on one wire, told apart by their packets (inferred)")
            continue
        if judged[channel] is None:
            judged[channel], why = _presumed(channel, judged), "by elimination or name"
        if judged[channel]:
            yield Remark(None, f"{which}{judged[channel]}, inferred {why}")
        else:
            yield Remark(None, f"{which}direction unknown: no packet tells it")


def _presumed(channel: str, judged: dict[str, Direction | None]) -> Direction | None:
    others = {direction for other, direction in judged.items() if other != channel}
    if len(judged) == 2 and None not in others:
        return OPPOSITE[next(direction for direction in others if direction)]
    return next((way for name, way in _BY_NAME.items() if channel.upper().endswith(name)), None)


def _directed(item: Item, judged: dict[str, Direction | None], mixed: dict[str, _Mixed]) -> Item:
    if not isinstance(item, (CapturedFrame, Stray, Unfinished, LineFault)) or item.dir is not None:
        return item
    if isinstance(item, CapturedFrame):
        if item.channel in mixed:
            return replace(item, dir=mixed[item.channel].direction(item.packet))
        # A wire that shows up late has no more than each frame's own word.
        return replace(item, dir=judged.get(item.channel) or direction_of(item.packet))
    return item._replace(dir=judged.get(item.channel))
