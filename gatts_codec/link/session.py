"""Commands and their responses over a link, sans-IO: which answer belongs to which call, and what becomes of the rest.

One command is under way at a time. It ends with the response that bears its opcode, with the loss of the link, or,
once the chip has acknowledged it, when its time is over. Then its response may still come, and is *owed*: the chip
answers in order, so whatever it answers to a later command settles all that is owed before. A call whose own opcode
is owed could not tell its response from the late one; the driver first sends a ``barrier``, a harmless command with
another opcode.

The blocking client, the asyncio client and tests drive a session in the same way as the link machine below it
(``gatts_codec.link.machine``): bytes and times in, ``link.data_to_send`` and ``next_deadline`` out.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from gatts_codec.codec import Codec
from gatts_codec.constants import BLE_CONN_HANDLE_INVALID
from gatts_codec.errors import DecodeError, LinkClosed, LinkError, LinkReset, LinkTimeout
from gatts_codec.link.config import FOR_EVER, require
from gatts_codec.link.events import (
    FrameRejected,
    LinkEvent,
    LinkLost,
    LostReason,
    PacketAcked,
    PacketReceived,
)
from gatts_codec.link.host import HostLink
from gatts_codec.link.inbox import AnyEvent, Inbox
from gatts_codec.link.notices import Notices, brief_hex, log
from gatts_codec.link.plain import PlainLink
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGet
from gatts_codec.packets.gatts.value_get import ValueBuffer, ValueGet
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Event

_COMMAND, _RESPONSE, _EVENT, _DTM_COMMAND, _DTM_RESPONSE = range(5)
_EVENT_HEAD = 3  # packet type, event id
_HEARD_LIMIT = 8
_STRAYS = {
    b"\x00": "command of our own, so the port echoes what is written",
    b"\x01": "response that nobody asked for",
}


class Request:
    """A command and what became of it: ``done`` with an ``answer``, the response's payload, or an ``error``.

    ``timeout_s`` is how long the chip may take for its response, from its ACK on. Commands and DTM commands are
    answered; for other packet types the ACK is all there is, and the answer is empty. Raises EncodeError for a time
    that is none.
    """

    __slots__ = ("answer", "deadline", "done", "error", "head", "notify", "payload", "timeout_s")

    def __init__(self, payload: bytes, timeout_s: float, notify: Callable[[], object] | None = None) -> None:
        require("timeout_s", timeout_s, 0, FOR_EVER)
        self.payload: bytes = payload
        self.timeout_s: float = timeout_s
        self.notify: Callable[[], object] | None = notify
        self.head: bytes = b""
        if payload[0] == _COMMAND:
            self.head = b"\x01" + payload[1:2]
        elif payload[0] == _DTM_COMMAND:
            self.head = bytes((_DTM_RESPONSE,))
        self.deadline: float | None = None
        self.answer: bytes = b""
        self.error: LinkError | None = None
        self.done: bool = False

    def finish(self, answer: bytes, error: LinkError | None) -> None:
        """End it, one way or the other."""
        self.answer, self.error, self.done = answer, error, True
        if self.notify is not None:
            self.notify()


class CallSession:
    """What a client knows about its conversation with the chip. Not for two threads at a time."""

    def __init__(self, link: HostLink | PlainLink, codec: Codec, inbox: Inbox) -> None:
        self.link: HostLink | PlainLink = link
        self.codec: Codec = codec
        self.inbox: Inbox = inbox
        self.listener: Callable[[AnyEvent], bool] | None = None
        """Gets every event, before the inbox does; returns whether anybody listens."""
        self.down: LinkError | None = LinkClosed("not connected", stage="closed")
        """Why the link is neither up nor coming up; LinkClosed when it never will again."""
        self.unreported: LinkError | None = None
        """The link was lost, and nobody was in a call to be told."""
        self._request: Request | None = None
        self._notices = Notices()
        self._owed: list[bytes] = []
        self._heard: list[str] = []

    # -- the link

    def open(self, now: float) -> None:
        """Begin a link; ``link.is_up`` or ``down`` says when it has come to something."""
        self.down = None
        self._owed.clear()
        self._take(self.link.open(now), now)

    def close(self, error: LinkClosed, now: float) -> None:
        """End for good: ``error`` is what a call under way is told, and every later one."""
        if not self.is_closed:
            self.down = error
            self._tell(error)
            self.link.close(now)

    @property
    def is_closed(self) -> bool:
        """Whether the link is gone for good."""
        return isinstance(self.down, LinkClosed)

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the chip, in any pieces."""
        self._take(self.link.receive_data(data, now), now)

    def tick(self, now: float) -> None:
        """Do what is due. Any time does no harm."""
        self._take(self.link.tick(now), now)
        request = self._request
        if request is not None and request.deadline is not None and now >= request.deadline:
            self._time_out(request)

    def next_deadline(self) -> float | None:
        """When ``tick`` is due if nothing arrives before."""
        due, request = self.link.next_deadline(), self._request
        if request is None or request.deadline is None:
            return due
        return request.deadline if due is None else min(due, request.deadline)

    # -- calls

    @property
    def is_ready(self) -> bool:
        """Whether any request can go out as it is: link up, nothing to report, nothing owed."""
        return self.link.is_up and not self._owed and self.unreported is None

    def report(self) -> None:
        """Raise what the next caller has to be told, once: the link was lost, or is closed."""
        error, self.unreported = self.unreported or (self.down if self.is_closed else None), None
        if error is not None:
            raise copy(error)

    def barrier_for(self, request: Request) -> Request | None:
        """The command to send first so that a late response cannot be taken for this request's; None if none need be.

        Raises LinkTimeout where every harmless command is itself owed: the chip has stopped answering.
        """
        if request.head not in self._owed:
            return None
        harmless = (
            ValueGet(BLE_CONN_HANDLE_INVALID, 0, ValueBuffer(0, value_present=False)),
            SysAttrGet(BLE_CONN_HANDLE_INVALID, 0, sys_attr_data_present=False),
        )
        for command in harmless:
            barrier = Request(self.codec.pack(command), request.timeout_s, request.notify)
            if barrier.head not in self._owed:
                return barrier
        reason = "the chip acknowledges commands and answers none: it hangs; reset it"
        raise LinkTimeout(reason, stage="response", attempts=len(self._owed))

    def start(self, request: Request, now: float) -> None:
        """Send a request; the next one must wait until it is ``done`` or abandoned. Raises LinkError, EncodeError."""
        self.link.send(request.payload, now)
        self._request = request
        self._heard.clear()
        if not self.link.waiting:  # a line where nothing is acknowledged
            self._acknowledged(now)

    def abandon(self, request: Request) -> None:
        """Nobody waits for this request any more; its response, if it comes, is dropped with a note."""
        if self._request is request:
            self._request = None
            if request.head:
                self._owed.append(request.head)

    # -- what the link machine reports

    def _take(self, events: list[LinkEvent], now: float) -> None:
        for event in events:
            if type(event) is PacketReceived:
                self._packet(event.payload)
            elif type(event) is PacketAcked:
                self._acknowledged(now)
            elif type(event) is LinkLost:
                self._lost(event)
            elif type(event) is FrameRejected:
                log.debug("bad frame: %s", event.error)
            else:
                log.debug("%r", event)

    def _acknowledged(self, now: float) -> None:
        request = self._request
        if request is None or self.link.waiting:  # then it was an abandoned one's
            return
        if request.head:
            request.deadline = now + request.timeout_s
        else:
            self._request = None
            request.finish(b"", None)

    def _packet(self, payload: bytes) -> None:
        request = self._request
        if request is not None and request.head and payload.startswith(request.head):
            self._request = None
            if self._owed:
                self._owed.clear()
            request.finish(payload, None)
        elif payload[:1] == b"\x02":
            self._event(payload)
        else:
            self._stray(payload)

    def _stray(self, payload: bytes) -> None:
        head = payload[:2]
        if head in self._owed:
            del self._owed[: self._owed.index(head) + 1]
            note = "late response"
        else:
            note = _STRAYS.get(payload[:1], "packet of a type that no chip sends")
        if len(self._heard) < _HEARD_LIMIT:
            self._heard.append(f"a {note} ({head.hex(' ')})")
        self._notices.warn(f"dropped a {note}: %s", brief_hex(payload))

    def _event(self, payload: bytes) -> None:
        event: AnyEvent
        try:
            message = self.codec.unpack(payload)
            assert isinstance(message, (Event, Opaque))
            event = message
        except DecodeError as error:
            self._notices.warn("an event that does not decode: %s", error)
            if len(payload) >= _EVENT_HEAD:
                event_id = int.from_bytes(payload[1:_EVENT_HEAD], "little")
                event = Opaque(_EVENT, "event", "gatts", event_id, payload[_EVENT_HEAD:])
            else:
                event = Opaque(_EVENT, "event", "unknown", None, payload[1:])
        noted = self.listener is not None and self.listener(event)
        self.inbox.put(event, noted)

    def _lost(self, event: LinkLost) -> None:
        if event.reason is LostReason.CLOSED:  # our own doing
            return
        error = event.to_error()
        log.info("link lost: %s", error)
        if not event.relinking:
            self.down = error
        elif self._request is None and not self.inbox.is_awaited:
            self.unreported = _in_between(error)
        self._tell(error)

    def _tell(self, error: LinkError) -> None:
        self._owed.clear()
        request, self._request = self._request, None
        if request is not None:
            request.finish(b"", error)
        self.inbox.interrupt(error)

    def _time_out(self, request: Request) -> None:
        heard = ", ".join(self._heard) or "nothing else"
        self.abandon(request)
        sent = "was sent" if isinstance(self.link, PlainLink) else "was acknowledged"
        error = LinkTimeout(
            f"the command {sent}, and the chip did not answer it within {request.timeout_s:g} s; heard {heard}",
            stage="response",
            attempts=1,
            heard=heard,
        )
        request.finish(b"", error)


def _in_between(error: LinkError) -> LinkReset:
    return LinkReset(
        f"since the last call the link was lost and made anew; the chip's attribute table may be gone: {error}",
        stage=error.stage,
        attempts=error.attempts,
        heard=error.heard,
    )
