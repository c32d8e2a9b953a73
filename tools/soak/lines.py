"""Pairs of ports: what a client opens, and the chip's end of it."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

from gatts_codec.link.transports import Transport, memory_pair, open_transport
from gatts_codec.link.transports.descriptor import socket_transport

Pair = tuple[Transport, Transport]


class Narrow:
    """A port that takes only so many bytes at once, and may have no descriptor for a loop to watch."""

    def __init__(self, transport: Transport, width: int, blind: bool) -> None:
        self.name, self.baud, self.parity = transport.name, transport.baud, transport.parity
        self._transport, self._width, self._blind = transport, width, blind
        self.wake, self.close = transport.wake, transport.close
        self.read, self.wait = transport.read, transport.wait

    def fileno(self) -> int | None:
        """Its own, or none."""
        return None if self._blind else self._transport.fileno()

    def write(self, data: bytes) -> int:
        """Take a few of the bytes."""
        return self._transport.write(data[: self._width])


def _memory(stack: ExitStack) -> Pair:
    return memory_pair()


def _pty(stack: ExitStack) -> Pair:
    theirs = open_transport("pty:")
    return open_transport(f"serial:{theirs.name}"), theirs


def _tcp(stack: ExitStack) -> Pair:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return accepted(listener, f"tcp:127.0.0.1:{listener.getsockname()[1]}")


def _unix(stack: ExitStack) -> Pair:
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "chip"
    listener = stack.enter_context(socket.socket(socket.AF_UNIX))
    listener.bind(str(path))
    listener.listen()
    return accepted(listener, f"unix:{path}")


def accepted(listener: socket.socket, url: str) -> Pair:
    """A transport of its URL, and what the listener takes."""
    ours = open_transport(url)
    return ours, socket_transport("chip", listener.accept()[0])


KINDS: dict[str, Callable[[ExitStack], Pair]] = {"memory": _memory, "tcp": _tcp}
if os.name == "posix":
    KINDS |= {"pty": _pty, "unix": _unix}


def new_pair(random: Random) -> tuple[str, Transport, Transport]:
    """A pair of some kind, its name first."""
    kind = random.choice(list(KINDS))
    with ExitStack() as stack:
        ours, theirs = KINDS[kind](stack)
    if random.random() < 0.3:
        width, blind = random.choice(((1, False), (3, False), (17, False), (17, True), (1000, True)))
        return f"{kind}, {width} bytes a write{blind * ', no descriptor'}", Narrow(ours, width, blind), theirs
    return kind, ours, theirs
