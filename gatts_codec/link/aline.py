"""A session on a transport, served by an event loop.

A transport that calls back (``LoopPort``) does so. Where the loop can watch the transport's descriptor it does; else
(Windows, pyserial's URLs) a thread waits for bytes and tells the loop.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from math import inf

from gatts_codec.errors import LinkClosed, LinkTimeout
from gatts_codec.link import forks
from gatts_codec.link.goals import Goal, Request
from gatts_codec.link.notices import log
from gatts_codec.link.session import CallSession, LinkGoal
from gatts_codec.link.transports import Transport
from gatts_codec.link.transports.base import behind
from gatts_codec.link.transports.loop import call_at

_AGAIN_S = 0.002  # where there is no descriptor to tell when there is room again

Pause = asyncio.Future[None]
"""What a task waits for. No class of our own: tasks wait for those in a slower way."""


class Turn:
    """A task's place in the queue of calls: ``done`` when it is the first."""

    __slots__ = ("_queue", "_task")

    def __init__(self, queue: deque[Turn], loop: asyncio.AbstractEventLoop) -> None:
        task = asyncio.current_task(loop)
        # Weak, as a task that was interrupted keeps its frames, and so the client.
        self._queue, self._task = queue, None if task is None else weakref.ref(task)
        queue.append(self)

    @property
    def done(self) -> bool:
        queue = self._queue
        while queue and queue[0] is not self and queue[0].is_left_behind(self):
            queue.popleft()
        return not queue or queue[0] is self

    def is_left_behind(self, asking: Turn) -> bool:
        """Whether an interrupt has ended the call before it could leave: its task has ended, or makes another one."""
        if self._task is None:
            return False
        task = self._task()
        return task is None or task.done() or self._task is asking._task


def _go_on(pause: Pause) -> None:
    """The pause is over: run the next step of the task that waits at once, if no other task is running.

    A future's own way is the loop's next turn, for which the loop asks the operating system once more what is new.
    Raises what the task lets out of the loop: KeyboardInterrupt, SystemExit.
    """
    if pause.done():
        return
    # Asked, and not noted when it is added: an interrupt at that moment would leave the task for ever.
    steps = getattr(pause, "_callbacks", None)
    if not steps or asyncio.current_task(pause.get_loop()) is not None:
        pause.set_result(None)
        return
    ((step, context),) = steps
    try:
        pause.remove_done_callback(step)
        pause.set_result(None)
        context.run(step, pause)
    except BaseException:
        if _is_awaited(pause):  # interrupted before it took the step, which it takes later then, once
            pause.remove_done_callback(step)
            if not pause.done():
                pause.set_result(None)
            pause.get_loop().call_soon(step, pause, context=context)
        raise


def _is_awaited(pause: Pause) -> bool:
    return any(getattr(task, "_fut_waiter", None) is pause for task in asyncio.all_tasks(pause.get_loop()))


