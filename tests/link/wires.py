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

from gatts_codec.link.transports import Transport, open_transport
from gatts_codec.link.transports.descriptor import socket_transport
from tools.soak import lines
from tools.soak.lines import Pair, accepted

POSIX = os.name == "posix"


def read_all(transport: Transport, size: int) -> bytes:
    """Exactly that many bytes, however they are cut."""
    data = b""
    while len(data) < size:
        transport.wait(300)
        data += transport.read()
    return data


def _pyserial_socket(stack: ExitStack) -> Pair:
    # Its close() sleeps, for the sake of servers that are slow to notice.
    stack.enter_context(mock.patch("serial.urlhandler.protocol_socket.time", SimpleNamespace(sleep=int)))
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return accepted(listener, f"socket://127.0.0.1:{listener.getsockname()[1]}")


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


KINDS: dict[str, Callable[[ExitStack], Pair]] = {**lines.KINDS, "socket://": _pyserial_socket}
EVERY_KIND: list[Any] = [*KINDS, pytest.param("socat", marks=pytest.mark.external("socat"))]
KINDS |= {"socat": _socat}
