"""A session on a transport, served by an event loop.

Where the loop can watch the transport's descriptor it does; otherwise (Windows, pyserial's URLs) a thread waits for
bytes and tells the loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from typing import Protocol

from gatts_codec.errors import LinkClosed
from gatts_codec.link.notices import log
from gatts_codec.link.session import CallSession, Request
from gatts_codec.link.transports import Transport

_UNSENT_LIMIT = 65536


class Goal(Protocol):
    """What a task waits for; calls ``notify`` when it becomes ``done``."""

    notify: Callable[[], object] | None

    @property
    def done(self) -> bool: ...


class AsyncLine:
    """Transport, session and loop. All methods are for the loop's thread."""

    def __init__(self, transport: Transport, session: CallSession) -> None:
        self.transport, self.session = transport, session
        self._loop = asyncio.get_running_loop()
        self._unsent = b""
        self._timer: asyncio.TimerHandle | None = None
        self._up: asyncio.Future[None] | None = None
        self._closed = False
        self._feeder: Feeder | None = None
        self._fd = transport.fileno()
        try:
            if self._fd is None:
                raise NotImplementedError
            self._loop.add_reader(self._fd, self._readable)
        except NotImplementedError:  # the proactor loop of Windows
            self._fd = None
            self._feeder = Feeder(transport, self._loop, self._readable)

    async def open(self) -> None:
        """Begin a link, and wait until it is up or ``session.down`` says why not."""
        self.session.open(self._loop.time())
        self._settle()
        await self._link_up()

    async def _link_up(self) -> None:
        while not (self.session.link.is_up or self.session.down is not None):
            if self._up is None:
                self._up = self._loop.create_future()
            await asyncio.shield(self._up)

    async def send(self, request: Request) -> None:
        """Send a request, after whatever has to come first. Raises LinkError, EncodeError."""
        if not self.session.is_ready:
            await self._prepare(request)
        self.session.start(request, self._loop.time())
        self._settle()

    async def _prepare(self, request: Request) -> None:
        session = self.session
        session.report()
        if session.down is not None:
            await self.open()
        else:
            await self._link_up()
        session.report()
        if session.down is not None:
            raise copy(session.down)
        barrier = session.barrier_for(request)
        if barrier is not None:
            session.start(barrier, self._loop.time())
            self._settle()
            try:
                await self.wait(barrier)
            finally:
                if not barrier.done:
                    session.abandon(barrier)
            if barrier.error is not None:
                raise copy(barrier.error)
            session.report()

    async def wait(self, goal: Goal, timeout_s: float | None = None) -> None:
        """Wait until the goal is done, at most so long."""
        if goal.done:
            return
        future = self._loop.create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        goal.notify = wake
        limit = None if timeout_s is None else self._loop.call_later(timeout_s, wake)
        try:
            await future
        finally:
            if limit is not None:
                limit.cancel()

    def close(self, error: LinkClosed) -> None:
        """Stop watching, close the transport."""
        if self._closed:
            return
        self._closed = True
        self.session.close(error, self._loop.time())
        if self._timer is not None:
            self._timer.cancel()
        if self._fd is not None:
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
        if self._feeder is not None:
            self._feeder.close()
        self.transport.close()
        self._wake_those_who_wait_for_the_link()

    def _readable(self) -> None:
        if self._closed:
            return
        try:
            data = self.transport.read()
        except LinkClosed as error:
            self._lose(error)
            return
        if data:
            self.session.receive_data(data, self._loop.time())
        self._settle()

    def _due(self) -> None:
        self._timer = None
        self.session.tick(self._loop.time())
        self._settle()

    def _settle(self) -> None:
        """Write what is to be written, set the timer, and wake who waits for the link."""
        self._flush()
        due = self.session.next_deadline()
        # A timer that is too early finds nothing to do and is set anew: cheaper than one for each call.
        if due is not None and (self._timer is None or due < self._timer.when()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(due, self._due)
        if self._up is not None and (self.session.link.is_up or self.session.down is not None):
            self._wake_those_who_wait_for_the_link()

    def _flush(self) -> None:
        data = self.session.link.data_to_send()
        if self._unsent:
            # The port takes nothing. Beyond a limit frames are lost as on a line: retransmissions repair that.
            data = self._unsent + (data if len(self._unsent) < _UNSENT_LIMIT else b"")
        if not data or self._closed:
            return
        try:
            taken = self.transport.write(data)
        except LinkClosed as error:
            self._lose(error)
            return
        had_unsent, self._unsent = bool(self._unsent), data[taken:]
        if self._fd is not None and bool(self._unsent) != had_unsent:
            if self._unsent:
                self._loop.add_writer(self._fd, self._settle)
            else:
                self._loop.remove_writer(self._fd)

    def _lose(self, error: LinkClosed) -> None:
        log.info("%s", error)
        self.close(error)

    def _wake_those_who_wait_for_the_link(self) -> None:
        up, self._up = self._up, None
        if up is not None and not up.done():
            up.set_result(None)


class Feeder:
    """Waits for bytes in a thread, and has the loop read them."""

    def __init__(
        self, transport: Transport, loop: asyncio.AbstractEventLoop, readable: Callable[[], None]
    ) -> None:
        self._transport, self._loop, self._read = transport, loop, readable
        self._closed = False
        self._taken = threading.Event()
        self._thread = threading.Thread(target=self._work, name="gatts-codec reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._taken.set()
        self._transport.wake()
        self._thread.join()

    def _work(self) -> None:
        while not self._closed:
            with suppress(LinkClosed):  # the loop finds out when it reads
                self._transport.wait(None)
            self._taken.clear()
            if self._closed:
                return
            try:
                self._loop.call_soon_threadsafe(self._take)
            except RuntimeError:  # the loop has ended without closing the client
                return
            self._taken.wait()

    def _take(self) -> None:
        try:
            self._read()
        finally:
            self._taken.set()
