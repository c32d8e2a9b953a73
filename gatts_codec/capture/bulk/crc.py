"""The CRC of many frames at once: two bytes of every frame in one step, the longest frames first.

A step takes as many frames as are that long. As two bytes are as wide as the CRC, a step is one look-up: in a table
of 65536 entries, by the CRC so far and the bytes. The table is byte-swapped, since the bytes are read little endian.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatts_codec.framing.h5 import CRC_INIT

_POLYNOMIAL = 0x1021
Words = NDArray[Any]


@cache
def _by_byte() -> Words:
    table = np.arange(256, dtype=np.uint16) << 8
    for _ in range(8):
        table = np.where(table & 0x8000, table << 1 ^ _POLYNOMIAL, table << 1).astype(np.uint16)
    return table


@cache
def _by_word() -> Words:
    words = np.arange(0x10000, dtype=np.uint16).byteswap()
    table: Words = _zero_byte(_zero_byte(words)).byteswap()
    return table


def _zero_byte(crc: Words) -> Words:
    """The CRC after one more byte that is 0; any other byte is first added to the CRC's high half."""
    stepped: Words = (crc << 8) ^ _by_byte()[crc >> 8]
    return stepped


def crc16(data: NDArray[np.uint8], begin: NDArray[np.int64], sizes: NDArray[np.int64]) -> Words:
    """The CRC of each ``data[begin:begin + size]``, as ``binascii.crc_hqx`` has it."""
    # 16 bits are sorted in one pass per byte.
    order = np.argsort((0xFFFF - sizes).astype(np.uint16), kind="stable")
    at, left = begin[order].astype(np.int64), sizes[order]
    words = np.ndarray((max(len(data) - 1, 0),), np.uint16, data, 0, (1,)).copy()
    crc = np.full(len(order), CRC_INIT, np.uint16)
    steps = int(left[0]) // 2 if len(left) else 0
    longer = len(left) - np.searchsorted(left[::-1], 2 * np.arange(1, steps + 1))
    for count in longer.tolist():
        crc[:count] = _by_word()[crc[:count] ^ words[at[:count]]]
        at[:count] += 2
    crc = crc.byteswap()
    odd = (left & 1).astype(bool)
    crc[odd] = _zero_byte(crc[odd] ^ data[at[odd]].astype(np.uint16) << 8)
    found: Words = np.empty_like(crc)
    found[order] = crc
    return found
