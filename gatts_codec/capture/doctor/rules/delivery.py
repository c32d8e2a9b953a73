"""Packets that do not get through, or get through in odd ways."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, Oddity, between, sight
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Evidence, Names, of_delivery, of_record
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import SIDES, Scene
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST

_DOUBLED_US = 5_000
_LATE_US = 1_000
_ENOUGH_ATTEMPTS = 3
_MIXED, _KEPT = 3, 64
_CHIP_ATTEMPTS = 4
_SLOW_HOST_US = 30_000  # firmware repeats after 40 ms at the earliest
_CROSSED_US = 50_000  # a repetition that was on its way when the ACK came
_SIMPLE = {
    "unreliable": "unreliable packet",
    "no crc": "no crc",
    "bad ack number": "bad ack number",
    "unexpected seq": "sequence gap",
    "config in active": "config in active",
    "other packet type": "other packet types",
    "unknown link control": "other packet types",
    "sleep": "sleep packets",
    "sent again after its ACK": "acknowledged in vain",
}


class _Burst:
    """Frames close together. If the chip's come first, after a pause, they were held up on the way."""

    def __init__(self) -> None:
        self.late = False
        self._last_us: int | None = None

    def see(self, record: PacketRecord) -> None:
        now, last = record.frame.t_us, self._last_us
        self._last_us = now
        pause = None if now is None or last is None else now - last
        if pause is None or pause >= _DOUBLED_US:
            self.late = pause is not None and pause >= _SLOW_HOST_US and record.frame.dir == TO_HOST


class Deliveries(Rule):
    """Judges packets that arrive, and oddities of the link."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._names: dict[tuple[str, str], Names] = {}
        self._events: list[Delivery] = []
        self._two: list[Evidence] = []
        self._burst = _Burst()

    def record(self, record: PacketRecord) -> None:
        self._burst.see(record)

    def oddity(self, oddity: Oddity) -> None:
        side = SIDES[oddity.record.frame.dir]
        if oddity.code == "seq reused" and oddity.delivery is not None:
            self._mixed(oddity, oddity.delivery)
            first = oddity.delivery.first.frame
            self.cases.add("seq reused", of_record(oddity.record, f"the number of frame {first} again"))
        elif oddity.code == "sent again" and oddity.delivery is not None:
            self._doubled(oddity.delivery, oddity)
        elif oddity.code in _SIMPLE and not _crossed(oddity):
            what = oddity.detail or oddity.code
            names = self._names.setdefault((oddity.code, side), Names())
            names.met(what)
            evidence = of_record(oddity.record, what)
            self.cases.add(_SIMPLE[oddity.code], evidence, {"side": side, "what": names}, apart=side)

    def call(self, call: Call) -> None:
        command = call.command
        if call.response is not None:
            self._over(call.response)
        if command.acked is None:
            self._answered_without_ack(call)
            return
        answered, acked = call.response_us, call.ack_us
        if answered is not None and acked is not None and acked - answered > _LATE_US:
            if command.attempts - command.before_up > 1:
                text = "answered, acknowledged only after it was sent again"
                self.cases.add("ack missing", of_delivery(command, text), {"name": self.name(command)})
                return
            text = f"ACK {acked - answered} microseconds after the response"
            self.cases.add("late ack", of_delivery(command, text))
        self._over(command)

    def given_up(self, given_up: GivenUp) -> None:
        delivery = given_up.delivery
        if delivery.record.frame.dir == TO_DEVICE or delivery.attempts < _CHIP_ATTEMPTS:
            return
        values = {"attempts": Quantity(delivery.attempts), "name": self.name(delivery)}
        host = self.scene.last.get(TO_DEVICE)
        gone = host is None or host.frame.number < delivery.first.frame
        evidence = of_delivery(delivery, f"{values['name']} without an ACK")
        self.cases.add("host gone" if gone else "chip unheard", evidence, values)

    def event(self, event: EventSeen) -> None:
        # An event is judged when the next one comes: by then it has been acknowledged.
        self.end()
        self._events = [event.delivery]

    def _mixed(self, oddity: Oddity, first: Delivery) -> None:
        """No host gives a packet up before it has repeated it: two that share a number are of two hosts."""
        waited = between(first.first, sight(oddity.record))
        if first.attempts == 1 and (waited is None or waited < _SLOW_HOST_US):
            text = f"another packet with the number of frame {first.first.frame}, which was sent once"
            self._two.append(of_record(oddity.record, text))
            del self._two[_KEPT:]

    def end(self) -> None:
        if len(self._two) >= _MIXED:
            for evidence in self._two:
                self.cases.add("two links", evidence)
        for delivery in self._events:
            self._over(delivery)
        self._events = []

    def _over(self, delivery: Delivery) -> None:
        """An acknowledged delivery: how often did it take?"""
        needed = delivery.attempts - delivery.after_ack - delivery.before_up
        if needed > 1 and not _is_doubled(delivery):
            side = SIDES[delivery.record.frame.dir]
            text = f"{self.name(delivery)}, {needed} times"
            self.cases.add("sent again", of_delivery(delivery, text), {"side": side}, apart=side)

    def _doubled(self, delivery: Delivery, oddity: Oddity) -> None:
        if _is_doubled(delivery) and not delivery.linking_up and not self._burst.late:
            side = SIDES[delivery.record.frame.dir]
            evidence = of_record(oddity.record, f"frame {delivery.first.frame} once more")
            self.cases.add("duplicate frames", evidence, {"side": side}, apart=side)

    def _answered_without_ack(self, call: Call) -> None:
        command = call.command
        if call.response is not None and command.attempts >= _ENOUGH_ATTEMPTS:
            name = self.name(command)
            evidence = of_delivery(command, f"{name}, {len(command.h5.payload)} bytes")
            self.cases.add("acks lost", evidence, {"name": name})


def _crossed(oddity: Oddity) -> bool:
    """Whether a repetition after the ACK was on its way already: the ACK came later than a chip waits for it."""
    delivery = oddity.delivery
    if delivery is None or oddity.code != "sent again after its ACK" or delivery.acked is None:
        return False
    after = between(delivery.acked, sight(oddity.record))
    waited = delivery.ack_us
    return after is not None and waited is not None and waited >= _SLOW_HOST_US and after <= _CROSSED_US


def _is_doubled(delivery: Delivery) -> bool:
    first, *again = delivery.sights
    return bool(again) and any(
        sight.t_us is not None and first.t_us is not None and sight.t_us - first.t_us < _DOUBLED_US
        for sight in again
    )
