"""Packets that do not get through, or get through in odd ways."""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, Oddity
from gatts_codec.capture.calls.session import Call
from gatts_codec.capture.decoding.describe import Describer, packet_name
from gatts_codec.capture.doctor.finding import Cases, Finding, Names, of_delivery, of_record
from gatts_codec.capture.doctor.line import SIDES
from gatts_codec.capture.doctor.texts import Count
from gatts_codec.capture.wire.chunks import TO_HOST
from gatts_codec.dialects import Dialect

_JLINK_BYTES = 64
_DOUBLED_US = 5_000
_LATE_US = 1_000
_ENOUGH_ATTEMPTS = 3
_CHIP_ATTEMPTS = 4
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


class Deliveries:
    """Judges deliveries and oddities of the link."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._describer = Describer(dialect.numbers)
        self._cases = Cases()
        self._names: dict[tuple[str, str], Names] = {}
        self.reused: Delivery | None = None
        """The delivery whose number was used again last."""

    def oddity(self, oddity: Oddity) -> None:
        """Takes an oddity of the link."""
        side = SIDES[oddity.record.frame.dir]
        if oddity.code == "seq reused" and oddity.delivery is not None:
            self.reused = oddity.delivery
            first = oddity.delivery.first.frame
            self._cases.add("seq reused", of_record(oddity.record, f"the number of frame {first} again"))
        elif oddity.code == "sent again" and oddity.delivery is not None:
            self._doubled(oddity.delivery, oddity)
        elif oddity.code in _SIMPLE:
            what = oddity.detail or oddity.code
            names = self._names.setdefault((oddity.code, side), Names())
            names.met(what)
            evidence = of_record(oddity.record, what)
            self._cases.add(_SIMPLE[oddity.code], evidence, {"side": side, "what": names}, apart=side)

    def call(self, call: Call) -> None:
        """Takes a call that is over."""
        command = call.command
        if call.response is not None:
            self._over(call.response)
        if command.acked is None:
            self._unacknowledged(call)
            return
        answered, acked = call.response_us, call.ack_us
        if answered is not None and acked is not None and acked - answered > _LATE_US:
            if command.attempts > 1 and not command.linking_up:
                text = "answered, acknowledged only after it was sent again"
                self._cases.add("ack missing", of_delivery(command, text), {"name": self._name(command)})
                return
            text = f"ACK {acked - answered} microseconds after the response"
            self._cases.add("late ack", of_delivery(command, text))
        self._over(command)

    def given_up(self, given_up: GivenUp) -> None:
        """Takes a packet that was never acknowledged; the host's are judged with their calls."""
        delivery = given_up.delivery
        if delivery.record.frame.dir == TO_HOST and delivery.attempts >= _CHIP_ATTEMPTS:
            evidence = of_delivery(delivery, f"{self._name(delivery)} without an ACK")
            self._cases.add("chip unheard", evidence, {"attempts": Count(delivery.attempts)})

    def event(self, delivery: Delivery) -> None:
        """Takes an event's delivery when it is over."""
        self._over(delivery)

    def findings(self) -> Iterator[Finding]:
        """What was found."""
        return self._cases.findings()

    def _over(self, delivery: Delivery) -> None:
        """An acknowledged delivery: how often did it take?"""
        needed = delivery.attempts - delivery.after_ack
        if needed > 1 and not delivery.linking_up and not _is_doubled(delivery):
            side = SIDES[delivery.record.frame.dir]
            text = f"{self._name(delivery)}, {needed} times"
            self._cases.add("sent again", of_delivery(delivery, text), {"side": side}, apart=side)

    def _doubled(self, delivery: Delivery, oddity: Oddity) -> None:
        if _is_doubled(delivery):
            side = SIDES[delivery.record.frame.dir]
            evidence = of_record(oddity.record, f"frame {delivery.first.frame} once more")
            self._cases.add("duplicate frames", evidence, {"side": side}, apart=side)

    def _unacknowledged(self, call: Call) -> None:
        command = call.command
        if call.outcome == "reset" or command.attempts < _ENOUGH_ATTEMPTS:
            return
        name, size = self._name(command), len(command.h5.payload)
        values = {"name": name, "size": size, "attempts": Count(command.attempts)}
        evidence = of_delivery(command, f"{name}, {size} bytes")
        if call.response is not None:
            self._cases.add("acks lost", evidence, values)
        elif size > self._dialect.max_payload:
            self._cases.add("payload too long", evidence, {"limit": self._dialect.max_payload} | values)
        elif len(command.record.frame.raw) > _JLINK_BYTES:
            self._cases.add("long packet not acknowledged", evidence, values)
        else:
            self._cases.add("not acknowledged", evidence, values)

    def _name(self, delivery: Delivery) -> str:
        return packet_name(delivery.packet, self._describer.dialect)


def _is_doubled(delivery: Delivery) -> bool:
    first, *again = delivery.sights
    return bool(again) and any(
        sight.t_us is not None and first.t_us is not None and sight.t_us - first.t_us < _DOUBLED_US
        for sight in again
    )
