"""``tcp:host:port``: a socket to a serial server, a bridge, or a virtual chip."""

from __future__ import annotations

import socket

from gatts_codec.errors import PortError
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.descriptor import socket_transport
from gatts_codec.link.transports.url import PortAddress, split_host_port

_CONNECT_TIMEOUT_S = 5.0


def open_tcp(address: PortAddress) -> Transport:
    """Connect. Raises PortError: nobody listens, no such host, no answer."""
    address.check_options()
    host, port = split_host_port(address)
    try:
        connected = socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S)
    except ConnectionRefusedError as error:
        raise _error(f"nothing listens on {address.place}: is the server running?", error) from error
    except socket.gaierror as error:
        raise _error(f"no host {host!r}: {error.strerror}", error) from error
    except TimeoutError as error:
        raise _error(
            f"{address.place} does not answer within {_CONNECT_TIMEOUT_S:g} s: wrong address, or a firewall",
            error,
        ) from error
    except (OSError, UnicodeError) as error:
        raise _error(f"cannot connect to {address.place}: {error}", error) from error
    return socket_transport(f"tcp:{address.place}", connected)


def _error(reason: str, error: Exception) -> PortError:
    return PortError(reason, stage="open", attempts=1, heard=str(error))