class AsyncLine:
    """Transport, session and loop. All methods are for the loop's thread."""

    def __init__(self, transport: Transport, session: CallSession) -> None:
        self.transport, self.session = transport, session
        self.loop = asyncio.get_running_loop()
        self._unsent = b""
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = inf
        self._again: asyncio.TimerHandle | None = None
        self._turns: deque[Turn] = deque()
        self._waiting: dict[Goal, Pause] = {}
        self._closed: LinkClosed | None = None
        self._feeder: Feeder | None = None
        self._fd: int | None = None
        self._watch(transport)
        forks.in_child(self)

    def _watch(self, transport: Transport) -> None:
        if watch := getattr(transport, "watch", None):
            watch(self._readable)
            return
        self._fd = transport.fileno()
        try:
            if self._fd is None:
                raise NotImplementedError
            self.loop.add_reader(self._fd, self._readable)
        except NotImplementedError:  # the proactor loop of Windows
            self._fd = None
            self._feeder = Feeder(transport, self.loop, self._readable)

    async def open(self) -> None:
        """Begin a link when it is our turn, and wait until it is up. Raises LinkTimeout, LinkReset, LinkClosed."""
        turn = Turn(self._turns, self.loop)
        try:
            await self.wait(turn)
            if self._closed is not None:
                raise copy(self._closed)
            self.session.unreported = None
            self.session.open(self.loop.time())
            self._settle()
            await self.wait(LinkGoal(self.session))
        finally:
            self._leave(turn)
        if self.session.down is not None:
            raise copy(self.session.down)

    async def ask(self, request: Request) -> None:
        """Send a request when it is its turn, and wait until it is done. Raises LinkTimeout, LinkError, EncodeError."""
        turn = Turn(self._turns, self.loop)
        try:
            now = self.loop.time()
            request.until = now + request.timeout_s
            if self._turns[0] is not turn:
                now = await self._wait_for_turn(turn, request)
            if self.session.is_ready:
                self.session.start(request, now)
                self._settle()
                if not request.done:
                    await self._pause(request)
            else:
                await self._ask_in_steps(request)
        except BaseException:
            self.session.abandon(request)
            self.session.tell_next(request.error)
            raise
        finally:
            self._waiting.pop(request, None)
            self._leave(turn)

    async def _wait_for_turn(self, turn: Turn, request: Request) -> float:
        await self.wait(turn, request.until)
        if not turn.done:
            reason = f"other calls were under way for {request.timeout_s:g} s, and this one was not sent"
            raise LinkTimeout(reason, stage="turn")
        return self.loop.time()

    async def _ask_in_steps(self, request: Request) -> None:
        for goal in self.session.steps(request, self.loop.time):
            self._settle()
            # The session itself ends the request when its time is over.
            await self.wait(goal, None if goal is request else request.until)

    def _leave(self, turn: Turn) -> None:
        self._turns.remove(turn)
        if self._turns:
            self._wake()

    async def wait(self, goal: Goal, until: float | None = None) -> None:
        """Wait until the goal is done, or until that time."""
        if goal.done:
            return
        pause = self._pause(goal)
        limit = None if until is None else call_at(self.loop, until, _go_on, pause)
        try:
            await pause
        finally:
            self._waiting.pop(goal, None)
            if limit is not None:
                limit.cancel()

    def _pause(self, goal: Goal) -> Pause:
        """What to await until the goal is done. Who awaits it takes it out of ``_waiting`` afterwards."""
        pause: Pause = asyncio.Future(loop=self.loop)
        self._waiting[goal] = pause
        return pause

    def _wake(self) -> None:
        """Wake those who have what they wait for."""
        last = None
        for goal, pause in self._waiting.items():
            if goal.done and not pause.done():
                if last is not None:
                    last.set_result(None)
                last = pause
        if last is not None:
            _go_on(last)  # after the others: what its task raises keeps nobody from waking

    def close(self, error: LinkClosed) -> None:
        """Stop watching, close the transport. May be called twice."""
        self._closed = self._closed or error
        self.session.close(self._closed, self.loop.time())
        if self._timer is not None:
            self._timer.cancel()
        if self._fd is not None:
            fd, self._fd = self._fd, None  # the number may soon be somebody else's
            self.loop.remove_reader(fd)
            self.loop.remove_writer(fd)
        if self._feeder is not None:
            self._feeder.close()
        self.transport.close()
        self._wake()

    def leave_to_parent(self) -> None:
        """In a process that was forked: the loop has its epoll in common with the parent's, which still reads."""
        self._closed = forks.left(self.transport.name)
        self._fd = self._feeder = None
        self.session.close(self._closed, self.loop.time())

    def _readable(self) -> None:
        if self._closed is not None:
            return
        try:
            data = self.transport.read()
        except LinkClosed as error:
            self._lose(error)
            return
        now = self.loop.time()
        if data:
            self.session.receive_data(data, now)
        if self._timer_due <= now:
            # Its turn comes after this one. Where there is always something to read it never would: it is set again.
            self.session.tick(now)
        self._settle()

    def _due(self) -> None:
        self._timer_due = inf
        self.session.tick(self.loop.time())
        self._settle()

    def _settle(self) -> None:
        """Write what is to be written, set the timer, and wake who waits no more."""
        self._flush()
        due = self.session.next_deadline()
        # A timer that is too early finds nothing to do and is set again: cheaper than one for each call. One that is
        # over has met an interrupt.
        if due is not None and not self.session.now < self._timer_due <= due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = call_at(self.loop, due, self._due)
            self._timer_due = due
        if self._waiting:
            self._wake()

    def _flush(self) -> None:
        data = self.session.data_to_send()
        if self._unsent:
            data = behind(self._unsent, data)
        if not data or self._closed is not None:
            return
        try:
            taken = self.transport.write(data)
        except LinkClosed as error:
            self._lose(error)
            return
        if taken == len(data) and not self._unsent:
            return
        had_unsent, self._unsent = bool(self._unsent), data[taken:]
        if self._fd is None:
            if self._unsent and self._again is None:
                self._again = self.loop.call_later(_AGAIN_S, self._write_again)
        elif self._unsent and not had_unsent:
            self.loop.add_writer(self._fd, self._settle)
        elif had_unsent and not self._unsent:
            self.loop.remove_writer(self._fd)

    def _write_again(self) -> None:
        self._again = None
        self._settle()

    def _lose(self, error: LinkClosed) -> None:
        log.info("%s", error)
        self.close(copy(error))  # by its traceback an error keeps frames, and so the client


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
