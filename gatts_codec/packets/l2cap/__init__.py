"""L2CAP: fixed channels up to sd_api_v3, connection-oriented ones from sd_api_v5 on."""

from __future__ import annotations

from gatts_codec.packets.group import Declarations


def __getattr__(name: str) -> Declarations:
    """A packet's module for the history, which loads none: what it says of layouts holds until they are needed."""
    if name.startswith("_"):
        raise AttributeError(name)
    return Declarations(f"{__name__}.{name}")
