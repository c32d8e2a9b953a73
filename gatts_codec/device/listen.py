"""Where a virtual chip waits for its host: a new pseudo-terminal, a TCP port, a Unix socket.

Each gives transports, one a connection: a pty once and for all, a listening socket one after the other.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import queue
import socket
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

from gatts_codec.arguments import checked
from gatts_codec.errors import PortError
from gatts_codec.link.notices import call_back
from gatts_codec.link.transports import Transport, open_transport
from gatts_codec.link.transports.descriptor import socket_transport

_log = logging.getLogger(__name__)

# How long a wait may keep a Ctrl-C waiting on Windows.
_ACCEPT_SLICE_S = 0.2
_LEAVING_S = 1.0
_BACKLOG = 8


class Place(Protocol):
    """Somewhere a host can come to. ``url`` is what ``connect`` takes."""

    url: str

    def transports(self, until: float | None = None) -> Iterator[Transport]:
        """A transport for each host that comes; none any more from the time ``until`` (of ``monotonic``) on."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


class PtyPlace:
    """A pseudo-terminal, or a symbolic link to one. Raises PortError where there are none."""

    def __init__(self, link: str) -> None:
        self._transport = open_transport(f"pty:{link}")
        self.url = f"serial:{self._transport.name}"

    def transports(self, until: float | None = None) -> Iterator[Transport]:
        """The one there is: a host that leaves and one that comes look alike."""
        yield self._transport

    def close(self) -> None:
        """Remove it."""
        self._transport.close()


class SocketPlace:
    """A listening socket, which takes one host at a time: a serial line has one other end.

    A further host is refused meanwhile: its connection is closed, and ``on_refused`` is called with its address, from a
    thread of the place's own.
    """

    def __init__(self, listening: socket.socket, url: str, path: Path | None = None) -> None:
        self.url = url
        self.on_refused: Callable[[str], object] = lambda address: None
        self._listening, self._path = listening, path
        self._identity = _identity(path)
        self._hosts: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._free = threading.Event()
        self._free.set()
        self._thread = threading.Thread(target=self._accept, name=f"gatts-codec {url}", daemon=True)
        listening.settimeout(_ACCEPT_SLICE_S)
        listening.listen(_BACKLOG)
        self._thread.start()

    def transports(self, until: float | None = None) -> Iterator[Transport]:
        """One transport after the other, until the place is closed or the time is over.

        Who asks for the next is done with the last.
        """
        while self._open and (until is None or monotonic() < until):
            with suppress(queue.Empty):
                connected = self._hosts.get(timeout=_ACCEPT_SLICE_S)
                try:
                    yield socket_transport(self.url, connected)
                finally:
                    self._free.set()

    @property
    def _open(self) -> bool:
        return self._listening.fileno() >= 0

    def _accept(self) -> None:
        while self._open:
            with suppress(OSError):  # nobody came, or the place is closed
                self._admit(*self._listening.accept())

    def _admit(self, connected: socket.socket, address: object) -> None:
        # The one before may be on its way out: of its end and the next one's beginning either can be seen first.
        if self._free.wait(_LEAVING_S) and self._open:
            self._free.clear()
            with suppress(OSError):  # a Unix socket; else a host whose machine is gone does not stay for ever
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._hosts.put(connected)
            return
        connected.close()
        if self._open:
            call_back(self.on_refused, ":".join(map(str, address[:2])) if isinstance(address, tuple) else "")

    def close(self) -> None:
        """Stop listening. A path that is another's by now stays."""
        # First: as long as the socket is open, no other can have its number.
        if self._path is not None and self._identity == _identity(self._path):
            self._path.unlink(missing_ok=True)
        self._listening.close()
        self._free.set()
        self._thread.join()
        with suppress(queue.Empty):
            while True:
                self._hosts.get_nowait().close()


@checked
def listen_tcp(host: str, port: int) -> SocketPlace:
    """Listen on a TCP port; 0 takes a free one. Raises PortError: in use, no such address, no permission.

    Warns of a host that others than this machine can reach.
    """
    warn_if_reachable(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there this would let two chips share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError, TypeError, ValueError) as error:  # no such number, and no such name
        listening.close()
        raise cannot_listen(f"{host}:{port}", error) from error
    return SocketPlace(listening, f"tcp:{host}:{listening.getsockname()[1]}")


@checked
def listen_unix(path: str) -> SocketPlace:
    """Listen on a Unix socket. Raises PortError: exists, no permission, no such directory; not on this system."""
    if sys.platform == "win32":
        raise PortError("Windows has no Unix sockets here; use TCP", stage="open")
    where = Path(path)
    _remove_stale(where)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(path)
    except OSError as error:
        listening.close()
        raise cannot_listen(path, error) from error
    return SocketPlace(listening, f"unix:{path}", where)


def cannot_listen(where: str, error: Exception) -> PortError:
    """Why a place cannot be had."""
    # Of a host that cannot be one, or a path that is too long, there is no strerror.
    return PortError(f"cannot listen on {where}: {getattr(error, 'strerror', None) or error}", stage="open")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def warn_if_reachable(host: str | None) -> None:
    """Log that a chip has no password, where others than this machine can reach it; no host means every address."""
    if not is_loopback(host or ""):
        _log.warning("anyone who reaches %s can talk to this chip", host or "this machine")


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None if there is none."""
    with suppress(OSError):
        found = os.lstat(path) if path is not None else None
        return (found.st_dev, found.st_ino) if found else None
    return None


def _remove_stale(path: Path) -> None:
    """Remove the socket that a killed chip has left. One that a program listens on stays, as does a link."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_LEAVING_S)  # who listens and never accepts is alive, too
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
