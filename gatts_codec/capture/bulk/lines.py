"""A text in blocks of whole lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 1 << 24


class LongLine(Exception):
    """A text without line ends."""


def blocks(stream: BinaryIO, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """A text in pieces of whole lines, about ``size`` bytes each. Raises LongLine for what is not such a text."""
    rest = b""
    while piece := stream.read(size):
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join((rest, memoryview(piece)[:end]))
            rest = piece[end:]
        elif len(rest) > LONGEST_LINE:
            raise LongLine
        else:
            rest += piece
    if rest:
        yield rest
