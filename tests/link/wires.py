"""Two ends of every kind of wire: what is written at one is read at the other."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from gatts_codec.link.transports import Transport, memory_pair, open_transport
from gatts_codec.link.transports.descriptor import socket_transport

POSIX = os.name == "posix"

Pair = tuple[Transport, Transport]


def read_all(transport: Transport, size: int) -> bytes:
    """Exactly that many bytes, however they are cut."""
    data = b""
    while len(data) < size:
        transport.wait(300)
        data += transport.read()
    return data


def _memory(stack: ExitStack) -> Pair:
    return memory_pair()


def _pty(stack: ExitStack) -> Pair:
    ours = open_transport("pty:")
    return open_transport(f"serial:{ours.name}"), ours


def _server(stack: ExitStack, listener: socket.socket, url: str) -> Pair:
    stack.enter_context(listener)
    ours = open_transport(url)
    accepted, _ = listener.accept()
    return ours, socket_transport("server", accepted)


def _tcp(stack: ExitStack) -> Pair:
    listener = socket.create_server(("127.0.0.1", 0))
    return _server(stack, listener, f"tcp:127.0.0.1:{listener.getsockname()[1]}")


def _pyserial_socket(stack: ExitStack) -> Pair:
    # Its close() sleeps, for the sake of servers that are slow to notice.
    stack.enter_context(mock.patch("serial.urlhandler.protocol_socket.time", SimpleNamespace(sleep=int)))
    listener = socket.create_server(("127.0.0.1", 0))
    return _server(stack, listener, f"socket://127.0.0.1:{listener.getsockname()[1]}")


def _unix(stack: ExitStack) -> Pair:
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "chip"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return _server(stack, listener, f"unix:{path}")


def _socat(stack: ExitStack) -> Pair:
    """A serial port of one program, bridged to a TCP port of another, as with a board elsewhere."""
    device = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "bridge"
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    to = f"TCP:127.0.0.1:{listener.getsockname()[1]}"
    bridge = subprocess.Popen(["socat", f"PTY,link={device},raw,echo=0", to])
    stack.callback(bridge.wait)
    stack.callback(bridge.terminate)
    accepted, _ = listener.accept()  # socat has made its terminal before it connects
    return open_transport(f"serial:{device}"), socket_transport("server", accepted)


KINDS: dict[str, Callable[[ExitStack], Pair]] = {
    "memory": _memory,
    "tcp": _tcp,
    "socket://": _pyserial_socket,
}
if POSIX:
    KINDS |= {"pty": _pty, "unix": _unix}
EVERY_KIND: list[Any] = [*KINDS, pytest.param("socat", marks=pytest.mark.external("socat"))]
KINDS |= {"socat": _socat}
