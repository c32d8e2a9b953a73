"""``unix:path``: a Unix domain socket on the same machine."""

from __future__ import annotations

import socket

from gatts_codec.errors import PortError
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.descriptor import socket_transport
from gatts_codec.link.transports.url import PortAddress


def open_unix(address: PortAddress) -> Transport:
    """Connect. Raises PortError: no such socket, nobody listens, no permission, no such thing on this system."""
    address.check_options()
    if not hasattr(socket, "AF_UNIX"):
        raise PortError("this system has no Unix sockets; use tcp:127.0.0.1:PORT", stage="open")
    connected = socket.socket(socket.AF_UNIX)
    connected.setblocking(False)  # or it would wait without end for a server that accepts nobody
    try:
        connected.connect(address.place)
    except OSError as error:
        connected.close()
        raise PortError(_reason(address.place, error), stage="open", attempts=1) from error
    except BaseException:  # a signal; or a path that cannot be encoded
        connected.close()
        raise
    return socket_transport(f"unix:{address.place}", connected)


def _reason(path: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} does not exist: is the server running, and is this its path?"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on {path}: a server that ended has left it; start it again"
    if isinstance(error, PermissionError):
        return f"no permission to connect to {path}; see who owns it with ls -l"
    if isinstance(error, BlockingIOError):
        return f"{path} is busy: the server does not accept, and as many as may wait for that do"
    return f"cannot connect to {path}: {error}"
