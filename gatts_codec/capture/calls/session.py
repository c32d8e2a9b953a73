"""A recording as a session: calls with their responses and latencies, events, and what answers what.

    for record in records:
        for happening in session.feed(record):
            ...     # Call, EventSeen, Exchange, LinkChange, Oddity

Calls are reported when they are over. Memory is bounded: what waits for an answer is kept, the rest is passed on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gatts_codec.capture.calls.deliveries import (
    Acked,
    Delivery,
    DeliveryStep,
    GivenUp,
    LinkChange,
    LinkTracker,
    Oddity,
    Sight,
    between,
    sight,
)
from gatts_codec.capture.calls.exchanges import Exchange, Exchanges, connection_of
from gatts_codec.capture.calls.names import AttributeNames
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.wire.chunks import TO_DEVICE
from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet, Response

CallOutcome: TypeAlias = Literal["open", "answered", "no ack", "no response", "reset", "acknowledged"]
_LATE_KEPT = 8
MAX_LINKS = 16  # no machine has so many adapters: then the names are not those of links
_RESPONSE_TIMEOUT_US = 1_500_000  # pc-ble-driver's default
_MANY_RETRIES = 2


@dataclass(slots=True)
class Call:
    """A command and what became of it.

    ``outcome``: answered; no ack (never acknowledged); no response (acknowledged, never answered); reset (the link
    started again meanwhile); acknowledged (a packet that has no response); open (the recording ends).
    """

    command: Delivery
    response: Delivery | None = None
    outcome: CallOutcome = "open"
    late: bool = False

    @property
    def unanswered(self) -> bool:
        """Whether it is over and never got its response."""
        return self.outcome in ("no ack", "no response", "reset")

    @property
    def message(self) -> Packet | Opaque | None:
        """The command's message, None without one that decodes."""
        return self.command.packet.message

    @property
    def reply(self) -> Packet | Opaque | None:
        """The response's message, None without one that decodes."""
        return self.response.packet.message if self.response else None

    @property
    def result(self) -> int | None:
        """The result code, None without a response that decodes."""
        reply = self.reply
        return reply.result if isinstance(reply, (Response, Opaque)) else None

    @property
    def conn_handle(self) -> int | None:
        """The connection it is about, None for none."""
        return connection_of(self.message)

    @property
    def ack_us(self) -> int | None:
        """From the command's first transmission to its ACK."""
        return self.command.ack_us

    @property
    def response_us(self) -> int | None:
        """From the command's first transmission to the response's first."""
        return between(self.command.first, self.response.first if self.response else None)

    @property
    def retries(self) -> int:
        """Transmissions of the command beyond the first."""
        return self.command.attempts - 1


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event, at its first transmission."""

    delivery: Delivery

    @property
    def conn_handle(self) -> int | None:
        """The connection it is about, None for none."""
        return connection_of(self.delivery.packet.message)


Happening: TypeAlias = Call | EventSeen | Exchange | LinkChange | Oddity | GivenUp


class Session:
    """Follows a recording in one dialect. Where it holds several links each is followed apart."""

    def __init__(self, dialect: str | Dialect) -> None:
        self.dialect: Dialect = find_dialect(dialect)
        self.names: AttributeNames = AttributeNames()
        self._link = LinkTracker()
        self._exchanges = Exchanges()
        self._call: Call | None = None
        self._now: Sight | None = None
        self._late: deque[Call] = deque(maxlen=_LATE_KEPT)
        self._own: str | None = None  # the name of the first link; others have sessions of their own
        self._others: dict[str, Session] = {}
        self._latest: Session = self  # that of the link whose frame came last

    def name_of(self, handle: int) -> str | None:
        """What an attribute is called, on the link whose frame was fed last."""
        return self._latest.names.name_of(handle)

    @property
    def active(self) -> bool:
        """Whether the link is up, as far as the recording shows."""
        return self._link.active

    def feed(self, record: PacketRecord) -> list[Happening]:
        """What a frame brings about."""
        link = record.frame.link
        self._own = link if self._own is None else self._own
        if link != self._own and (link in self._others or len(self._others) < MAX_LINKS):
            self._latest = self._others.setdefault(link, Session(self.dialect))
            return self._latest.feed(record)
        self._latest = self
        self._now = sight(record)
        found: list[Happening] = []
        for step in self._link.feed(record):
            found += self._step(step)
        return found

    def finish(self) -> list[Happening]:
        """What is still under way when the recording ends."""
        waiting: CallOutcome | None = (
            "open" if self._call is not None and self._may_be_answered(self._call) else None
        )
        ended = "the recording ends"
        own = [*self._close(waiting), *self._exchanges.drop_all(ended), *self._link.left_by_the_host(ended)]
        return [*own, *(happening for other in self._others.values() for happening in other.finish())]

    def _may_be_answered(self, call: Call) -> bool:
        """Whether the recording ends before a host would give the call up."""
        waited = between(call.command.first, self._now)
        patient = waited is None or waited < _RESPONSE_TIMEOUT_US
        return patient and (call.command.acked is not None or call.retries < _MANY_RETRIES)

    def _step(self, step: DeliveryStep) -> Iterator[Happening]:
        if isinstance(step, Delivery):
            yield from self._delivered(step)
        elif isinstance(step, Acked):
            yield from self._acked(step.delivery)
        elif isinstance(step, LinkChange):
            yield from self._close("reset")
            yield from self._exchanges.drop_all(step.what)
            if "restarted" in step.what or step.what == "reset":
                self.names.clear()
            yield step
        else:
            yield step

    def _delivered(self, delivery: Delivery) -> Iterator[Happening]:
        kind = delivery.packet.kind
        if delivery.record.frame.dir == TO_DEVICE:
            yield from self._close()
            self._call = Call(delivery)
        elif kind == "response":
            yield from self._response(delivery)
        else:
            yield EventSeen(delivery)
            yield from self._exchanges.event(delivery)

    def _response(self, delivery: Delivery) -> Iterator[Happening]:
        opcode = delivery.packet.opcode
        call = self._call
        if call is not None and call.response is None and call.command.packet.opcode == opcode:
            call.response = delivery
            return
        late = next((call for call in self._late if call.command.packet.opcode == opcode), None)
        if late is not None:
            self._late.remove(late)
            detail = f"answers the command in frame {late.command.first.frame}, given up meanwhile"
            yield Oddity("late response", delivery.record, detail, late.command)
        elif call is not None and call.response is None:
            yield Oddity("other response", delivery.record, "", call.command)
        else:
            yield Oddity("unasked response", delivery.record)

    def _acked(self, delivery: Delivery) -> Iterator[Happening]:
        call = self._call
        if call is None:
            return
        if call.command is delivery and delivery.packet.kind != "command":
            yield from self._close("acknowledged")
        elif call.command.acked and call.response is not None and call.response.acked:
            yield from self._close()

    def _close(self, outcome: CallOutcome | None = None) -> list[Happening]:
        """The call under way is over."""
        call, self._call = self._call, None
        if call is None:
            return []
        call.outcome = _outcome(call, outcome)
        if call.outcome in ("no ack", "no response"):
            self._late.append(call)
        message, reply = call.message, call.reply
        if isinstance(message, Packet) and isinstance(reply, Packet):
            self.names.learn(message, reply)
        return [call, *self._exchanges.called(call.command, call.result)]


def _outcome(call: Call, ended: CallOutcome | None) -> CallOutcome:
    if call.response is not None:
        return "answered"
    if ended is not None:
        return ended
    if call.command.acked is not None:
        return "no response"
    return "reset" if call.command.linking_up else "no ack"
