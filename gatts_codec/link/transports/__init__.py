"""Byte streams to the other end, opened by URL. One file a kind; each a ``Transport`` (base.py).

    serial:/dev/ttyACM0?baud=1000000&parity=N&rtscts=0    also pyserial's URLs: socket://, rfc2217://, loop://
    tcp:host:port          unix:path          pty: or pty:LINK          and memory_pair(), without a URL

``record=path.jsonl`` on any of them writes what passes to a capture file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module

from gatts_codec.errors import PortError
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.memory import memory_pair
from gatts_codec.link.transports.overheard import End
from gatts_codec.link.transports.recording import RecordingTransport
from gatts_codec.link.transports.url import PortAddress, parse

# Kind: its module and function there. Imported when used, so that only serial ports cost importing pyserial.
_KINDS = {
    "serial": ("serial_port", "open_serial"),
    "tcp": ("tcp", "open_tcp"),
    "unix": ("unix", "open_unix"),
    "pty": ("pty", "open_pty"),
}


def open_transport(url: str, *, record: str | os.PathLike[str] | None = None, end: End = "host") -> Transport:
    """Open a port by its URL; ``record``, or ``record=`` in the URL, names a capture file to write.

    ``end`` is the end of the wire that we are, for the recording. Raises PortError, which says what is wrong with the
    port (does not exist, busy, no permission, nobody listens ...) and what to try.
    """
    address = parse(url, list(_KINDS))
    path = record or address.options.get("record")
    try:
        transport = _opener(address.kind)(address)
    except ValueError as error:  # of Python, for what no file system and no network can have in a name
        raise PortError(f"{url}: {error}", stage="open") from error
    return recorded(transport, path, end) if path else transport


def recorded(transport: Transport, path: str | os.PathLike[str], end: End = "host") -> Transport:
    """The transport, recorded to a file. Raises PortError where that cannot be written, and then closes it."""
    try:
        # A number would be a descriptor, somebody else's.
        return RecordingTransport(transport, os.fspath(path), end)
    except (OSError, TypeError, ValueError) as error:
        transport.close()
        why = getattr(error, "strerror", None) or error
        raise PortError(f"cannot record to {path}: {why}", stage="open") from error


def _opener(kind: str) -> Callable[[PortAddress], Transport]:
    module, function = _KINDS[kind]
    opener: Callable[[PortAddress], Transport] = getattr(import_module(f"{__name__}.{module}"), function)
    return opener


__all__ = ["RecordingTransport", "Transport", "memory_pair", "open_transport", "recorded"]
