"""Transports on a descriptor of the operating system: POSIX serial ports, ptys, sockets."""

from __future__ import annotations

import io
import select
import socket
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gatts_codec.errors import LinkClosed
from gatts_codec.link.transports.base import READ_SIZE, Unshared

# Windows cannot poll, macOS cannot poll its terminals.
_HAS_POLL = sys.platform not in ("win32", "darwin")
_WAKE_SIZE = 4096


class DescriptorWaiter:
    """Waits for one descriptor, or for a wake() from another thread."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._closed = False
        self._awaited, self._poked = socket.socketpair()
        self._awaited.setblocking(False)
        self._poked.setblocking(False)
        _send_at_once(self._poked)
        self._reading: Any = None
        self._either: Any = None
        if sys.platform != "win32" and _HAS_POLL:
            self._reading = self._poll_for(select.POLLIN)
            self._either = self._poll_for(select.POLLIN | select.POLLOUT)

    def _poll_for(self, events: int) -> Any:
        if sys.platform == "win32":
            raise NotImplementedError
        poll = select.poll()
        poll.register(self._fd, events)
        poll.register(self._awaited, select.POLLIN)
        return poll

    def wait(self, timeout_s: float | None, writing: bool = False) -> None:
        if self._closed:
            return  # the number may be somebody else's; read() says that it is closed
        poll = self._either if writing else self._reading
        if poll is None:
            self._select(timeout_s, writing)
            return
        # Rounded up: a wait that ends before the deadline would have to be repeated.
        timeout_ms = None if timeout_s is None else int(timeout_s * 1000) + 1 if timeout_s > 0 else 0
        ready = poll.poll(timeout_ms)
        if ready and ready[-1][0] != self._fd:
            self._drain()

    def _select(self, timeout_s: float | None, writing: bool) -> None:
        wake = self._awaited.fileno()
        if wake < 0:
            return  # closed meanwhile: then read() says so
        wanted = [self._fd] if writing else []
        readable, _, _ = select.select([self._fd, wake], wanted, [], timeout_s)
        if wake in readable:
            self._drain()

    def _drain(self) -> None:
        with suppress(OSError):  # nothing there, or closed meanwhile: then read() says so
            self._awaited.recv(_WAKE_SIZE)

    def wake(self) -> None:
        with suppress(OSError):  # full: the wake-ups in it will do; closed: nobody waits
            self._poked.send(b"\0")

    def close(self) -> None:
        self._closed = True
        self._awaited.close()
        self._poked.close()


class DescriptorTransport(Unshared):
    """A Transport that reads and writes a non-blocking descriptor. Owns what ``close`` closes.

    ``receive`` and ``send`` are methods of an object that knows when it has been closed, as sockets and ``FileIO`` do:
    a number alone may be somebody else's by then. ``close`` may be called twice.
    """

    def __init__(
        self,
        name: str,
        fd: int,
        *,
        receive: Callable[[int], bytes | None],
        send: Callable[[bytes], int | None],
        close: Callable[[], object],
        baud: int | None = None,
        parity: bool = False,
    ) -> None:
        self.name, self.baud, self.parity = name, baud, parity
        self._fd, self._receive, self._send, self._close = fd, receive, send, close
        self._closed = False
        self._waiter = DescriptorWaiter(fd)
        self.wait, self.wake = self._waiter.wait, self._waiter.wake
        # For one that is dropped without close(), be it when Python ends.
        self._dropped = weakref.finalize(self, _give_back, self._waiter, close)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def read(self) -> bytes:
        """What has arrived; ``b""`` if nothing. Raises LinkClosed when the other end or the port is gone."""
        if self._closed:
            raise self._gone(None)
        try:
            data = self._receive(READ_SIZE)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        if data == b"":
            raise self._gone(None)
        return data or b""  # FileIO returns None where there is nothing

    def write(self, data: bytes) -> int:
        """Write what fits at once, return how many bytes. Raises LinkClosed."""
        if self._closed:
            raise self._gone(None)
        try:
            return self._send(data) or 0
        except BlockingIOError:
            return 0
        except (OSError, ValueError) as error:
            raise self._gone(error) from error

    def fileno(self) -> int | None:
        """The descriptor. Raises LinkClosed when it is no longer ours."""
        if self._closed:
            raise self._gone(None)
        return self._fd

    def close(self) -> None:
        """Close what it owns. May be called twice, and again after an interrupt."""
        self._closed = True
        _give_back(self._waiter, self._close)
        self._dropped.detach()

    def _gone(self, error: OSError | ValueError | None) -> LinkClosed:
        if self._closed:
            return LinkClosed(f"{self.name} is closed", stage="closed")
        why = f": {getattr(error, 'strerror', None) or error}" if error else ""
        return LinkClosed(
            f"{self.name} went away{why}; unplugged, or the other end closed it",
            stage="closed",
            heard="end of stream",
        )


def _give_back(waiter: DescriptorWaiter, close: Callable[[], object]) -> None:
    waiter.close()
    close()


def _send_at_once(end: socket.socket) -> None:
    # TCP would wait for more to send; but every packet waits for an answer. Windows makes also socket pairs of TCP.
    if end.family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):  # macOS refuses it when the other end has already gone, which read() tells
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def socket_transport(name: str, connected: socket.socket) -> DescriptorTransport:
    """A Transport on a connected stream socket, which it then owns."""
    connected.setblocking(False)
    _send_at_once(connected)
    return DescriptorTransport(
        name, connected.fileno(), receive=connected.recv, send=connected.send, close=connected.close
    )


def open_file(fd: int, *, owned: bool = True) -> io.FileIO:
    """A descriptor as an object that reads and writes it until it is closed; ``owned``: and then closes it."""
    return io.FileIO(fd, "r+b", closefd=owned)
