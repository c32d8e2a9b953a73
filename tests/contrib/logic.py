"""A recording as a logic analyzer would have seen it: two UART lines, one byte a sample, line 0 host to chip."""

from __future__ import annotations

from collections.abc import Iterable

from gatts_codec.capture import TO_DEVICE, Chunk

SAMPLES_PER_BIT = 8
_IDLE, _BITS = 1, 10
_GAP = 20 * SAMPLES_PER_BIT


def samples(chunks: Iterable[Chunk]) -> bytes:
    """The lines sampled at 8 times the baud rate, 8N1. Chunks follow each other with a short pause."""
    found = bytearray(_line_pair(0, _IDLE) * _GAP)
    for chunk in chunks:
        line = 0 if chunk.dir == TO_DEVICE else 1
        for byte in chunk.data:
            found += _of_byte(line, byte)
        found += _line_pair(0, _IDLE) * _GAP
    return bytes(found)


def _of_byte(line: int, byte: int) -> bytes:
    start_data_stop = byte << 1 | 1 << _BITS - 1
    levels = (start_data_stop >> bit & 1 for bit in range(_BITS))
    return b"".join(_line_pair(line, level) * SAMPLES_PER_BIT for level in levels)


def _line_pair(line: int, level: int) -> bytes:
    # The other line idles high.
    return bytes((level << line | _IDLE << (1 - line),))
