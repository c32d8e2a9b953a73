"""A session on a transport, served by the threads that wait for it.

A thread that waits for something reads the line itself: it takes the hold ``_reading``, waits on the transport, feeds
the session and does what is due, until what it waits for has come. That saves each call two changes of thread. Other
threads that wait meanwhile *follow*: each sleeps until the reader finds what it waits for, or stops reading. When no
thread has read for ``GRACE_S``, a background thread does, since a chip whose events are not acknowledged restarts; it
stops as soon as another thread waits, and from then on only checks from time to time.

The session is used under the hold ``_touching``, which no thread keeps while it waits. Calls take ``_turn`` one after
the other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from functools import partial
from operator import methodcaller
from queue import Empty, SimpleQueue
from time import monotonic

from gatts_codec.errors import LinkClosed, LinkTimeout
from gatts_codec.link import forks
from gatts_codec.link.goals import Goal, Request
from gatts_codec.link.hold import Busy, Hold
from gatts_codec.link.notices import log
from gatts_codec.link.session import CallSession, LinkGoal
from gatts_codec.link.transports import Transport
from gatts_codec.link.transports.base import LONGEST_WAIT_S, behind

GRACE_S = 0.02
_FOLLOW_S = 0.05  # how soon it is noticed that the reader was interrupted
_TIDY_S = 5.0  # how soon it is noticed at the latest that an interrupt has left something
PATIENCE_S = 2.0  # for a reader that is about to stop
Wait = tuple[Goal, float | None]
"""What for, and until when at most (``monotonic``)."""


class Line:
    """Transport, session, and the order in which threads may touch them."""

    def __init__(self, transport: Transport, session: CallSession) -> None:
        self.transport, self.session = transport, session
        self._touching, self._reading, self._turn = Hold(), Hold(), Hold()
        self.touch = self._touching.run  # do something with the session while no other thread does
        self._followers: dict[Goal, SimpleQueue[None]] = {}
        self._waits = self._steps = 0
        self._unsent = b""
        self._closed: LinkClosed | None = None
        self._closing: SimpleQueue[None] = SimpleQueue()
        self._tender = threading.Thread(target=self._tend, name="gatts-codec reader", daemon=True)
        forks.in_child(self)

    def open(self) -> None:
        """Begin a link when it is our turn, and wait until it is up. Raises LinkTimeout, LinkReset, LinkClosed."""
        self._turn.run(self._open, LinkGoal(self.session))

    def _open(self, goal: Goal) -> None:
        self._reading.check()
        self.touch(self._begin, monotonic())
        self.run(goal)
        if self.session.down is not None:
            raise copy(self.session.down)

    def _begin(self, now: float) -> None:
        if self._closed is not None:
            raise copy(self._closed)
        self.session.unreported = None
        self.session.open(now)
        self._flush()

    def tend(self) -> None:
        """From now on serve the line also while no thread waits."""
        self._tender.start()

    def ask(self, request: Request) -> None:
        """Send a request when it is its turn, and wait until it is done. Raises LinkTimeout, LinkError, EncodeError."""
        try:
            self._turn.run(self._ask, request, request.until)
        except Busy:
            if request.until is None or monotonic() < request.until:
                raise  # at once, in a signal handler
            reason = f"other calls were under way for {request.timeout_s:g} s, and this one was not sent"
            raise LinkTimeout(reason, stage="turn") from None
        except BaseException:
            self.touch(self._abandon, request)
            raise

    def _ask(self, request: Request) -> None:
        self._reading.check()  # before anything is sent: nobody would read what comes of it
        if self.touch(self._start, request):
            self.run(request)
            return
        steps = self.session.steps(request, monotonic)
        while (goal := self.touch(self._go_on, steps)) is not None:
            # The session itself ends the request when its time is over.
            self.run(goal, None if goal is request else request.until)

    def _start(self, request: Request) -> bool:
        if not self.session.is_ready:
            return False
        self.session.start(request, monotonic())
        self._flush()
        return True

    def _abandon(self, request: Request) -> None:
        self.session.abandon(request)
        self.session.tell_next(request.error)

    def _go_on(self, steps: Iterator[Goal]) -> Goal | None:
        goal = next(steps, None)
        self._flush()
        return goal

    def run(self, goal: Goal, until: float | None = None) -> None:
        """Wait until the goal is done, or until that time; even if that is over, what has come is taken."""
        self._waits += 1
        while not goal.done:
            try:
                self._reading.run(self._serve, (goal, until), 0.0)
            except Busy:
                self._follow(goal, until)
            else:
                if self._followers or self._closed is not None:
                    self._pass_on()
            if until is not None and monotonic() >= until:
                return

    def close(self, error: LinkClosed, patience_s: float = PATIENCE_S) -> None:
        """Close the transport once its reader is out, and end the background thread. From any thread, any time."""
        self._closed = self._closed or error
        self._closing.put(None)
        self.transport.wake()
        is_shut = self._shut(self._closed, monotonic() + patience_s)
        if is_shut and self._tender.is_alive() and self._tender is not threading.current_thread():
            self._tender.join(patience_s)

    def leave_to_parent(self) -> None:
        """In a process that was forked: the line is the parent's, and who had a hold does not run here."""
        self._touching, self._reading, self._turn = Hold(), Hold(), Hold()
        self.touch = self._touching.run
        self._closed = forks.left(self.transport.name)
        self.session.close(self._closed, monotonic())

    def _shut(self, error: LinkClosed, until: float) -> bool:
        try:
            self._touching.run(self._end, error, until)
            self._reading.run(partial(self.touch, methodcaller("close")), self.transport, until)
        except Busy:
            # A signal handler has interrupted its own thread while that has a hold. That thread, or the background
            # thread, will do it later.
            return False
        return True

    def _pass_on(self) -> None:
        """After reading: another thread may have to."""
        self._wake_followers()
        if self._closed is not None:
            self._shut(self._closed, monotonic() + PATIENCE_S)

    def _serve(self, wait: Wait) -> None:
        """Wait, and take what has come, until the goal is done. Only for the one who has ``_reading``."""
        goal, until = wait
        while not goal.done:  # asked again: who had ``_reading`` before may have found it
            due = self._due(until)
            try:
                self.transport.wait(_timeout_s(due), bool(self._unsent))
                self.touch(self._take, due)
            except LinkClosed as error:
                self.touch(self._lose, error)
            if self._closed is not None or (until is not None and monotonic() >= until):
                return

    def _due(self, until: float | None) -> float | None:
        due = self.session.next_deadline()
        return until if due is None or (until is not None and until < due) else due

    def _take(self, due: float | None) -> None:
        data = self.transport.read()
        self._steps += 1
        now = monotonic()
        if data:
            self.session.receive_data(data, now)
        if due is not None and now >= due:
            self.session.tick(now)
        self._settle()

    def _tick(self, now: float) -> None:
        self.session.tick(now)
        self._settle()

    def _settle(self) -> None:
        """What follows from a step: bytes to write, and others who wait no more."""
        self._flush()
        if self._followers:
            self._wake_followers(only_done=True)

    def _flush(self) -> None:
        """Write what is to be written, as far as it goes at once."""
        data = self.session.data_to_send()
        if self._unsent:
            data = behind(self._unsent, data)
        if not data:
            return
        try:
            taken = self.transport.write(data)
        except LinkClosed as error:
            self._unsent = b""
            self._lose(error)
            return
        if taken == len(data):
            self._unsent = b""
            return
        had_unsent, self._unsent = bool(self._unsent), data[taken:]
        if not had_unsent:
            self.transport.wake()  # who waits has to wait for room, too

    def _lose(self, error: LinkClosed) -> None:
        log.info("%s", error)
        self._end(copy(error))  # by its traceback an error keeps the caller's frames, and so the client

    def _end(self, error: LinkClosed) -> None:
        self.session.close(error, monotonic())
        self._wake_followers()

    def _follow(self, goal: Goal, until: float | None) -> None:
        if until is None or monotonic() < until:
            self._reading.check()
        gate: SimpleQueue[None] = SimpleQueue()
        self._followers[goal] = gate
        due = self._due(until)
        if not goal.done:
            with suppress(Empty):
                gate.get(timeout=min(_timeout_s(due), _FOLLOW_S))
        self._followers.pop(goal, None)
        if due is not None and (now := monotonic()) >= due:
            self.touch(self._tick, now)  # the reader may not know of it yet

    def _wake_followers(self, only_done: bool = False) -> None:
        for goal in tuple(self._followers):
            gate = self._followers.pop(goal, None) if goal.done or not only_done else None
            if gate is not None:
                gate.put(None)

    def _tend(self) -> None:
        while self._closed is None:
            steps = self._steps
            with suppress(Empty):
                self._closing.get(timeout=_TIDY_S if self.session.is_closed else GRACE_S)
            if steps == self._steps:
                for hold in (self._turn, self._touching, self._reading):
                    hold.forget()  # after an interrupt it would keep the client
                with suppress(Busy):
                    self._reading.run(self._serve, (Relief(self), monotonic() + _TIDY_S), 0.0)
                    self._wake_followers()
        self._shut(self._closed, monotonic() + PATIENCE_S)


class Relief:
    """What the background thread reads for: another thread waits again, and will read itself; or there is no link."""

    def __init__(self, line: Line) -> None:
        self._line, self._waits = line, line._waits

    @property
    def done(self) -> bool:
        return self._waits != self._line._waits or self._line.session.is_closed


def _timeout_s(due: float | None) -> float:
    rest_s = LONGEST_WAIT_S if due is None else due - monotonic()
    if 0.0 < rest_s < LONGEST_WAIT_S:
        return rest_s
    return LONGEST_WAIT_S if rest_s > 0 else 0.0
