"""A transport inside one event loop, without descriptor or thread: a chip beside its client, a port of a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gatts_codec.errors import LinkClosed
from gatts_codec.link.transports.base import Unshared


def call_at(
    loop: asyncio.AbstractEventLoop, due: float, callback: Callable[..., object], *arguments: object
) -> asyncio.TimerHandle:
    """``loop.call_at``, where ``due`` may have passed: the event loop of a browser refuses that."""
    return loop.call_later(max(0.0, due - loop.time()), callback, *arguments)


class LoopPort(Unshared):
    """A byte stream that its other end pushes: ``feed`` brings bytes, ``write`` hands them on at once.

    For asyncio clients alone: nobody can wait for it in a thread. All methods are for the loop's thread.
    """

    baud: int | None = None
    parity: bool = False

    def __init__(
        self, name: str, write: Callable[[bytes], object], end: Callable[[], object] = lambda: None
    ) -> None:
        self.name = name
        self._write, self._end = write, end
        self._arrived = bytearray()
        self._closed = ""
        self._readable: Callable[[], object] = lambda: None

    def watch(self, readable: Callable[[], object]) -> None:
        """Call back, in a turn of the loop of its own, when something has arrived or the other end has gone."""
        self._readable = readable
        if self._arrived:
            self._call_soon()

    def feed(self, data: bytes) -> None:
        """The other end's: these bytes arrive."""
        self._arrived += data
        self._call_soon()

    def hang_up(self) -> None:
        """The other end's: it goes away."""
        self._closed = "the other end has gone"
        self._call_soon()

    def read(self) -> bytes:
        """What has arrived. Raises LinkClosed once the other end has gone and everything has been read."""
        if self._closed and not self._arrived:
            raise self._ended()
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def write(self, data: bytes) -> int:
        """Hand all bytes on. Raises LinkClosed when the other end has gone, or after ``close``."""
        if self._closed:
            raise self._ended()
        self._write(data)
        return len(data)

    def wait(self, timeout_s: float | None, writing: bool = False) -> None:
        """Raises LinkClosed: bytes arrive in the loop, and a thread that waits for them would block it."""
        raise LinkClosed(f"{self.name} is for asyncio clients: use aconnect", stage="open")

    def wake(self) -> None:
        """Nobody waits."""

    def fileno(self) -> None:
        """There is no descriptor."""

    def close(self) -> None:
        """Give the other end up. May be called twice."""
        if not self._closed:
            self._closed = "closed"
            self._end()

    def _ended(self) -> LinkClosed:
        return LinkClosed(f"{self.name}: {self._closed}", stage="closed")

    def _call_soon(self) -> None:
        asyncio.get_running_loop().call_soon(self._readable)
