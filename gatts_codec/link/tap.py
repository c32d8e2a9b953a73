"""A man in the middle: passes bytes between a host program and a chip, and tells what passed.

    with Tap(host=open_transport("pty:/tmp/chip"), chip=open_transport("/dev/ttyACM0")) as tap:
        for passed in tap:
            print(passed)

One thread serves each side: it reads there, and writes what the other side's thread could not write at once. Bytes
pass as they are, in the pieces in which they come; a slow observer delays nothing.

Memory is bounded. Of what passes unobserved, 4 MiB are kept, and the rest is counted. A host that writes faster
than the chip's port takes is made to wait. A chip cannot be made to wait: what no host program takes is dropped, beyond
16 KiB, as a serial port without a reader drops it, and reported.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gatts_codec.errors import LinkClosed
from gatts_codec.link.transports.base import Transport

Way = Literal["host->device", "device->host"]
MAX_QUEUED = 1 << 14  # bytes; more would be stale when a program opens the port at last
MAX_UNSEEN = 4 << 20  # bytes that passed and were not looked at; more are counted only
MAX_FAREWELL = 1 << 14  # bytes of them that are still reported once the tap has been stopped
_PIECE_COST = 256  # bytes that a piece takes beside its own


class Passed(NamedTuple):
    """Bytes that arrived from one side. ``t_us`` counts from the tap's beginning.

    ``dropped`` bytes of them did not go on; ``unseen`` pieces before this one were not reported: none was asked for.
    """

    t_us: int
    dir: Way
    data: bytes
    dropped: int = 0
    unseen: int = 0


class _Side:
    """One end: its transport, and what is still to be written to it."""

    def __init__(self, transport: Transport, way: Way, *, can_wait: bool) -> None:
        self.transport, self.way, self.can_wait = transport, way, can_wait
        self._pending = bytearray()
        self._lock = threading.Lock()

    @property
    def has_room(self) -> bool:
        return len(self._pending) < MAX_QUEUED

    def excess(self, size: int) -> int:
        """How many of ``size`` more bytes would find no room."""
        return 0 if self.can_wait else max(0, len(self._pending) + size - MAX_QUEUED)

    def put(self, data: bytes) -> None:
        """Write bytes, or leave them to this side's thread."""
        with self._lock:
            self._pending += data
        if self.flush():
            self.transport.wake()

    def flush(self) -> bool:
        """Write what fits; whether something is left."""
        with self._lock:
            while self._pending:
                written = self.transport.write(bytes(self._pending))
                if not written:
                    return True
                del self._pending[:written]
        return False


class Tap:
    """Passes bytes until one side goes away or ``stop()``. Iterate to see them; the iteration ends with the tap.

    After ``stop()`` it ends soon: what was passed and not yet reported is reported up to 16 KiB, and counted beyond.

    Owns both transports from the start of the ``with`` block on. ``ended_by`` is the error that ended it, None after
    ``stop()``; ``unseen`` pieces came since the last one that was reported.
    """

    def __init__(self, host: Transport, chip: Transport) -> None:
        self._host = _Side(host, "host->device", can_wait=False)
        self._chip = _Side(chip, "device->host", can_wait=True)
        self._seen: queue.SimpleQueue[Passed | None] = queue.SimpleQueue()
        self.unseen = 0
        # Bytes ever reported and ever taken: each has one writer, so that taking needs no lock.
        self._told = self._taken = 0
        self._telling = threading.Lock()
        self._stopping = threading.Event()
        self._in_haste = False
        self._threads = [
            threading.Thread(target=self._serve, args=sides, name=f"tap {sides[0].way}", daemon=True)
            for sides in ((self._host, self._chip), (self._chip, self._host))
        ]
        self._began_ns = time.perf_counter_ns()
        self.ended_by: LinkClosed | None = None

    def __enter__(self) -> Tap:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        try:
            for thread in self._threads:
                thread.join()
        finally:  # also after an interrupt
            self._host.transport.close()
            self._chip.transport.close()

    def __iter__(self) -> Iterator[Passed]:
        farewell = MAX_FAREWELL
        while (passed := self._seen.get()) is not None:
            self._taken += _cost(passed.data)
            farewell -= len(passed.data) if self._in_haste else 0
            if farewell >= 0:
                yield passed
            else:
                with self._telling:
                    self.unseen += 1 + passed.unseen

    def stop(self) -> None:
        """End the tap, from any thread or signal handler."""
        self._in_haste = True
        self._end()

    def _end(self) -> None:
        # Takes no lock: a signal handler may interrupt the thread that has it.
        self._stopping.set()
        self._host.transport.wake()
        self._chip.transport.wake()
        self._seen.put(None)

    def _serve(self, side: _Side, other: _Side) -> None:
        try:
            while not self._stopping.is_set():
                waiting = side.flush()
                if not other.has_room and other.can_wait:
                    self._pause(side, other)
                    continue
                side.transport.wait(None, writing=waiting)
                data = side.transport.read()
                dropped = other.excess(len(data))
                if data:
                    # First: no answer may be reported before its question.
                    self._tell(side.way, data, dropped)
                    other.put(data[: len(data) - dropped])
        except LinkClosed as error:
            self.ended_by = self.ended_by or error
            self._end()

    def _pause(self, side: _Side, other: _Side) -> None:
        # Its input stays where it is until the other side has taken what it has.
        while not other.has_room and not self._stopping.is_set():
            side.flush()
            self._stopping.wait(0.001)

    def _tell(self, way: Way, data: bytes, dropped: int) -> None:
        with self._telling:
            t_us = (time.perf_counter_ns() - self._began_ns) // 1000
            if self._told - self._taken + _cost(data) > MAX_UNSEEN:
                self.unseen += 1
                return
            self._told += _cost(data)
            self._seen.put(Passed(t_us, way, data, dropped, self.unseen))
            self.unseen = 0


def _cost(data: bytes) -> int:
    return len(data) + _PIECE_COST
