"""``record=path.jsonl`` on any transport: every chunk that is read or written, in the capture format, as it happens.

    {"t_us": 405590, "dir": "host->device", "hex": "c0000500fbc0"}

``t_us`` counts microseconds from the opening. One line a chunk, each written whole before the next byte is taken: a
process that is killed leaves every chunk up to its death. An existing file is replaced.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Literal

from gatts_codec.errors import printable
from gatts_codec.link.transports.base import Transport

_log = logging.getLogger(__name__)

End = Literal["host", "chip"]
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write CR before LF
_DIRECTIONS = {"host": ("host->device", "device->host"), "chip": ("device->host", "host->device")}


class RecordingTransport:
    """Another transport, recorded. ``end`` says which end of the wire it is: a host writes ``host->device``.

    Raises OSError where the file cannot be made. One that can no longer be written ends, with an error in the log; the
    transport goes on.
    """

    def __init__(self, transport: Transport, path: str | os.PathLike[str], end: End = "host") -> None:
        self.transport = transport
        self.name, self.baud, self.parity = transport.name, transport.baud, transport.parity
        self._written, self._read = _DIRECTIONS[end]
        self._lock = threading.Lock()
        self._began_ns = time.perf_counter_ns()  # on Windows, monotonic_ns() may tick every 16 ms
        self._path = os.fspath(path)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o666)
        self.fileno, self.wait, self.wake = transport.fileno, transport.wait, transport.wake
        if hasattr(transport, "watch"):
            self.watch = transport.watch

    def read(self) -> bytes:
        """What the transport has received, noted as soon as it is read. Raises LinkClosed."""
        data = self.transport.read()
        if data:
            self._note(self._read, data)
        return data

    def write(self, data: bytes) -> int:
        """Have the transport take bytes; those that it took are noted. Raises LinkClosed."""
        with self._lock:  # the answer must not be noted before the question
            taken = self.transport.write(data)
            if taken:
                self._append(self._written, data[:taken])
        return taken

    def close(self) -> None:
        """Close the transport, and the file with it. May be called twice."""
        with self._lock:
            self.transport.close()
            self._end_file()

    def _note(self, direction: str, data: bytes) -> None:
        with self._lock:
            self._append(direction, data)

    def _append(self, direction: str, data: bytes) -> None:
        if self._fd < 0:
            return
        t_us = (time.perf_counter_ns() - self._began_ns) // 1000
        line = f'{{"t_us":{t_us},"dir":"{direction}","hex":"{data.hex()}"}}\n'.encode()
        try:
            while line:
                line = line[os.write(self._fd, line) :]
        except OSError as error:
            # The link matters more than its recording, but the file must not look complete.
            _log.error("recording to %s ends here: %s", printable(self._path), error.strerror or error)
            self._end_file()

    def _end_file(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
