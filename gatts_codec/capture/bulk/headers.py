"""H5 headers and CRCs of many frames at once. The rules are those of framing/h5.py."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatts_codec.capture.bulk.crc import crc16
from gatts_codec.framing.h5 import CRC_PRESENT, CRC_SIZE, HEADER_SIZE, RELIABLE
from gatts_codec.schema.scanned import Bytes, Mask

Places = NDArray[np.int64]


class Headers(NamedTuple):
    """A column each. What is not ``good`` means nothing; ``length`` is that of the payload."""

    good: Mask
    type: NDArray[Any]
    seq: NDArray[Any]
    ack: NDArray[Any]
    reliable: Mask
    crc: Mask
    length: Places


def read_headers(data: Bytes, begin: Places, size: Places, unescaped: Mask) -> Headers:
    """The headers of frames; behind the last frame there must be some bytes more."""
    first, second, third, checksum = (data[begin + place] for place in range(HEADER_SIZE))
    crc = (first & CRC_PRESENT) != 0
    length = (second >> 4).astype(np.int64) | third.astype(np.int64) << 4
    good = unescaped & (size == HEADER_SIZE + length + CRC_SIZE * crc)
    good &= first + second + third + checksum == 0  # of bytes, which wrap
    _check_crc(data, begin, size, np.flatnonzero(good & crc), good)
    return Headers(good, second & 0xF, first & 7, first >> 3 & 7, (first & RELIABLE) != 0, crc, length)


def _check_crc(data: Bytes, begin: Places, size: Places, rows: Places, good: Mask) -> None:
    begin, size = begin[rows], size[rows] - CRC_SIZE
    ends = begin + size
    found = data[ends].astype(np.uint16) | data[ends + 1].astype(np.uint16) << 8
    good[rows[crc16(data, begin, size) != found]] = False
