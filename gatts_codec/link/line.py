"""A session on a transport, served by the threads that wait for it.

Whoever waits for something serves the line himself: he holds ``_reading``, waits on the transport, feeds the session
and does what is due, until he has what he wants. That spares a call two changes of thread. Who waits at the same time
*follows*: he sleeps on ``_news`` until the reader has something, or leaves. A background thread takes ``_reading`` when
nobody has waited for ``GRACE_S``, since a chip whose events are not acknowledged restarts; it steps down as soon as
somebody waits, and from then on only looks in.

``lock`` guards the session and all below it; it is never held while waiting.
"""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import Protocol

from gatts_codec.errors import LinkClosed
from gatts_codec.link.notices import log
from gatts_codec.link.session import CallSession, Request
from gatts_codec.link.transports import Transport

GRACE_S = 0.02
# What poll() takes has an end. Windows takes no Ctrl-C while it waits for a socket or a lock.
_LONGEST_WAIT_S = 0.5 if sys.platform == "win32" else 3600.0
_UNSENT_LIMIT = 65536
_PATIENCE_S = 2.0  # with a reader on his way out; longer only in a signal handler


class Goal(Protocol):
    """What somebody waits for."""

    @property
    def done(self) -> bool: ...


class LinkUp:
    """The goal of who waits for the link: it is up, or will not come up."""

    def __init__(self, session: CallSession) -> None:
        self._session = session

    @property
    def done(self) -> bool:
        return self._session.link.is_up or self._session.down is not None


class Line:
    """Transport, session, and the order in which threads may touch them."""

    def __init__(self, transport: Transport, session: CallSession) -> None:
        self.transport, self.session = transport, session
        self.lock = threading.RLock()
        self._news = threading.Condition(self.lock)
        self._followers = 0
        self._reading = threading.Lock()
        self._reader = 0
        self._waits = 0
        self._unsent = b""
        self._closed = False
        self._closing = threading.Event()
        self._tender = threading.Thread(target=self._tend, name="gatts-codec reader", daemon=True)

    def open(self) -> None:
        """Begin a link, and wait until it is up or ``session.down`` says why not."""
        with self.lock:
            self.session.open(monotonic())
            self._flush()
        self.run(LinkUp(self.session))

    def tend(self) -> None:
        """From now on serve the line also when nobody waits."""
        self._tender.start()

    def send(self, request: Request) -> None:
        """Send a request, after whatever has to come first. Raises LinkError, EncodeError."""
        with self.lock:
            if self.session.is_ready:
                self.session.start(request, monotonic())
                self._flush()
                return
        self._prepare(request)
        with self.lock:
            self.session.report()
            self.session.start(request, monotonic())
            self._flush()

    def _prepare(self, request: Request) -> None:
        with self.lock:
            self.session.report()
        if self.session.down is not None:
            self.open()
        else:
            self.run(LinkUp(self.session))
        with self.lock:
            self.session.report()
            if self.session.down is not None:
                raise self.session.down
            barrier = self.session.barrier_for(request)
            if barrier is None:
                return
            self.session.start(barrier, monotonic())
            self._flush()
        try:
            self.run(barrier)
        finally:
            self.abandon(barrier)
        if barrier.error is not None:
            raise barrier.error

    def _serve(self, goal: Goal, until: float | None) -> None:
        self._reader = threading.get_ident()
        try:
            while not goal.done and (until is None or monotonic() < until):
                self._step(until)
        finally:
            self._leave()

    def abandon(self, request: Request) -> None:
        """Nobody waits for this request any more."""
        if not request.done:
            with self.lock:
                self.session.abandon(request)

    def run(self, goal: Goal, until: float | None = None) -> None:
        """Wait until the goal is done, or until that time."""
        self._waits += 1
        while not goal.done:
            if self._reading.acquire(False):
                self._serve(goal, until)
            else:
                self._follow(goal, until)
            if until is not None and monotonic() >= until:
                return

    def close(self, error: LinkClosed) -> None:
        """Close the transport once its reader is out, and end the background thread. From any thread, any time."""
        self._closed = True
        self._closing.set()
        with self.lock:
            self.session.close(error, monotonic())
            self._news.notify_all()
        self.transport.wake()
        # A signal handler may run on top of the reader, or of one whom the reader waits for: then the reader closes the
        # transport when he gets on.
        if self._reader != threading.get_ident() and self._reading.acquire(timeout=_PATIENCE_S):
            self.transport.close()
            self._reading.release()
        if self._tender.is_alive():
            self._tender.join(_PATIENCE_S)

    def _step(self, until: float | None) -> None:
        """Wait once, and take what has come. Only for the one who holds ``_reading``."""
        session, transport = self.session, self.transport
        due = session.next_deadline()
        if due is None or (until is not None and until < due):
            due = until
        try:
            transport.wait(_timeout_s(due), bool(self._unsent))
            data = transport.read()
        except LinkClosed as error:
            self._lose(error)
            return
        now = monotonic()
        with self.lock:
            if data:
                session.receive_data(data, now)
            if due is not None and now >= due:
                session.tick(now)
            self._flush()
            if self._followers:
                self._news.notify_all()

    def _flush(self) -> None:
        """Write what is to be written, as far as it goes at once. With ``lock``."""
        data = self.session.link.data_to_send()
        if self._unsent:
            # The port takes nothing. Beyond a limit frames are lost as on a line: retransmissions repair that.
            data = self._unsent + (data if len(self._unsent) < _UNSENT_LIMIT else b"")
        if not data:
            return
        try:
            taken = self.transport.write(data)
        except LinkClosed as error:
            self._unsent = b""
            self._lose(error)
            return
        self._unsent = data[taken:] if taken < len(data) else b""
        if self._unsent and self._reader != threading.get_ident():
            self.transport.wake()  # who waits has to wait for room, too

    def _lose(self, error: LinkClosed) -> None:
        with self.lock:
            log.info("%s", error)
            self.session.close(error, monotonic())
            self._news.notify_all()

    def _follow(self, goal: Goal, until: float | None) -> None:
        with self._news:
            self._followers += 1
            try:
                if not goal.done and self._reading.locked():
                    due = self.session.next_deadline()
                    if due is None or (until is not None and until < due):
                        due = until
                    self._news.wait(_timeout_s(due))
            finally:
                self._followers -= 1
            self.session.tick(monotonic())
            self._flush()

    def _leave(self) -> None:
        self._reader = 0
        self._reading.release()
        if self._followers:
            with self._news:
                self._news.notify_all()
        if self._closed and self._reading.acquire(False):
            self.transport.close()
            self._reading.release()

    def _tend(self) -> None:
        while not self.session.is_closed:
            waits = self._waits
            if self._closing.wait(GRACE_S):
                return
            if waits == self._waits and self._reading.acquire(False):
                self._reader = threading.get_ident()
                try:
                    while waits == self._waits and not self.session.is_closed:
                        self._step(None)
                finally:
                    self._leave()


def _timeout_s(due: float | None) -> float:
    return _LONGEST_WAIT_S if due is None else min(max(due - monotonic(), 0.0), _LONGEST_WAIT_S)
