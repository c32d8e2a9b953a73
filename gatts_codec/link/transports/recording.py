"""``record=path.jsonl`` on any transport: every chunk that is read or written, in the capture format, as it happens.

    {"t_us": 405590, "dir": "host->device", "hex": "c0000500fbc0"}

``t_us`` counts microseconds from the opening. One line a chunk, each written whole before the next byte is taken: a
process that is killed leaves every chunk up to its death. An existing file is replaced.
"""

from __future__ import annotations

import logging
import os
import time

from gatts_codec.errors import printable
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.overheard import End, OverheardTransport

_log = logging.getLogger(__name__)

# Windows would write CR before LF; a FIFO that nobody reads would stop the link.
_HOW = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class RecordingTransport(OverheardTransport):
    """Another transport, recorded. ``end`` says which end of the wire it is: a host writes ``host->device``.

    Raises OSError where the file cannot be made. One that can no longer be written ends, with an error in the log; the
    transport goes on.
    """

    def __init__(self, transport: Transport, path: str | os.PathLike[str], end: End = "host") -> None:
        super().__init__(transport, end)
        self._began_ns = time.perf_counter_ns()  # on Windows, monotonic_ns() may tick every 16 ms
        self._path = os.fspath(path)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _HOW, 0o666)

    def _hear(self, direction: str, data: bytes) -> None:
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
            self._end()

    def _end(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
