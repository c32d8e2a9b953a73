"""Recordings converted in processes of their own, none of which outlives this one.

Each holds an end of a pipe, its leash. This process has the other end, and the system lets go of it when this process
is killed: the reader of the leash then notices it, and ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from multiprocessing import get_context
from types import FrameType
from typing import Any

from gatts_codec.capture.bulk.many import Conversion, Results, Task, attempt
from gatts_codec.capture.bulk.storage import is_url, remove_parts_of
from gatts_codec.errors import CaptureError

_MOST_JOBS_ON_WINDOWS = 61  # it waits for no more objects at a time; Python raises ValueError
_KILLED = (
    "a worker process was killed, {} of {} recordings are not converted: run it again for these, "
    "with fewer jobs if memory was short"
)


def run_processes(todo: Sequence[Task], jobs: int) -> Results:
    """Several at a time, in processes of their own; they hand back counts, since the tables are written there.

    Raises CaptureError when one of them is killed. They end when the generator is closed.
    """
    if sys.platform == "win32":
        jobs = min(jobs, _MOST_JOBS_ON_WINDOWS)
    # A forked process would inherit Arrow's threads in whatever state they are.
    context = get_context("spawn")
    leash, held = context.Pipe(duplex=False)
    with _undisturbed():  # this starts the process that tracks the others' semaphores, and takes Ctrl-C again
        pool = ProcessPoolExecutor(jobs, context, _begin, (leash,))
    done = 0
    with closing(leash), closing(held), pool:
        try:
            with _undisturbed():
                futures = [pool.submit(_work, task) for task in todo]
            for future in as_completed(futures):
                result = future.result()
                done += 1
                yield result
        except BrokenProcessPool:
            raise CaptureError(_KILLED.format(len(todo) - done, len(todo))) from None
        except BaseException:  # no caller waits for the others
            held.close()
            raise


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and hang-ups wait. What is started meanwhile never gets them: its terminal sends them here too."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- in a worker

_under_way: list[Task] = []


def _begin(leash: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_follow, args=(leash,), daemon=True).start()


def _follow(leash: Any) -> None:
    with suppress(EOFError, OSError):
        leash.recv_bytes()
    # The main thread is to end it: what it writes is deleted, and nothing is begun after that. On Windows at once.
    os.kill(os.getpid(), signal.SIGTERM)


def _work(task: Task) -> Conversion:
    _under_way[:] = [task]
    return attempt(task)


def _end(number: int, frame: FrameType | None) -> None:
    # The leash sends another, which would cut short what follows.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for task in _under_way:
        for name in (task.target, task.note):
            if not is_url(name):  # a store may have to be asked by the very code that was interrupted
                remove_parts_of(name, task.run_id)
    os._exit(128 + number)
