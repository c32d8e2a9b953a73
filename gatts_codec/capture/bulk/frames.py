"""Chunks to frames, a block at once: where frames begin and end, and their bytes without escapes.

The rules are those of framing/decoder.py. A block in which a frame is longer than any frame can be is left to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatts_codec.capture.bulk.chunks import ChunkBlock
from gatts_codec.capture.bulk.headers import Places
from gatts_codec.capture.wire.chunks import DIRECTIONS
from gatts_codec.framing.decoder import MAX_BODY
from gatts_codec.framing.slip import END, ESC, ESC_END, ESC_ESC
from gatts_codec.schema.scanned import Bytes

Pairs = tuple[Places, Places]


class TooLong(Exception):
    """A frame that only the streaming decoder knows how to end."""


class FrameBlock(NamedTuple):
    """The frames that a block of chunks completes, in their order.

    ``chunk`` is the index of the chunk that brought the last byte; ``data[begin:begin + size]`` what stands between
    the two C0, unescaped where ``escaped_well``; ``raw[opens:closes + 1]`` the frame as read.
    """

    chunk: Places
    begin: Places
    size: Places
    escaped_well: NDArray[np.bool_]
    data: Bytes
    opens: Places
    closes: Places
    raw: Bytes


class FrameCutter:
    """Cuts a recording into frames, block by block. ``pending`` is each direction's unfinished frame."""

    def __init__(self) -> None:
        self.pending = [b""] * len(DIRECTIONS)

    def cut(self, block: ChunkBlock) -> FrameBlock:
        """The frames of a block. Raises TooLong, and is then as it was before."""
        if not any(self.pending) and (stream := _whole_frames(block)) is not None:
            return _together([stream])
        streams = [_of_direction(block, direction, before) for direction, before in enumerate(self.pending)]
        self.pending = [_rest(stream) for stream in streams]
        return _together(streams)


def _whole_frames(block: ChunkBlock) -> _Stream | None:
    """The frames, if every chunk is nothing but whole ones: then directions need not be told apart to cut them."""
    begins = _begins(block)
    if not len(begins) or (block.ends == begins).any():
        return None
    is_mark = block.data == END
    marks = np.flatnonzero(is_mark)
    if (
        len(marks) == 2 * len(begins)
        and (marks[::2] == begins).all()
        and (marks[1::2] == block.ends - 1).all()
    ):
        chunks = np.arange(len(begins))
    elif (np.add.reduceat(is_mark, begins, dtype=np.int64) & 1).any():
        return None
    else:
        chunks = np.searchsorted(block.ends, marks[1::2], side="right")
    pairs = _regular_pairs(marks)
    if pairs is None or not len(pairs[0]) or pairs[0][0] != 0 or pairs[1][-1] != len(block.data) - 1:
        return None
    return _Stream(block.data, *pairs, chunks)


def _begins(block: ChunkBlock) -> Places:
    return np.concatenate((np.zeros(1, np.int64), block.ends))[: len(block.ends)]


def _of_direction(block: ChunkBlock, direction: int, before: bytes) -> _Stream:
    begins = _begins(block)
    of_it = block.directions == direction
    sizes = (block.ends - begins)[of_it]
    data = np.compress(np.repeat(of_it, block.ends - begins), block.data)
    ends = np.cumsum(sizes) + len(before)
    data = np.concatenate((np.frombuffer(before, np.uint8), data))
    marks = np.flatnonzero(data == END)
    pairs = _regular_pairs(marks) or _pairs_one_by_one(marks.tolist())
    return _Stream(data, *pairs, np.flatnonzero(of_it)[np.searchsorted(ends, pairs[1], side="right")])


class _Stream(NamedTuple):
    """The bytes of one direction, or of both where every chunk is whole frames; the frames and their chunks."""

    data: Bytes
    opens: Places
    closes: Places
    chunk: Places


