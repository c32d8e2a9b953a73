"""A transport between a link and another transport, which sees every chunk that goes by."""

from __future__ import annotations

import threading
from typing import Literal

from gatts_codec.link.transports.base import Transport, Unshared

End = Literal["host", "chip"]
_DIRECTIONS = {"host": ("host->device", "device->host"), "chip": ("device->host", "host->device")}


class OverheardTransport(Unshared):
    """``_hear`` gets what is read and written, one chunk at a time, a question before its answer.

    ``end`` says which end of the wire it is: a host writes ``host->device``.
    """

    def __init__(self, transport: Transport, end: End = "host") -> None:
        self.transport = transport
        self.name, self.baud, self.parity = transport.name, transport.baud, transport.parity
        self._written, self._read = _DIRECTIONS[end]
        self._lock = threading.Lock()
        self.fileno, self.wait, self.wake = transport.fileno, transport.wait, transport.wake
        if hasattr(transport, "watch"):
            self.watch = transport.watch

    def read(self) -> bytes:
        """What the transport has received, heard as soon as it is read. Raises LinkClosed."""
        data = self.transport.read()
        if data:
            with self._lock:
                self._hear(self._read, data)
        return data

    def write(self, data: bytes) -> int:
        """Have the transport take bytes; those that it took are heard. Raises LinkClosed."""
        with self._lock:  # the answer must not be heard before the question
            taken = self.transport.write(data)
            if taken:
                self._hear(self._written, data[:taken])
        return taken

    def close(self) -> None:
        """Close the transport. May be called twice."""
        with self._lock:
            self.transport.close()
            self._end()

    def _hear(self, direction: str, data: bytes) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        """Nothing more comes."""
