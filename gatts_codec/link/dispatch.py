"""Callbacks: in a thread, or a task, of their own, one at a time and in order.

They may take their time, call the chip, and close the client.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from inspect import iscoroutinefunction
from queue import SimpleQueue

from gatts_codec.link.inbox import AnyEvent, Arrival, check_event_class, check_function
from gatts_codec.link.notices import Notices, call_back, log

Callback = Callable[[AnyEvent], object]
EventTypes = tuple[type[AnyEvent], ...]

PATIENCE_S = 5.0


class Queue:
    """Who is called for which events. At most ``size`` events wait; then the oldest is dropped, with a warning."""

    def __init__(self, size: int) -> None:
        self.lost: int = 0
        """How many events were dropped because the callbacks are too slow."""
        self._waiting: deque[Arrival] = deque(maxlen=int(size))  # NumPy's, say, which a deque refuses
        self._entries: list[tuple[Callback, EventTypes]] = []
        self._taken: Arrival | None = None
        self._notices = Notices()
        self._closed = False

    def add(self, callback: Callback, types: EventTypes) -> Callable[[], None]:
        """Call ``callback`` for events of these types, all if there are none, until what is returned is called.

        Raises EncodeError for what cannot be called, and for types that are no events.
        """
        self._check(callback)
        for event_type in types:
            check_event_class(event_type, "event_types")
        entry = (callback, types)
        self._entries.append(entry)

        def remove() -> None:
            with suppress(ValueError):
                self._entries.remove(entry)

        return remove

    def _check(self, callback: Callback) -> None:
        check_function(callback, "callback")

    def put(self, arrival: Arrival) -> bool:
        """Have an event called out, if anybody listens. Returns at once. The newest one twice is once."""
        if not self._entries:
            return False
        if self._has(arrival):
            return True
        if len(self._waiting) == self._waiting.maxlen:
            self.lost += 1
            self._notices.warn("callbacks are too slow: dropped an event, %d wait", self._waiting.maxlen)
        self._waiting.append(arrival)
        return True

    def _has(self, arrival: Arrival) -> bool:
        """Whether it came before: who brings it was interrupted then, and does it again."""
        newest = None
        with suppress(IndexError):  # none, or it is being taken
            newest = self._waiting[-1]
        return arrival is newest or arrival is self._taken

    def _next(self) -> tuple[AnyEvent, list[Callback]]:
        """The next event that waits, and who wants it."""
        self._taken = self._waiting.popleft()
        event = self._taken.event
        return event, [call for call, types in self._entries if not types or isinstance(event, types)]


class Callbacks(Queue):
    """In a thread, which ends when it is closed."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._news: SimpleQueue[None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def add(self, callback: Callback, types: EventTypes) -> Callable[[], None]:
        """The same, and makes the thread if there is none."""
        remove = super().add(callback, types)
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="gatts-codec callbacks", daemon=True)
            self._thread.start()
        return remove

    def put(self, arrival: Arrival) -> bool:
        """The same, and wakes the thread."""
        is_heard = super().put(arrival)
        if is_heard and self._news.empty():
            self._news.put(None)
        return is_heard

    def close(self, patience_s: float) -> None:
        """End the thread after the callback it is in, and wait for that a while; may be called from that callback."""
        self._closed = True
        self._news.put(None)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(patience_s)
            if patience_s and thread.is_alive():
                log.warning("a callback still runs %g s after the client was closed", patience_s)

    def _work(self) -> None:
        while not self._closed:
            self._news.get()
            while self._waiting and not self._closed:
                event, callbacks = self._next()
                for callback in callbacks:
                    # sys.exit(), too: it would end the thread, and nobody would be called any more.
                    try:
                        call_back(callback, event)
                    except BaseException:
                        log.exception("the callback %r failed for %r", callback, event)


class AsyncCallbacks(Queue):
    """In a task of the running loop, which is cancelled when it is closed. Coroutine functions are awaited."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()
        self._worker: asyncio.Task[None] | None = None

    def _check(self, callback: Callback) -> None:
        if not iscoroutinefunction(callback):
            super()._check(callback)

    def put(self, arrival: Arrival) -> bool:
        """The same, and wakes the task, or makes it: an interrupt of the loop may have ended the one before."""
        is_heard = super().put(arrival)
        if is_heard:
            self._news.set()
            if self._worker is None or self._worker.done():
                self._worker = self._start(self._work())
        return is_heard

    def close(self) -> list[asyncio.Task[None]]:
        """End the tasks, which are returned to be awaited; where a callback calls this, after that callback."""
        self._closed = True
        self._news.set()
        with suppress(RuntimeError):  # of asyncio, where no loop runs any more
            if asyncio.current_task() in self.tasks:
                return []
        for task in self.tasks:
            task.cancel()
        return list(self.tasks)

    async def _work(self) -> None:
        while not self._closed:
            await self._news.wait()
            self._news.clear()
            while self._waiting and not self._closed:
                await self._call_out(*self._next())

    async def _call_out(self, event: AnyEvent, callbacks: list[Callback]) -> None:
        for callback in callbacks:
            if self._closed:
                return
            outcome = call_back(callback, event)
            if asyncio.iscoroutine(outcome):
                await self._finish(callback, event, outcome)
            else:
                await asyncio.sleep(0)

    async def _finish(
        self, callback: Callback, event: AnyEvent, outcome: Coroutine[object, object, object]
    ) -> None:
        # In a task of its own: one that is cancelled by its own doing does not end the others.
        task = self._start(acall(callback, event, outcome))
        task.add_done_callback(lambda _: outcome.close())  # it may have been cancelled before it began
        await asyncio.wait({task})

    def _start(self, coroutine: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


async def acall(callback: Callback, event: AnyEvent, outcome: Awaitable[object]) -> None:
    """The same for what a coroutine function returned."""
    try:
        await outcome
    except Exception:
        log.exception("the callback %r failed for %r", callback, event)
