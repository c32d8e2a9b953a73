"""The rows of one block while they are made: what the frames say, and the columns so far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gatts_codec.capture.bulk.chunks import ChunkBlock
from gatts_codec.capture.bulk.frames import FrameBlock
from gatts_codec.capture.bulk.headers import Places, read_headers
from gatts_codec.capture.bulk.repeats import Reliable
from gatts_codec.framing.h5 import CRC_SIZE, HEADER_SIZE, H5Type
from gatts_codec.packets.opaque import KINDS, OPCODE_BYTES
from gatts_codec.schema.columns import PADDING
from gatts_codec.schema.scanned import Column

_WORDS = ("kind", "group", "name", "error")
_NUMBERS = ("opcode", "conn_handle", "handle", "result")
_FIRST_BYTES = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF])
_HEAD_BYTES = np.array([OPCODE_BYTES[KINDS[number]] for number in range(3)] + [0] * 253)


class Block:
    """Frames with their headers; ``columns`` as ``batch_of_columns`` takes them. Words are indices, -1 for none."""

    def __init__(self, chunks: ChunkBlock, frames: FrameBlock, count: int) -> None:
        self.frames = frames
        self.data = np.concatenate((frames.data, np.zeros(PADDING, np.uint8)))
        self.headers = read_headers(self.data, frames.begin, frames.size, frames.escaped_well)
        self.directions = chunks.directions[frames.chunk]
        self.columns = self._known_columns(chunks, count)
        size = len(frames.begin)
        self.columns.update({name: np.full(size, -1, np.int16) for name in _WORDS})
        self.columns.update(
            {name: Column(np.zeros(size, np.int64), np.zeros(size, bool)) for name in _NUMBERS}
        )

    def _known_columns(self, chunks: ChunkBlock, count: int) -> dict[str, Any]:
        frames, headers, good = self.frames, self.headers, self.headers.good
        return {
            "frame": np.arange(count + 1, count + 1 + len(good)),
            "time": Column(chunks.times[frames.chunk], chunks.timed[frames.chunk]),
            "direction": self.directions.astype(np.int16),
            "type": np.where(good, headers.type.astype(np.int16), np.int16(-1)),
            "seq": Column(headers.seq, good),
            "ack": Column(headers.ack, good),
            "length": Column(headers.length, good),
            "payload": self._payloads(),
            "tolerated": np.zeros(len(good), bool),
        }

    def _payloads(self) -> pa.Array:
        """All payloads, without copying any alone: the data without headers, CRCs and bad frames."""
        frames, headers, good = self.frames, self.headers, self.headers.good
        keep = np.ones(len(frames.data), bool)
        begin = frames.begin[good]
        for place in range(HEADER_SIZE):
            keep[begin + place] = False
        ends = (frames.begin + frames.size)[good & headers.crc]
        for place in range(1, CRC_SIZE + 1):
            keep[ends - place] = False
        for start, size in zip(frames.begin[~good].tolist(), frames.size[~good].tolist(), strict=True):
            keep[start : start + size] = False
        order = np.argsort(frames.begin, kind="stable")
        offsets = np.concatenate(([0], np.cumsum(np.where(good, headers.length, 0)[order]))).astype(np.int32)
        valid = None if good.all() else pa.py_buffer(np.packbits(good[order], bitorder="little"))
        data = pa.py_buffer(np.compress(keep, frames.data))
        found = pa.Array.from_buffers(pa.binary(), len(good), [valid, pa.py_buffer(offsets), data])
        in_order = (order[1:] > order[:-1]).all()
        return found if in_order else found.take(pa.array(np.argsort(order, kind="stable")))

    def put(self, column: str, rows: Places, values: NDArray[Any]) -> None:
        """Set a column in these rows; of a number, -1 is none."""
        target = self.columns[column]
        if isinstance(target, Column):
            target.values[rows] = values
            target.given[rows] = values >= 0
        else:
            target[rows] = values

    def vendor_heads(self) -> tuple[Places, Places]:
        """Vendor packets that have an opcode if their type has one: rows, and keys that are equal for equal heads."""
        headers = self.headers
        rows = np.flatnonzero(headers.good & (headers.type == H5Type.VENDOR_SPECIFIC) & (headers.length > 0))
        begin = self.frames.begin[rows] + HEADER_SIZE
        packet_type = self.data[begin]
        size = _HEAD_BYTES[packet_type]
        opcode = np.where(size > 0, self.data[begin + 1], 0) | np.where(
            size > 1, self.data[begin + 2].astype(np.int64) << 8, 0
        )
        keys = packet_type.astype(np.int64) << 16 | opcode
        enough = headers.length[rows] > size
        return rows[enough], keys[enough]

    def bodies(self, rows: Places, packet_type: int) -> tuple[Places, Places]:
        """Where the bytes behind the head of vendor packets begin and end."""
        begin = self.frames.begin[rows] + HEADER_SIZE
        return begin + 1 + _HEAD_BYTES[packet_type], begin + self.headers.length[rows]

    def number(self, begin: Places, size: int) -> Places:
        """The little-endian numbers that begin there."""
        numbers: Places = np.zeros(len(begin), np.int64)
        for place in range(size):
            numbers |= self.data[begin + place].astype(np.int64) << 8 * place
        return numbers

    def payload(self, row: int) -> bytes:
        """The payload of one good frame."""
        begin = int(self.frames.begin[row]) + HEADER_SIZE
        return self.data[begin : begin + int(self.headers.length[row])].tobytes()

    def reliable(self) -> Reliable:
        """The reliable packets: alike are those of the same number, type, size and first bytes."""
        headers = self.headers
        rows = np.flatnonzero(headers.good & headers.reliable)
        length = headers.length[rows]
        first = self.number(self.frames.begin[rows] + HEADER_SIZE, 4) & _FIRST_BYTES[np.minimum(length, 4)]
        alike = headers.seq[rows] | headers.type[rows].astype(np.int64) << 3 | headers.crc[rows] << 7
        return Reliable(
            rows, self.directions[rows], alike | length << 8 | first << 24, headers.seq[rows], self.payload
        )

    def raw(self, row: int) -> bytes:
        """One frame as it was read."""
        frames = self.frames
        return frames.raw[int(frames.opens[row]) : int(frames.closes[row]) + 1].tobytes()
