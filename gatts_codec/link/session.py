"""Commands and their responses over a link, sans-IO: which answer belongs to which call, and what becomes of the rest.

One command is under way at a time. It ends with the response that bears its opcode, with the loss of the link, or when
its time is over. Then its response may still come, and is *owed* (``gatts_codec.link.debts``). A chip that acknowledges
commands and has answered none for ``HANG_S`` hangs, and its link is restarted.

The blocking client, the asyncio client and tests drive a session in the same way as the link machine below it
(``gatts_codec.link.machine``): bytes and times in, ``data_to_send`` and ``next_deadline`` out. What drives it may be
interrupted anywhere by an exception that is not ours (Ctrl-C): a step that was left half done is undone, as if the line
had lost its bytes, and what the link has reported by then is worked off by the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.errors import DecodeError, GattsError, LinkClosed, LinkError, LinkReset, LinkTimeout
from gatts_codec.link.debts import Debts
from gatts_codec.link.diagnosis import NOT_RESET
from gatts_codec.link.events import (
    ChipRestarted,
    FrameRejected,
    LinkEvent,
    LinkLost,
    LinkUp,
    LostReason,
    PacketAcked,
    PacketIgnored,
    PacketReceived,
    Retransmitted,
)
from gatts_codec.link.goals import Goal, Request
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.inbox import Arrival, Inbox, Waiter
from gatts_codec.link.notices import Notices, brief_hex, log
from gatts_codec.link.plain import PlainLink
from gatts_codec.link.suspicion import Suspicion
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Response

HANG_S = 5.0  # an allowance of ours: three times what the reference host waits for a response

_HEARD_LIMIT = 8
_EVENT = b"\x02"
_STRAYS = {
    b"\x00": "command of our own, so the port echoes what is written",
    b"\x01": "response that nobody asked for",
}


class CallSession:
    """What a client knows about its conversation with the chip. Not for two threads at a time."""

    def __init__(self, link: HostLink | PlainLink, codec: Codec, inbox: Inbox) -> None:
        self.link: HostLink | PlainLink = link
        self.codec: Codec = codec
        self.inbox: Inbox = inbox
        self.listener: Callable[[Arrival], bool] | None = None
        """Gets every event, before the inbox does; returns whether anybody listens."""
        self.down: LinkError | None = LinkClosed("not connected", stage="closed")
        """Why the link is neither up nor coming up; LinkClosed when it never will again."""
        self.unreported: LinkError | None = None
        """The link was lost, and no call was under way that could report it."""
        self._request: Request | None = None
        self._notices = Notices()
        self._suspicion = Suspicion(codec)
        self.debts: Debts = Debts(codec)
        self._heard: list[str] = []
        self.now: float = 0.0
        """The time of the last step."""
        self._answered = 0.0  # when the chip last answered, or was first asked since
        self._loss: LinkError | None = None  # the last one that a caller got
        # While the link takes a step: what undoes it. Then what it has reported, until all of that is worked off.
        self._unfinished: tuple[object, ...] | list[LinkEvent | Arrival] = []

    # -- the link

    def open(self, now: float) -> None:
        """Begin a link; ``link.is_up`` or ``down`` says when it has come to something."""
        self._begin(now)
        events = self.link.open(now)
        self.down = None
        self._finish(events)

    def close(self, error: LinkClosed, now: float) -> None:
        """End for good: ``error`` is what a call under way gets, and every later one. Events that have come stay."""
        if self._unfinished:
            self._recover()
            self._unfinished = []
        if not isinstance(self.down, LinkClosed):
            self.down = error
        self._tell(self.down)
        self.link.close(now)

    @property
    def is_closed(self) -> bool:
        """Whether the link is gone for good."""
        return isinstance(self.down, LinkClosed)

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the chip, in any pieces."""
        self._begin(now)
        self._finish(self.link.receive_data(data, now))

    def tick(self, now: float) -> None:
        """Do what is due; may be called at any time."""
        self._begin(now)
        self._finish(self.link.tick(now))
        request = self._request
        if request is not None and request.until is not None and now >= request.until:
            self._time_out(request)

    def next_deadline(self) -> float | None:
        """When ``tick`` is due if nothing arrives before."""
        if self._unfinished:
            return self.now
        due, request = self.link.next_deadline(), self._request
        if request is None or (until := request.until) is None:
            return due
        return until if due is None or until < due else due

    def data_to_send(self) -> bytes:
        """The bytes to write now. Each byte is handed out once."""
        if isinstance(self._unfinished, tuple):
            return b""  # of a step that was left half done, and will be undone
        return self.link.data_to_send()

    def _begin(self, now: float) -> None:
        """Before the link takes a step: end the one before, if that was interrupted."""
        self.now = now
        if self._unfinished:
            self._recover()
        self._unfinished = self.link.save()

    def _recover(self) -> None:
        if isinstance(self._unfinished, tuple):
            self.link.restore(self._unfinished)
        else:
            self._finish(self._unfinished)

    def _finish(self, reported: list[Any]) -> None:
        """After it: what the link did stands, and what it has reported is worked off.

        Each action may be interrupted, and is then taken again from the beginning.
        """
        self._unfinished = reported
        while reported:
            event = reported[0]
            _TAKERS[type(event)](self, event)
            del reported[0]

    # -- calls

    @property
    def is_ready(self) -> bool:
        """Whether any request can go out as it is: link up, nothing to report, nothing owed or left under way."""
        is_settled = self._request is None and not self.debts.heads and not self._unfinished
        return self.link.is_up and is_settled and self.unreported is None

    def report(self) -> None:
        """Raise what the next caller has to know, once: the link was lost, or is closed."""
        error, self.unreported = self.unreported or (self.down if self.is_closed else None), None
        if error is not None:
            raise copy(error)

    def check(self, waiter: Waiter) -> None:
        """Raise what a caller that waits for an event has to know."""
        if waiter.error is not None:
            error, waiter.error = waiter.error, None
            raise copy(error)
        self.report()

    def steps(self, request: Request, clock: Callable[[], float]) -> Iterator[Goal]:
        """All of a call: what to wait for, one after the other, at most until ``request.until``; last the request.

        Raises what a call does: LinkTimeout, LinkReset, LinkClosed, EncodeError. A caller that does not go on
        abandons the request.
        """
        self.tick(clock())
        if self._request is not None:  # a barrier, whose caller has gone
            self.abandon(self._request)
        self.report()
        if self.down is not None:
            self.open(clock())
        yield LinkGoal(self)
        self.report()
        if self.down is not None:
            raise copy(self.down)
        if not self.link.is_up:
            reason = f"the link is being restarted, and was not up within {request.timeout_s:g} s"
            raise LinkTimeout(reason, stage="sync")
        while (barrier := self.debts.barrier_for(request)) is not None:
            yield from self._pass(barrier, clock)
        self.start(request, clock())
        yield request

    def _pass(self, barrier: Request, clock: Callable[[], float]) -> Iterator[Goal]:
        self.start(barrier, clock())
        yield barrier
        if isinstance(barrier.error, LinkTimeout) and clock() - self._answered >= HANG_S:
            self.open(clock())
            reason = "the chip acknowledges commands and answers none: it hangs; the link is restarted"
            raise LinkTimeout(reason, stage="response", attempts=1)
        if barrier.error is not None:
            raise copy(barrier.error)
        self.report()

    def start(self, request: Request, now: float) -> None:
        """Send a request; the next one must wait until it is ``done`` or abandoned. Raises LinkError, EncodeError."""
        self._begin(now)
        if self._request is not None:  # its caller was interrupted before it could abandon it
            self.abandon(self._request)
        if request.until is None:
            request.until = now + request.timeout_s
        self._request = request  # from here on its response is expected
        try:
            self.link.send(request.payload, now)
        except GattsError:  # before anything was done
            self._request = None
            self._unfinished = []
            raise
        self._heard.clear()
        if not self.link.acknowledges:
            self._acknowledged(None)
        self._unfinished = []

    def abandon(self, request: Request) -> None:
        """The caller does not wait for this request any more; its response, if it comes, is dropped with a note."""
        if self._request is request:
            if not request.done:
                self._owe(request)
            self._request = None

    def response_in(self, answer: bytes, command: Command[Any] | Opaque) -> Response | Opaque:
        """The response to a command, from its payload. Raises DecodeError, which names a dialect in which it is one."""
        try:
            if isinstance(command, Command):
                return self.codec.decode_response(answer[1:])
            return Opaque(answer[0], "response", command.group, answer[1], answer[2:])
        except DecodeError as error:
            if doubt := self._suspicion.about_answer(answer):
                error.reason += f"; {doubt}"
            raise

    def error_of(self, request: Request) -> LinkError:
        """Why a request has failed, for its caller alone: others may get the same error."""
        assert request.error is not None
        error = copy(request.error)
        if error.stage == "response" and self._began_without_reset:
            error.reason += f"; {NOT_RESET}"
        if doubt := self._suspicion.about_loss(error, request.payload):
            error.reason += f"; {doubt}"
        return error

    @property
    def _began_without_reset(self) -> bool:
        return isinstance(self.link, HostLink) and not self.link.was_reset

    def withdraw(self, waiter: Waiter) -> None:
        """The caller does not wait for this event any more."""
        waiter.leave()
        self.tell_next(waiter.error)

    def tell_next(self, error: LinkError | None) -> None:
        """The caller was interrupted before it got the error: if the link was lost, the next caller gets it."""
        if error is not None and error is self._loss and self.unreported is None and not self.is_closed:
            self.unreported = _in_between(error)

    def _owe(self, request: Request) -> None:
        if not request.head:
            return
        if not self.debts.heads:
            self._answered = max(self._answered, (request.until or self.now) - request.timeout_s)
        self.debts.owe(request.head)

    # -- what the link machine reports

    def _ignore(self, event: LinkEvent) -> None:
        log.debug("%r", event)

    def _rejected(self, event: FrameRejected) -> None:
        log.debug("bad frame: %s", event.error)

    def _acknowledged(self, _: PacketAcked | None) -> None:
        request = self._request
        if request is None or self.link.waiting:  # then it was an abandoned one's
            return
        request.acked = True
        if not request.head:
            request.finish(b"", None)
            self._request = None

    def _packet(self, event: PacketReceived) -> None:
        payload, request = event.payload, self._request
        if request is None or not request.head or not payload.startswith(request.head):
            if payload[:1] == _EVENT:
                self._keep(Arrival(payload, self.codec, self._notices))
            else:
                self._stray(payload)
            return
        if self.debts.heads:
            self.debts.settle_by_answer(request.head)
        self._answered = self.now
        self._suspicion.note(request.payload, payload)
        request.finish(payload, None)
        self._request = None

    def _stray(self, payload: bytes) -> None:
        if self.debts.settle_by_late(payload):
            self._answered = self.now
            note = "late response"
        else:
            note = _STRAYS.get(payload[:1], "packet of a type that no chip sends")
        if len(self._heard) < _HEARD_LIMIT:
            self._heard.append(f"a {note} ({payload[:2].hex(' ')})")
        self._notices.warn(f"dropped a {note}: %s", brief_hex(payload))

    def _keep(self, arrival: Arrival) -> None:
        # In the place of what was reported, so that after an interrupt it is known how far it has come.
        assert isinstance(self._unfinished, list)
        self._unfinished[0] = arrival
        self._arrived(arrival)

    def _arrived(self, arrival: Arrival) -> None:
        if arrival.noted is None:
            arrival.noted = self.listener is not None and self.listener(arrival)
        self.inbox.put(arrival, arrival.noted)

    def _lost(self, event: LinkLost) -> None:
        if event.reason is LostReason.CLOSED:  # our own doing
            return
        error = event.to_error()
        log.info("link lost: %s", error)
        if not event.relinking:
            self.down = error
        elif self._request is None and not self.inbox.waiters:
            self.unreported = _in_between(error)
        self._tell(error)
        if event.reason is LostReason.PEER_RESTARTED:
            self.debts.heads.clear()  # nothing else proves that the chip has forgotten what it was asked

    def _tell(self, error: LinkError) -> None:
        self._loss = error
        if self._request is not None:
            self._owe(self._request)
            self._request.finish(b"", error)
        self.inbox.interrupt(error)
        self._request = None

    def _time_out(self, request: Request) -> None:
        heard = ", ".join(self._heard) or "nothing else"
        if request.acked:
            sent = "was sent" if isinstance(self.link, PlainLink) else "was acknowledged"
            reason = f"the command {sent}, and the chip did not answer it within {request.timeout_s:g} s"
        else:
            reason = f"the command was not acknowledged within {request.timeout_s:g} s"
        stage = "response" if request.acked else "ack"
        self._owe(request)
        request.finish(b"", LinkTimeout(f"{reason}; heard {heard}", stage=stage, attempts=1, heard=heard))
        self._request = None


_TAKERS: dict[type, Callable[[CallSession, Any], None]] = {
    **dict.fromkeys((LinkUp, ChipRestarted, PacketIgnored, Retransmitted), CallSession._ignore),
    PacketReceived: CallSession._packet,
    PacketAcked: CallSession._acknowledged,
    Arrival: CallSession._arrived,
    LinkLost: CallSession._lost,
    FrameRejected: CallSession._rejected,
}


def _in_between(error: LinkError) -> LinkReset:
    return LinkReset(
        f"since the last call the link was lost and set up again; the chip's attribute table may be gone: {error}",
        stage=error.stage,
        attempts=error.attempts,
        heard=error.heard,
    )


class LinkGoal:
    """What is waited for by who waits for the link: it is up, or will not come up."""

    def __init__(self, session: CallSession) -> None:
        self._session = session

    @property
    def done(self) -> bool:
        """Whether it is up or down."""
        return self._session.link.is_up or self._session.down is not None
