"""A pair of transports inside one process: tests, demonstrations, a virtual chip beside its client."""

from __future__ import annotations

import socket

from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.descriptor import socket_transport


def memory_pair() -> tuple[Transport, Transport]:
    """Two transports; what one writes the other reads. Closing one is an unplugged port to the other."""
    # A socket pair, so that waiting, waking and event loops work as they do on a real port, on every platform.
    ours, theirs = socket.socketpair()
    return socket_transport("memory", ours), socket_transport("memory", theirs)
