"""A lock that an interrupt cannot leave locked.

Ctrl-C can come between any two instructions: between ``acquire`` and ``try``, in ``finally``, in ``__exit__``. So no
thread has to give a hold back. It belongs to a frame, and ends at the latest when that frame no longer runs, which the
thread that waits for it can see. Holds are taken in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from sys import _getframe
from time import monotonic
from types import FrameType
from typing import TypeVar

from gatts_codec.errors import LinkTimeout

S = TypeVar("S")
T = TypeVar("T")

_LOOK_S = 0.05  # how often to look whether who is ahead still runs


class Busy(LinkTimeout):
    """Another one had it all the time. A caller gets it whose signal handler has interrupted the one who has it."""

    def __init__(self) -> None:
        super().__init__(
            "this thread is in a call already, which a signal handler has interrupted: call when it has returned",
            stage="turn",
        )


class Hold:
    """At most one thread at a time runs what is given to ``run``. Every step below is a single operation in C."""

    def __init__(self) -> None:
        self._queue: list[FrameType] = []  # who has it, then who waits for it
        self._gates: dict[FrameType, SimpleQueue[None]] = {}

    def run(self, work: Callable[[S], T], what: S, until: float | None = None) -> T:
        """``work(what)``, run alone. Raises Busy where its turn has not come by that time (``monotonic``).

        So it does at once where the caller interrupts the holder in the holder's own thread, as signal handlers do.
        """
        frame, queue = _getframe(), self._queue
        queue.append(frame)
        try:
            if queue[0] is not frame:
                self._wait(frame, until)
            return work(what)
        finally:
            queue.remove(frame)
            del frame  # or it would keep itself
            if queue:
                self._wake_next()

    def check(self) -> None:
        """Raises Busy where the caller is a signal handler that has interrupted the holder in its own thread."""
        if self._queue and _is_below(self._first(), _getframe()):
            raise Busy

    def _wait(self, frame: FrameType, until: float | None) -> None:
        gate: SimpleQueue[None] = SimpleQueue()
        self._gates[frame] = gate
        try:
            while (ahead := self._first()) is not frame:
                rest_s = _LOOK_S if until is None else min(until - monotonic(), _LOOK_S)
                if rest_s <= 0 or _is_below(ahead, frame):
                    raise Busy
                with suppress(Empty):
                    gate.get(timeout=rest_s)
        finally:
            self._gates.pop(frame, None)

    def forget(self) -> None:
        """Let go of frames that no longer run, and with them of their callers'."""
        self._first()
        for frame in self._gates.copy():
            if frame not in self._queue:
                self._gates.pop(frame, None)

    def _first(self) -> FrameType | None:
        """Who has it, once those are gone who no longer run."""
        while self._queue:
            with suppress(IndexError, ValueError):  # others look, too
                first = self._queue[0]
                if _runs(first):
                    return first
                self._gates.pop(first, None)
                self._queue.remove(first)
        return None

    def _wake_next(self) -> None:
        with suppress(IndexError):
            gate = self._gates.get(self._queue[0])
            if gate is not None:
                gate.put(None)


def _runs(frame: FrameType) -> bool:
    try:
        frame.clear()  # which is refused as long as it runs
    except RuntimeError:
        return True
    return False


def _is_below(frame: FrameType | None, top: FrameType) -> bool:
    each: FrameType | None = top
    while each is not None and each is not frame:
        each = each.f_back
    return each is not None
