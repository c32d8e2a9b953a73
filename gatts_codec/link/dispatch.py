"""Callbacks, in a thread of their own: they may take their time, call the chip, and close the client."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Coroutine

from gatts_codec.link.inbox import AnyEvent
from gatts_codec.link.notices import Notices, call_back, log

Callback = Callable[[AnyEvent], object]
Types = tuple[type[AnyEvent], ...]


_PATIENCE_S = 5.0


class Callbacks:
    """Who is called for which events. At most ``size`` events wait; then the oldest is dropped, with a warning."""

    def __init__(self, size: int) -> None:
        self._waiting: deque[AnyEvent] = deque()
        self._size = max(1, size)
        self._callbacks: list[tuple[Callback, Types]] = []
        self._news = threading.Condition()
        self._notices = Notices()
        self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, callback: Callback, types: Types) -> Callable[[], None]:
        """Call ``callback`` for events of these types, all if there are none, until what is returned is called."""
        entry = (callback, types)
        with self._news:
            self._callbacks.append(entry)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="gatts-codec callbacks", daemon=True)
                self._thread.start()

        def remove() -> None:
            with self._news:
                if entry in self._callbacks:
                    self._callbacks.remove(entry)

        return remove

    def put(self, event: AnyEvent) -> bool:
        """Have an event called out, if anybody listens. Returns at once."""
        if not self._callbacks:
            return False
        with self._news:
            if len(self._waiting) >= self._size:
                self._waiting.popleft()
                self._notices.warn("callbacks are too slow: dropped an event, %d wait", self._size)
            self._waiting.append(event)
            self._news.notify()
        return True

    def close(self) -> None:
        """End the thread after the callback it is in, and wait for that a while; may be called from that callback."""
        with self._news:
            self._closed = True
            self._waiting.clear()
            self._news.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_PATIENCE_S)
            if self._thread.is_alive():
                log.warning("a callback still runs %g s after the client was closed", _PATIENCE_S)

    def _work(self) -> None:
        while True:
            with self._news:
                while not self._waiting:
                    if self._closed:
                        return
                    self._news.wait()
                event = self._waiting.popleft()
                wanting = [call for call, types in self._callbacks if not types or isinstance(event, types)]
            for callback in wanting:
                call_back(callback, event)


async def arun(callback: Callback, coroutine: Coroutine[object, object, object], event: AnyEvent) -> None:
    """The same for what a coroutine function returned."""
    try:
        await coroutine
    except Exception:
        log.exception("the callback %r failed for %r", callback, event)
