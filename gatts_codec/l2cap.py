"""The L2CAP packets: fixed channels up to sd_api_v3, connection-oriented ones from sd_api_v5 on.

The names load on first use.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
