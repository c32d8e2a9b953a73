"""What must hold, whatever happens: no event is lost in silence, nothing hangs, nothing is left."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import sys
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from gatts_codec.link.any_client import AnyClient

TICK_S = 0.01
MARGIN_S = 20.0  # of ticks: they take longer where the machine is slow
_FOR_EVER_S = 600.0
_FDS = "/proc/self/fd"


class Failure(Exception):
    """A promise is broken."""


class Metronome(threading.Thread):
    """Time in units of the run: a tick comes later where threads have to wait for the machine."""

    def __init__(self) -> None:
        super().__init__(name="metronome", daemon=True)
        self._ticks, self._stopping = 0, threading.Event()

    def run(self) -> None:
        """Tick until it is stopped."""
        while not self._stopping.wait(TICK_S):
            self._ticks += 1

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self.join()

    @property
    def now_s(self) -> float:
        """Seconds of ticks: never more than have passed."""
        return self._ticks * TICK_S

    def wait_for(self, what: str, condition: Callable[[], bool], limit_s: float = MARGIN_S) -> None:
        """Wait until something is so; a Failure where it does not become so."""
        until = self.now_s + limit_s
        while not condition():
            if self.now_s > until:
                raise Failure(f"{what}: not within {limit_s:g} s")
            time.sleep(TICK_S / 5)


class Ledger:
    """Events by number: which the host has acknowledged, and who got them."""

    def __init__(self) -> None:
        self.sent = 0
        self.acked: set[int] = set()
        self.taken: dict[str, list[int]] = {}

    def next_number(self) -> int:
        """The number of the next event."""
        self.sent += 1
        return self.sent

    def taker(self, name: str) -> list[int]:
        """Where one who takes events puts their numbers."""
        return self.taken.setdefault(name, [])

    def check(self, lost: int) -> None:
        """Every event came to one of the takers, once, but for so many that the client has counted."""
        counts = Counter(number for numbers in self.taken.values() for number in numbers)
        if twice := [number for number, count in counts.items() if count > 1]:
            raise Failure(f"events {twice} were taken twice")
        missing = self.acked - set(counts)
        if len(missing) > lost:
            raise Failure(
                f"events {sorted(missing)} were acknowledged and never came; {lost} are counted as lost"
            )


def check_order(name: str, numbers: list[int]) -> None:
    """Events come once, and in the order in which the chip sent them."""
    if numbers != sorted(set(numbers)):
        raise Failure(f"{name} got events twice or out of order: {numbers}")


class _Log(logging.Handler):
    """What the library logs as its own error."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._failures = failures

    def emit(self, record: logging.LogRecord) -> None:
        """Note it."""
        error = record.exc_info[1] if record.exc_info else None
        if not (isinstance(error, Exception) and getattr(error, "expected", False)):
            self._failures.append(f"logged: {record.getMessage()}: {error!r}")


@contextmanager
def nothing_left(metronome: Metronome, failures: list[str]) -> Iterator[None]:
    """Note what goes wrong unseen, and what is left of threads and descriptors."""
    gc.collect()
    fds, threads = _open_fds(), set(threading.enumerate())

    def left() -> list[str]:
        return our_threads(threads)

    handler, log = _Log(failures), logging.getLogger("gatts_codec")
    hooks = sys.unraisablehook, threading.excepthook
    sys.unraisablehook = lambda args: _went_under(args, failures)
    threading.excepthook = lambda args: _died(args, failures)
    log.addHandler(handler)
    before = log.propagate
    log.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda message, *_: failures.append(f"warning: {message}")
            yield
            gc.collect()
        try:
            metronome.wait_for("threads end", lambda: not left())
        except Failure as error:
            raise Failure(f"{error}: {left()}{_stacks()}") from None
        metronome.wait_for("descriptors are closed", lambda: _open_fds() <= fds)
    finally:
        log.removeHandler(handler)
        log.propagate = before
        sys.unraisablehook, threading.excepthook = hooks


def _went_under(args: Any, failures: list[str]) -> None:
    if not isinstance(
        args.exc_value, KeyboardInterrupt
    ):  # Python lets that go under in a finalizer of its own
        failures.append(f"unraisable: {args.err_msg} {args.exc_value!r} in {args.object!r}")


def _died(args: Any, failures: list[str]) -> None:
    if not isinstance(args.exc_value, KeyboardInterrupt):  # that one came when the program was not in a call
        failures.append(
            f"thread {args.thread and args.thread.name} died: {args.exc_value!r}{_where(args.exc_traceback)}"
        )


def _where(trace: TracebackType | None) -> str:
    places = []
    while trace is not None:
        places.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")  # noqa: PTH119
        trace = trace.tb_next
    return " at " + " > ".join(places)


def _stacks() -> str:
    """Where the library's threads stand, and who knows of clients that should be gone."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = [
        f"\n{names.get(ident)}:\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in sys._current_frames().items()
    ]
    clients = [each for each in gc.get_objects() if isinstance(each, AnyClient)]
    known = [f"\n{each} is known to {[str(who)[:200] for who in gc.get_referrers(each)]}" for each in clients]
    return "".join([*stacks, *known])


def our_threads(before: Collection[threading.Thread] = ()) -> list[str]:
    """The threads that the library has started, since ``before``, and not ended."""
    started = [thread for thread in threading.enumerate() if thread not in before]
    return [thread.name for thread in started if thread.name.startswith("gatts-codec")]


def _open_fds() -> int:
    return len(os.listdir(_FDS)) if os.path.isdir(_FDS) else 0  # noqa: PTH112, PTH208


@contextmanager
def watchdog() -> Iterator[None]:
    """Where something hangs: where every thread stands, and the end of the process."""
    faulthandler.dump_traceback_later(_FOR_EVER_S, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def describe(error: BaseException) -> str:
    """An error and where it came from."""
    return f"{error!r}{_where(error.__traceback__)}"


def join_all(metronome: Metronome, threads: Iterable[threading.Thread], limit_s: float) -> None:
    """Wait for threads; a Failure where one does not end, with what each thread is doing."""
    for thread in threads:
        try:
            metronome.wait_for(f"{thread.name} ends", lambda thread=thread: not thread.is_alive(), limit_s)  # type: ignore[misc]
        except Failure:
            faulthandler.dump_traceback(sys.__stderr__ or sys.stderr)
            raise
