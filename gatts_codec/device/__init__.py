"""A connectivity chip in software: develop and test a host without hardware. See docs/virtual-chip.md.

    from gatts_codec.device import ChipRunner, VirtualChip

``VirtualChip`` is the whole chip, sans-IO; ``ChipRunner`` puts it on a port, ``ChipFarm`` many of them in an event
loop; ``Device`` is the chip without its link. The names load on first use.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
