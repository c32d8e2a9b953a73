"""A file that is still written to, for readers that want to see what comes."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

_POLL_S = 0.1

OnChange = Callable[[str], object]


class Growing(io.RawIOBase):
    """At the end of the file a read waits for more. Raises OSError if there is no such file.

    It is ``over``, and only then at its end, once the file is shorter than what was read of it, or another one has its
    name: what is there then starts again. ``on_change`` gets that, and that the file was deleted.
    """

    def __init__(self, path: str | os.PathLike[str], on_change: OnChange) -> None:
        self._path, self._on_change = Path(path), on_change
        self._file = self._path.open("rb", buffering=0)
        self._missing = False
        self.over = False

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close the file."""
        if hasattr(self, "_file"):  # not where it could not be opened
            self._file.close()
        super().close()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """What there is; waits where there is nothing."""
        while not self.over:
            if count := self._file.readinto(buffer):
                return count
            change = self._change()
            if not change:
                time.sleep(_POLL_S)
            elif count := self._file.readinto(buffer):  # written to it just before
                return count
            else:
                self.over = True
                self._on_change(f"{self._path} {change}: from its beginning")
        return 0

    def _change(self) -> str:
        """Why what was read so far is history; nothing if it is not."""
        here = os.fstat(self._file.fileno())
        if here.st_size < self._file.tell():
            return "was cut short"
        try:
            there = self._path.stat()
        except OSError:
            if not self._missing:
                self._on_change(f"{self._path} was deleted: waiting for a new one")
            self._missing = True
            return ""
        self._missing = False
        return "" if os.path.samestat(here, there) else "is another file now"


def wait_for(path: str | os.PathLike[str], on_change: OnChange) -> Growing:
    """The file, once there is one."""
    while True:
        try:
            return Growing(path, on_change)
        except FileNotFoundError:
            time.sleep(_POLL_S)
