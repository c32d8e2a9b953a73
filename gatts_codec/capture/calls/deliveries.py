"""Frames to deliveries: which frames are one packet sent again, which ACK takes it, and where the link starts again.

The rules are those of the H5 ends seen in captures: a reliable packet is repeated with the same number until a pure ACK
carries its number plus one; RESET, SYNC and CONFIG begin a link, whose numbers start at 0. What breaks a rule comes
out as an Oddity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from gatts_codec.capture.decoding.packets import Decoded, PacketRecord
from gatts_codec.capture.wire.chunks import OPPOSITE, TO_DEVICE, TO_HOST, Direction
from gatts_codec.framing import H5Packet, H5Type

_KEPT_FRAMES = 16
_RESET_COMMAND = 5


class Sight(NamedTuple):
    """When something was seen, in microseconds, None where the recording has no times; and in which frame, from 1."""

    frame: int
    t_us: int | None


@dataclass(slots=True)
class Delivery:
    """One reliable packet with all its transmissions. ``sights`` holds the first 16 of ``attempts``.

    ``before_up``: how often it was sent before the chip asked for its configuration, and so could not take it yet.
    """

    record: PacketRecord
    sights: list[Sight] = field(default_factory=list)
    attempts: int = 0
    acked: Sight | None = None
    after_ack: int = 0
    before_up: int = 0

    @property
    def packet(self) -> Decoded:
        """What the frame carried, decoded."""
        assert self.record.packet is not None
        return self.record.packet

    @property
    def h5(self) -> H5Packet:
        """The H5 packet it came in."""
        assert self.record.h5 is not None
        return self.record.h5

    @property
    def first(self) -> Sight:
        """Its first transmission."""
        return self.sights[0]

    @property
    def linking_up(self) -> bool:
        """Whether the chip was not ready when it was sent first."""
        return self.before_up > 0

    @property
    def ack_us(self) -> int | None:
        """From the first transmission to the ACK."""
        return between(self.first, self.acked)

    def seen(self, record: PacketRecord) -> None:
        """One more transmission."""
        self.attempts += 1
        if self.acked is not None:
            self.after_ack += 1
        if len(self.sights) < _KEPT_FRAMES:
            self.sights.append(sight(record))


class Acked(NamedTuple):
    """The ACK of a delivery."""

    delivery: Delivery


class GivenUp(NamedTuple):
    """A delivery that its sender stopped repeating without an ACK.

    ``why`` is next packet, reset or the recording ends.
    """

    delivery: Delivery
    why: str


class LinkChange(NamedTuple):
    """``what`` is reset (by the host), up, chip restarted, chip restarted as told, or host restarted."""

    what: str
    record: PacketRecord


class Oddity(NamedTuple):
    """Something that no correct peer does, or that a peer does only after a loss."""

    code: str
    record: PacketRecord
    detail: str = ""
    delivery: Delivery | None = None


DeliveryStep: TypeAlias = Delivery | Acked | GivenUp | LinkChange | Oddity


def sight(record: PacketRecord) -> Sight:
    """Where a record stands in the recording."""
    return Sight(record.frame.number, record.frame.t_us)


def between(start: Sight, end: Sight | None) -> int | None:
    """Microseconds from one sight to another; None where a time is not known."""
    if end is None or start.t_us is None or end.t_us is None:
        return None
    return end.t_us - start.t_us


@dataclass(slots=True)
class _Sender:
    """One end's reliable packets."""

    expected: int | None = None
    last: Delivery | None = None
    before: Delivery | None = None
    unexpected: Delivery | None = None
    owed: dict[int, int] = field(default_factory=dict)
    """How many more ACKs of each number may come: one for each time that a packet was sent."""

    def acknowledged(self, by: Sight) -> Delivery | None:
        """Takes the ACK that was due; the packet it is for, if one waits."""
        delivery = self.outstanding
        if delivery is not None:
            delivery.acked = by
            self.owed[(delivery.h5.seq + 1) % 8] = delivery.attempts - 1
        return delivery

    def is_late(self, ack: int) -> bool:
        """Whether an ACK answers an earlier transmission of a packet that was acknowledged since."""
        left = self.owed.get(ack, 0)
        self.owed[ack] = max(0, left - 1)
        return left > 0

    def repeated(self, packet: H5Packet) -> Delivery | None:
        """The recent delivery that a packet repeats."""
        for delivery in (self.last, self.before):
            if delivery is not None and delivery.h5 == _with_ack(packet, delivery.h5.ack):
                return delivery
        return None

    def sent(self, delivery: Delivery) -> None:
        """A new packet."""
        self.before, self.last, self.unexpected = self.last, delivery, None
        self.expected = (delivery.h5.seq + 1) % 8

    @property
    def outstanding(self) -> Delivery | None:
        return self.last if self.last is not None and self.last.acked is None else None


