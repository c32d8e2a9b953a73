"""Talking to a chip: the H5 link machine of both ends, transports, clients.

``HostLink`` and ``ChipLink`` are the two ends of the machine, sans-IO (``gatts_codec.link.machine`` tells the protocol
and how they are driven). ``CallSession`` matches responses to commands above a ``HostLink``; ``Client`` and
``AsyncClient`` are that on a port. The names load on first use.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
