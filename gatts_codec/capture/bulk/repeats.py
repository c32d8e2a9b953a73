"""Retransmissions in columns: the rule of capture/decoding/repeats.py.

Where the numbers of a direction have gone on by one three times, a packet cannot be one of the last two. So in a block
in which they always do, only the first packets are looked at. In others each packet's number, size and first bytes are
compared with those of the last two different ones, and where they agree the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatts_codec.capture.bulk.headers import Places
from gatts_codec.capture.wire.chunks import DIRECTIONS

_SURE_STEPS = 3
_LIKENESS_BITS = 56
_LIKENESS = (1 << _LIKENESS_BITS) - 1


class Reliable(NamedTuple):
    """The reliable packets of a block.

    ``likeness`` is a number below 2**56 that equal packets have in common; ``payload`` gives that of a row.
    """

    rows: Places
    directions: NDArray[np.uint8]
    likeness: Places
    seq: NDArray[np.uint8]
    payload: Callable[[int], bytes]


class SentPacket(NamedTuple):
    """A packet that may come again."""

    likeness: int
    payload: bytes


class RepeatColumn:
    """Follows a recording block by block: the last two different packets of each direction."""

    def __init__(self) -> None:
        self._recent: list[list[SentPacket]] = [[] for _ in DIRECTIONS]

    def mark(self, size: int, packets: Reliable, restarts: Places) -> NDArray[np.bool_]:
        """Which of ``size`` rows are repetitions. ``restarts`` are the rows with which a link starts again."""
        found = np.zeros(size, bool)
        for direction, recent in enumerate(self._recent):
            chosen = packets.directions == direction
            of_it = packets._replace(
                rows=packets.rows[chosen], likeness=packets.likeness[chosen], seq=packets.seq[chosen]
            )
            self._recent[direction] = _follow(of_it, restarts, recent, found)
        return found


def _follow(
    packets: Reliable, restarts: Places, recent: list[SentPacket], found: NDArray[np.bool_]
) -> list[SentPacket]:
    """Mark the repetitions of one direction; the last two different packets."""
    links = np.searchsorted(restarts, packets.rows)
    if len(restarts) and (not len(links) or links[0] > 0):
        recent = []
    regular = not len(restarts) and bool(((packets.seq[1:] - packets.seq[:-1]) & 7 == 1).all())
    rows, alike = packets.rows.tolist(), (packets.likeness | _link_bits(links)).tolist()
    looked_at = min(len(rows), _SURE_STEPS) if regular else len(rows)
    # Packets are known by their rows here; those of earlier blocks by -2 and -1.
    (before, _), (last, _) = earlier = [SentPacket(-1, b""), SentPacket(-1, b""), *recent][-2:]
    before_row, last_row = -2, -1

    def payload(row: int) -> bytes:
        return earlier[row].payload if row < 0 else packets.payload(row)

    for row, like in zip(rows[:looked_at], alike, strict=False):
        if (like == last and payload(row) == payload(last_row)) or (
            like == before and payload(row) == payload(before_row)
        ):
            found[row] = True
        else:
            before, before_row, last, last_row = last, last_row, like, row
    for row, like in zip(rows[looked_at:][-2:], alike[looked_at:][-2:], strict=True):
        before, before_row, last, last_row = last, last_row, like, row
    if len(links) and links[-1] < len(restarts):
        return []
    link = alike[-1] >> _LIKENESS_BITS if alike else 0
    kept = [(before, before_row), (last, last_row)]
    return [
        SentPacket(like & _LIKENESS, payload(row))
        for like, row in kept
        if like >= 0 and like >> _LIKENESS_BITS == link
    ]


def _link_bits(links: Places) -> Places:
    """For each packet some bits in which those of successive links differ."""
    numbers = np.zeros(len(links), np.int64)
    numbers[1:] = np.cumsum(links[1:] != links[:-1])
    return (numbers & 0x7F) << _LIKENESS_BITS