def _regular_pairs(marks: Places) -> Pairs | None:
    """The C0 that begins and the C0 that ends each frame, if there is one frame behind the other and nothing else."""
    opens, closes = marks[: len(marks) // 2 * 2 : 2], marks[1::2]
    bodies = closes - opens - 1
    if (bodies > MAX_BODY).any():
        raise TooLong
    regular = (bodies > 0).all() and (marks[2::2] == closes[: len(marks[2::2])] + 1).all()
    return (opens, closes) if regular else None


def _pairs_one_by_one(marks: list[int]) -> Pairs:
    """The same with noise between frames, and C0 made void by another."""
    opens, closes = [], []
    begin = -1
    for mark in marks:
        if begin < 0 or mark == begin + 1:
            begin = mark
        elif mark - begin - 1 > MAX_BODY:
            raise TooLong
        else:
            opens.append(begin)
            closes.append(mark)
            begin = -1
    return np.array(opens, np.int64), np.array(closes, np.int64)


def _rest(stream: _Stream) -> bytes:
    """The unfinished frame at the end of a direction: from the last C0 on, if no frame ends with it."""
    data, closes = stream.data, stream.closes
    behind = data[closes[-1] + 1 :] if len(closes) else data
    marks = np.flatnonzero(behind == END)
    if not len(marks):
        return b""
    rest = behind[marks[-1] :]
    if len(rest) - 1 > MAX_BODY:
        raise TooLong
    return rest.tobytes()


def _together(streams: list[_Stream]) -> FrameBlock:
    """The frames of all streams, in the order in which they ended."""
    starts = np.cumsum([0, *(len(stream.data) for stream in streams)])
    raw = streams[0].data if len(streams) == 1 else np.concatenate([stream.data for stream in streams])
    opens = np.concatenate([stream.opens + start for stream, start in zip(streams, starts, strict=False)])
    closes = np.concatenate([stream.closes + start for stream, start in zip(streams, starts, strict=False)])
    chunk = np.concatenate([stream.chunk for stream in streams])
    data, begin, size, well = _unescaped(raw, opens, closes)
    block = FrameBlock(chunk, begin, size, well, data, opens, closes, raw)
    if len(streams) == 1:
        return block
    order = np.argsort(chunk, kind="stable")
    return FrameBlock(
        chunk[order], begin[order], size[order], well[order], data, opens[order], closes[order], raw
    )


def _unescaped(raw: Bytes, opens: Places, closes: Places) -> tuple[Bytes, Places, Places, NDArray[np.bool_]]:
    """The bodies one behind the other, each with its place and whether its escapes are right."""
    escapes = np.flatnonzero(raw[:-1] == ESC)
    followers = raw[escapes + 1]
    right = (followers == ESC_END) | (followers == ESC_ESC)
    nothing_between = len(opens) > 0 and opens[0] == 0 and bool((opens[1:] == closes[:-1] + 1).all())
    keep = _inside(raw, opens, closes, nothing_between)
    keep[escapes] = False
    data = raw.copy()
    data[escapes[right] + 1] = np.where(followers[right] == ESC_END, END, ESC)
    escaped = np.searchsorted(escapes, closes)
    before = np.concatenate(([0], escaped[:-1])) if nothing_between else np.searchsorted(escapes, opens)
    size = closes - opens - 1 - (escaped - before)
    ends = np.cumsum(size)
    well = np.ones(len(opens), bool)
    if not right.all() and len(opens):
        wrong = escapes[~right]
        frames = np.minimum(np.searchsorted(closes, wrong), len(closes) - 1)
        well[frames[(opens[frames] < wrong) & (wrong < closes[frames])]] = False
    return np.compress(keep, data), ends - size, size, well


def _inside(raw: Bytes, opens: Places, closes: Places, nothing_between: bool) -> NDArray[np.bool_]:
    """Which bytes stand within a frame, its two C0 excepted."""
    if nothing_between:
        inside = np.ones(len(raw), bool)
        inside[closes[-1] :] = False
        inside[opens] = inside[closes] = False
        return inside
    steps = np.zeros(len(raw) + 1, np.int8)
    steps[opens + 1] += 1
    steps[closes] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).astype(bool)
