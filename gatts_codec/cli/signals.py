"""Signals that ask a command to end. Whichever comes, what was begun is cleaned up: half files, links, sockets."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_HANGUP = getattr(signal, "SIGHUP", None)  # the terminal is gone; Windows has none
_POLITE = [number for number in (signal.SIGTERM, _HANGUP) if number is not None]


@contextmanager
def cleaned_up() -> Iterator[None]:
    """SIGTERM and SIGHUP raise SystemExit, with the status that shells report, so that every ``finally`` is run.

    Once: a second one must not disturb the cleaning up.
    """

    def end(number: int, _: object) -> None:
        for each in _POLITE:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    with _handled(_POLITE, end):
        yield


@contextmanager
def ended_by(stop: Callable[[], object]) -> Iterator[None]:
    """The first of SIGINT, SIGTERM and SIGHUP calls ``stop``; where that returns False, it cannot, and twice: at once.

    An exception out of a signal handler can come anywhere, also where a lock is held. So the thread that works is
    asked to end, and KeyboardInterrupt is for those who wait.
    """
    asked = False

    def end(*_: object) -> None:
        nonlocal asked
        first, asked = not asked, True
        if not first or stop() is False:
            raise KeyboardInterrupt

    with _handled([signal.SIGINT, *_POLITE], end):
        yield


@contextmanager
def _handled(numbers: list[Any], handler: Callable[[int, object], None]) -> Iterator[None]:
    """Have signals handled meanwhile. What ``nohup`` has had ignored stays so; only the main thread may change it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = [_HANGUP] if _HANGUP and signal.getsignal(_HANGUP) is signal.SIG_IGN else []
    before = {number: signal.signal(number, handler) for number in numbers if number not in kept}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
