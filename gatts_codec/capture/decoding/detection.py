"""Which dialect a recording speaks, by its first items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from gatts_codec.arguments import checked
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.detection import DialectDetector, Verdict

LOOKAHEAD_FILE = 20_000  # items; a file is at hand, so a long look costs nothing but memory
LOOKAHEAD_LIVE = 200
_EARLY_SAMPLES = 24


@checked
def detect_dialect(items: Iterator[Item], lookahead: int = LOOKAHEAD_FILE) -> tuple[Verdict, Iterator[Item]]:
    """The dialect of a recording by its first items, and all its items again. Ends early when it is sure."""
    detector = DialectDetector()
    held: list[Item] = []
    enough = _EARLY_SAMPLES
    for item in items:
        held.append(item)
        if isinstance(item, CapturedFrame):
            detector.add(item.packet, item.number)
        if len(held) >= lookahead:
            break
        if detector.samples >= enough:
            if detector.verdict().certainty == "sure":
                break
            enough *= 2
    return detector.verdict(), chain(held, items)
