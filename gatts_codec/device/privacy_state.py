"""How a chip hides, and whom it knows behind private addresses."""

from __future__ import annotations

from dataclasses import dataclass

from gatts_codec.constants.gap import AddrType, PrivacyMode
from gatts_codec.packets.gap.structs import Addr

CYCLE_S = 900  # how long an address lasts unless the host says so


@dataclass(frozen=True, slots=True)
class Identity:
    """A peer that the chip knows: its key and address, and the own key that is for it; None: the chip's."""

    irk: bytes
    address: Addr
    local_irk: bytes | None = None


@dataclass(slots=True)
class Privacy:
    """``mode`` as PrivacyMode, ``kind`` as AddrType; ``cycle_s`` 0: an address stays. ``irk`` None: the chip's own."""

    mode: int = PrivacyMode.OFF
    kind: int = AddrType.RANDOM_PRIVATE_RESOLVABLE
    cycle_s: int = CYCLE_S
    irk: bytes | None = None
    local_irk: bytes | None = None
    """The own key that is for the peer that the chip advertises to."""
    address: Addr | None = None
    """What is on the air; None: a new one is due."""
    renewal: float = 0.0
    """When a new one is due."""