class LinkTracker:
    """Follows the links of a recording, record by record. Frames without a direction are passed over."""

    def __init__(self) -> None:
        self.active = False
        self._chip_active = False
        self._starting = False
        self._stale: bytes | None = None  # what the host was sending when it reset the link
        self._senders: dict[Direction, _Sender] = {TO_DEVICE: _Sender(), TO_HOST: _Sender()}

    def feed(self, record: PacketRecord) -> list[DeliveryStep]:
        """What a frame means for the link."""
        h5, direction = record.h5, record.frame.dir
        if h5 is None or direction is None:
            return []
        if record.frame.framing != "h5":
            return self._without_acks(record)
        if self._stale is not None and h5.payload == self._stale and direction == TO_DEVICE:
            return []  # from before the reset: the chip has forgotten its numbers
        if h5.type == H5Type.VENDOR_SPECIFIC:
            return self._vendor(record, h5, direction)
        if h5.type == H5Type.ACK:
            return self._ack(record, h5, self._senders[OPPOSITE[direction]])
        if h5.type == H5Type.RESET:
            return self._reset(record, direction)
        if h5.type == H5Type.LINK_CONTROL:
            return self._control(record, h5, direction)
        return [Oddity("other packet type", record, h5.type_name)]

    def left_by_the_host(self, why: str) -> list[GivenUp]:
        """What the chip has sent more than once and the host has not acknowledged so far."""
        waiting = self._senders[TO_HOST].outstanding
        return [GivenUp(waiting, why)] if waiting is not None and waiting.attempts > 1 else []

    def _without_acks(self, record: PacketRecord) -> list[DeliveryStep]:
        """A packet of a link that has no ACKs: what was sent has arrived."""
        self.active = True
        delivery = Delivery(record)
        delivery.seen(record)
        delivery.acked = sight(record)
        return [delivery, Acked(delivery)]

    def _vendor(self, record: PacketRecord, h5: H5Packet, direction: Direction) -> list[DeliveryStep]:
        if not h5.reliable:
            return [Oddity("unreliable", record)]
        sender = self._senders[direction]
        repeated = sender.repeated(h5)
        if repeated is not None:
            return self._again(record, repeated)
        steps: list[DeliveryStep] = [] if h5.crc else [Oddity("no crc", record)]
        if sender.outstanding is not None:
            reused = h5.seq == sender.outstanding.h5.seq
            # A chip that was still linking up has never seen the first one: the number is free.
            if reused and direction == TO_DEVICE and not sender.outstanding.linking_up:
                steps.append(Oddity("seq reused", record, "", sender.outstanding))
            steps.append(GivenUp(sender.outstanding, "next packet"))
            sender.expected = h5.seq if reused else sender.expected
        if sender.expected not in (None, h5.seq):
            detail = f"seq {h5.seq} where {sender.expected} was due"
            sender.unexpected = Delivery(record)
            sender.unexpected.seen(record)
            return [*steps, Oddity("unexpected seq", record, detail)]
        self.active = True
        self._starting = False
        delivery = Delivery(record)
        delivery.seen(record)
        sender.sent(delivery)
        return [*steps, delivery]

    def _again(self, record: PacketRecord, delivery: Delivery) -> list[DeliveryStep]:
        delivery.seen(record)
        code = "sent again" if delivery.acked is None else "sent again after its ACK"
        return [Oddity(code, record, "", delivery)]

    def _ack(self, record: PacketRecord, h5: H5Packet, sender: _Sender) -> list[DeliveryStep]:
        if record.frame.dir == TO_HOST:
            self._chip_active = True
        if sender.expected is None:  # the recording begins here
            sender.expected = h5.ack
        if h5.ack == sender.expected:
            acknowledged = sender.acknowledged(sight(record))
            return [] if acknowledged is None else [Acked(acknowledged)]
        if sender.outstanding is not None and h5.ack == sender.outstanding.h5.seq:
            return []  # not taken yet
        skipped = sender.unexpected
        if skipped is not None and h5.ack == (skipped.h5.seq + 1) % 8:
            # The other end took it, so the packets between are missing from the recording alone.
            sender.sent(skipped)
            skipped.acked = sight(record)
            return [skipped, Acked(skipped)]
        if sender.is_late(h5.ack):
            return []
        detail = f"ACK {h5.ack} where {sender.expected} was due"
        return [Oddity("bad ack number", record, detail, sender.outstanding)]

    def _reset(self, record: PacketRecord, direction: Direction) -> list[DeliveryStep]:
        if direction == TO_HOST:
            return [Oddity("other packet type", record, "RESET from the chip")]
        return [*self._start_anew(), LinkChange("reset", record)]

    def _control(self, record: PacketRecord, h5: H5Packet, direction: Direction) -> list[DeliveryStep]:
        if h5.link == "SYNC" and self.active and not self._starting:
            return self._restarted(record, direction)
        if h5.link == "CONFIG" and direction == TO_HOST:
            if self._chip_active:
                return [Oddity("config in active", record)]
            if (waiting := self._senders[TO_DEVICE].outstanding) is not None:
                waiting.before_up = waiting.attempts
        if h5.link == "CONFIG_RSP" and direction == TO_HOST and not self.active:
            self.active, self._starting, self._stale = True, True, None
            for sender in self._senders.values():
                sender.expected = 0
            return [LinkChange("up", record)]
        if h5.link in ("WAKEUP", "WOKEN", "SLEEP", None):
            return [Oddity("sleep" if h5.link else "unknown link control", record, h5.link or "")]
        return []

    def _restarted(self, record: PacketRecord, direction: Direction) -> list[DeliveryStep]:
        last = self._senders[TO_DEVICE].last
        told = last is not None and last.packet.payload[:1] == bytes((_RESET_COMMAND,))
        steps = self._start_anew()
        if direction == TO_DEVICE:
            return [*steps, LinkChange("host restarted", record)]
        return [*steps, LinkChange("chip restarted as told" if told else "chip restarted", record)]

    def _start_anew(self) -> list[DeliveryStep]:
        self.active = self._chip_active = self._starting = False
        steps: list[DeliveryStep] = []
        sending = self._senders[TO_DEVICE].outstanding
        self._stale = self._stale if sending is None else sending.h5.payload
        for sender in self._senders.values():
            if sender.outstanding is not None:
                steps.append(GivenUp(sender.outstanding, "reset"))
            sender.last = sender.before = sender.unexpected = sender.expected = None
        return steps


def _with_ack(packet: H5Packet, ack: int) -> H5Packet:
    """The packet with that ack number: a chip renews it in every repetition."""
    if packet.ack == ack:
        return packet
    return H5Packet(packet.type, packet.payload, packet.seq, ack, packet.reliable, packet.crc)
