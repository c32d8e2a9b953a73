"""Ctrl-C anywhere: at a line or an instruction of the library, by a signal, or raised in another thread."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupt:
    """KeyboardInterrupt at the n-th line, or instruction, of the library's link that the traced thread comes to."""

    def __init__(self, count: int, *, each_instruction: bool = False) -> None:
        self.left = count
        self.place = ""
        self._what = "opcode" if each_instruction else "line"

    @contextmanager
    def armed(self) -> Iterator[None]:
        """In this block, in this thread."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(before)

    def _trace(self, frame: FrameType, what: str, _: Any) -> Any:
        if "gatts_codec/link" not in frame.f_code.co_filename.replace("\\", "/"):
            return None
        frame.f_trace_opcodes = self._what == "opcode"
        if what == self._what:
            self.left -= 1
            if not self.left and _is_swallowed(frame):
                self.left += 1
            elif not self.left:
                sys.settrace(None)
                self.place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self._trace


def _is_swallowed(frame: FrameType | None) -> bool:
    """Whether Python would swallow it here: in a finalizer."""
    while frame is not None and frame.f_code.co_name != "_give_back":
        frame = frame.f_back
    return frame is not None


def interrupt_thread(thread: threading.Thread) -> None:
    """Raise KeyboardInterrupt in another thread, as soon as it is in Python code."""
    if thread.ident is not None and thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt)
        )


@contextmanager
def signal_after(seconds: float) -> Iterator[None]:
    """A signal that raises KeyboardInterrupt in the main thread, if the block lasts so long."""
    exposed = True

    def interrupt(*_: object) -> None:
        if exposed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        exposed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
