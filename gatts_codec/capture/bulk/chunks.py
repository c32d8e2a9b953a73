"""Recordings as columns of chunks: blocks of JSON lines at once, by Arrow.

Lines as this project writes them, compact or with a blank behind each colon and comma, are cut at their commas by
Arrow's CSV reader and then checked: every key, every quote, every digit. A block with any other line is left to the
reader of such recordings.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from gatts_codec.capture.wire.chunks import DIRECTIONS, Chunk

_STYLES = ((" ", " "), ("", ""))  # what stands behind colons and commas
_POWERS = 10 ** np.arange(1, 19, dtype=np.int64)


class ChunkBlock(NamedTuple):
    """Consecutive chunks. ``ends`` is where each ends in ``data``; ``directions`` are indices of DIRECTIONS.

    ``times`` of chunks that have none are 0 where ``timed`` says so.
    """

    times: NDArray[np.int64]
    timed: NDArray[np.bool_]
    directions: NDArray[np.uint8]
    ends: NDArray[np.int64]
    data: NDArray[np.uint8]


def of_chunks(chunks: Sequence[Chunk]) -> ChunkBlock:
    """Chunks that all have a direction."""
    return ChunkBlock(
        times=np.array([chunk.t_us or 0 for chunk in chunks], np.int64),
        timed=np.array([chunk.t_us is not None for chunk in chunks], bool),
        directions=np.array([DIRECTIONS.index(chunk.dir) for chunk in chunks if chunk.dir], np.uint8),
        ends=np.cumsum([len(chunk.data) for chunk in chunks], dtype=np.int64),
        data=np.frombuffer(b"".join(chunk.data for chunk in chunks), np.uint8),
    )


def parse(block: bytes) -> ChunkBlock | None:
    """The chunks in lines of this project's own; None if any line is not quite such a one."""
    style = next((style for style in _STYLES if block.startswith(_prefix(style))), None)
    if style is None:
        return None
    try:
        times, directions, data = _cut(block)
        colon, comma = style
        return _checked(
            _inner(times, f'{{"t_us":{colon}', ""),
            _directions(directions, f'{comma}"dir":{colon}'),
            _inner(data, f'{comma}"hex":{colon}"', '"}'),
        )
    except (pa.ArrowInvalid, _Unlike):
        return None


class _Unlike(Exception):
    """A line that is not as this project writes it."""


def _prefix(style: tuple[str, str]) -> bytes:
    return f'{{"t_us":{style[0]}'.encode()


def _cut(block: bytes) -> tuple[Any, Any, Any]:
    """Three columns: time, direction, bytes, each with its key and quotes."""
    text, word = pa.string(), pa.dictionary(pa.int32(), pa.string())
    table = csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(column_names=["t_us", "dir", "hex"], block_size=len(block) + 1),
        parse_options=csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types={"t_us": text, "dir": word, "hex": text}),
    )
    return tuple(column.combine_chunks() for column in table.columns)


def _inner(column: Any, before: str, behind: str) -> Any:
    """A column without what stands around each value."""
    if not pc.all(pc.starts_with(column, before)).as_py() or not pc.all(pc.ends_with(column, behind)).as_py():
        raise _Unlike
    return pc.utf8_slice_codeunits(column, len(before), -len(behind) or None)


def _directions(column: Any, before: str) -> NDArray[np.uint8]:
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    expected = {f'{before}"{word}"': number for number, word in enumerate(DIRECTIONS)}
    found = column.dictionary.to_pylist()
    if not set(found) <= set(expected):
        raise _Unlike
    meanings = np.array([expected[word] for word in found], np.uint8)
    codes: NDArray[np.uint8] = meanings[column.indices.to_numpy()]
    return codes


def _checked(times: Any, directions: NDArray[np.uint8], data: Any) -> ChunkBlock:
    numbers = times.cast(pa.int64()).to_numpy()
    # Arrow reads more spellings of a number than JSON has: of decimals, only those without leading zeros are as long.
    starts, sizes = _lengths(times)
    digits = np.frombuffer(times.buffers()[2] or b"", np.uint8)
    canonical = sizes == np.searchsorted(_POWERS, numbers, side="right") + 1
    if not canonical.all() or (numbers < 0).any() or (digits[starts] == ord("0"))[numbers > 0].any():
        raise _Unlike
    starts, sizes = _lengths(data)
    if (sizes & 1).any():
        raise _Unlike
    try:
        found = unhexlify(memoryview(data.buffers()[2] or b"")[: starts[-1] + sizes[-1]])
    except ValueError:
        raise _Unlike from None
    return ChunkBlock(
        numbers,
        np.ones(len(numbers), bool),
        directions,
        (starts + sizes) // 2,
        np.frombuffer(found, np.uint8),
    )


def _lengths(column: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each string of a column begins, and its length in bytes."""
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1).astype(np.int64)
    return offsets[:-1], np.diff(offsets)
