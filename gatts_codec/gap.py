"""The GAP group's packets: addresses, advertising, scanning, connections, security. The names load on first use."""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
