"""Frames to columns, a block at once; what is not certain, row by row with the decoders that know one frame.

Uncertain are bad frames, link control, packets that strict decoding does not take, and packets too short for their
opcode: few in any recording, and any number of them comes out right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gatts_codec.capture.bulk.arrow_table import batch_of_columns, words
from gatts_codec.capture.bulk.block import Block
from gatts_codec.capture.bulk.chunks import ChunkBlock
from gatts_codec.capture.bulk.frames import FrameBlock
from gatts_codec.capture.bulk.headers import Places
from gatts_codec.capture.bulk.repeats import RepeatColumn
from gatts_codec.capture.bulk.rows import row_of
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.wire.chunks import DIRECTIONS
from gatts_codec.capture.wire.frames import CapturedFrame
from gatts_codec.constants.table import group_and_name
from gatts_codec.errors import UnknownOpcodeError
from gatts_codec.framing import Decoder
from gatts_codec.framing.h5 import HEADER_SIZE, TYPE_NAMES, H5Type, link_name
from gatts_codec.interpreter import Interpreter
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.columns import scan
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import FieldPath, Record

_RESPONSE_TYPE = 1
_CONNECTION, _RESULT = ("conn_handle",), ("result",)
_OF_MESSAGES = ("kind", "group", "name", "opcode")
_OF_CONTENTS = ("conn_handle", "handle", "result", "error", "tolerated")


class HeadWords(NamedTuple):
    """What packets that begin alike have in common: indices of words, -1 for none. ``layout`` is that of GATTS packets.

    Without a group there is no such packet.
    """

    kind: int
    group: int
    name: int
    opcode: int
    layout: Record | None


class PacketColumns:
    """Makes the columns of one recording, block by block."""

    def __init__(self, decoder: PacketDecoder) -> None:
        self._decoder, self._dialect = decoder, decoder.dialect
        self._repeats = RepeatColumn()
        self._heads: dict[int, HeadWords] = {}
        entries = Interpreter(decoder.dialect, strict=True).entries
        self._layouts: dict[tuple[str, int], Record] = {
            (entry.kind, int.from_bytes(entry.head, "little")): entry.layout for entry in entries
        }
        self._words = {
            name: {word: number for number, word in enumerate(found)}
            for name, found in words(decoder.dialect).items()
        }
        self._count = 0

    def batch(self, chunks: ChunkBlock, frames: FrameBlock) -> pa.RecordBatch:
        """The rows of these frames."""
        block = Block(chunks, frames, self._count)
        headers = block.headers
        self._count += len(headers.good)
        certain = headers.good & (headers.type != H5Type.VENDOR_SPECIFIC)
        restarts = self._other_types(block)
        for rows in self._vendor(block):
            certain[rows] = True
        for row in np.flatnonzero(~certain).tolist():
            self._alone(block, row)
        block.columns["retransmission"] = self._repeats.mark(len(certain), block.reliable(), restarts)
        return batch_of_columns(self._dialect, block.columns)

    def _other_types(self, block: Block) -> Places:
        """Fill in what is not a vendor packet; the rows with which a link starts again."""
        headers, names = block.headers, self._words["name"]
        unknown = np.flatnonzero(headers.good & ~np.isin(headers.type, list(TYPE_NAMES)))
        block.put("error", unknown, np.full(len(unknown), self._words["error"]["unknown_packet_type"]))
        control = np.flatnonzero(headers.good & (headers.type == H5Type.LINK_CONTROL))
        restarts = [np.flatnonzero(headers.good & (headers.type == H5Type.RESET))]
        known, number_of = _distinct(block.number(block.frames.begin[control] + HEADER_SIZE, 2))
        for number, _ in enumerate(known):
            alike = control[number_of == number]
            # Whether a longer payload still is the same thing depends on its length alone.
            for length in np.unique(headers.length[alike]).tolist():
                rows = alike[headers.length[alike] == length]
                link = link_name(block.payload(int(rows[0])))
                block.put("name", rows, np.full(len(rows), -1 if link is None else names[link]))
                restarts += [rows] if link == "SYNC" else []
        return np.sort(np.concatenate(restarts))

    def _vendor(self, block: Block) -> Iterator[Places]:
        """Fill in the vendor packets; the rows that are certain."""
        rows, keys = block.vendor_heads()
        known, number_of = _distinct(keys)
        for number, key in enumerate(known):
            alike = rows[number_of == number]
            head = self._head(key, block.payload(int(alike[0])))
            if head is None:
                continue
            for column in _OF_MESSAGES:
                block.put(column, alike, np.full(len(alike), getattr(head, column)))
            if head.layout is not None:
                yield self._scanned(block, alike, key >> 16, head.layout)
            elif head.group >= 0:
                yield _opaque(block, alike, key >> 16)
            else:
                block.put("error", alike, np.full(len(alike), self._words["error"]["decode"]))
                yield alike

    def _head(self, key: int, payload: bytes) -> HeadWords | None:
        """What one packet shows that begins so; None where its own bytes must tell."""
        if key in self._heads:
            return self._heads[key]
        packet = self._decoder.decode_payload(payload)
        layout = self._layouts.get((packet.kind or "", -1 if packet.opcode is None else packet.opcode))
        if isinstance(packet.message, Opaque):
            group = self._words["group"][packet.message.group]
        elif layout is not None:
            group = self._words["group"][group_and_name(packet.name or "")[0]]
        elif isinstance(packet.error, UnknownOpcodeError):
            group = -1
        else:
            return None
        self._heads[key] = HeadWords(
            self._words["kind"][packet.kind or ""],
            group,
            -1 if packet.name is None else self._words["name"][packet.name],
            -1 if packet.opcode is None else packet.opcode,
            layout,
        )
        return self._heads[key]

    def _scanned(self, block: Block, rows: Places, packet_type: int, layout: Record) -> Places:
        """Fill in GATTS packets; the rows that are certain: all but those that only tolerant decoding takes."""
        begin, end = block.bodies(rows, packet_type)
        handles = list(_handle_paths(layout.cls))
        found = scan(layout, block.data, begin, end, [_CONNECTION, _RESULT, *handles])
        for column, paths in (
            ("conn_handle", [_CONNECTION]),
            ("result", [_RESULT]),
            ("handle", handles[::-1]),
        ):
            for path in paths:  # of several handles, the first one is written last
                given = found.taken & found.columns[path].given
                if given.any():
                    block.put(column, rows[given], found.columns[path].values[given])
        if found.taken.all():
            return rows
        rest = ~found.taken
        refused = ~scan(layout, block.data, begin[rest], end[rest], strict=False).taken
        wrong = rows[rest][refused]
        block.put("error", wrong, np.full(len(wrong), self._words["error"]["decode"]))
        return np.concatenate((rows[found.taken], wrong))

    def _alone(self, block: Block, row: int) -> None:
        """Fill in one row."""
        (frame,) = Decoder().feed(block.raw(row))
        direction = DIRECTIONS[block.directions[row]]
        captured = CapturedFrame(0, None, direction, frame.raw, frame.packet, frame.error)
        found = row_of(self._decoder.decode(captured), repeated=False)
        for column in (*_OF_MESSAGES, *_OF_CONTENTS):
            value = getattr(found, column)
            if column in self._words:
                value = None if value is None else self._words[column][value]
            block.put(column, np.array([row]), np.array([-1 if value is None else value]))


def _distinct(keys: Places) -> tuple[list[int], Places]:
    """The different keys, and for each key which of them it is."""
    known = np.unique(keys)
    return known.tolist(), np.searchsorted(known, keys)


def _opaque(block: Block, rows: Places, packet_type: int) -> Places:
    """Fill in packets that the dialect does not have: no field of them is known but a response's first."""
    begin, end = block.bodies(rows, packet_type)
    if packet_type == _RESPONSE_TYPE:
        block.put("result", rows, np.where(end - begin >= 4, block.number(begin, 4), -1))
    return rows


def _handle_paths(cls: type[Message], path: FieldPath = ()) -> Iterator[FieldPath]:
    """The fields that ``handles_of`` looks at, in its order."""
    for name, kind in field_types(cls).items():
        here = (*path, name)
        if issubclass(kind.base, Message):
            for base in kind.bases:
                yield from _handle_paths(base, here)
        elif name.endswith("handle") and name != "conn_handle" and kind.base is int:
            yield here
