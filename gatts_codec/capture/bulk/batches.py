"""A recording as record batches: in blocks where it is one of this project's own, frame by frame where it is not.

A thread of its own reads, parses and cuts the next block while this one becomes columns, so memory holds three blocks
at most. Both ways give the same rows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

import pyarrow as pa

from gatts_codec.capture.bulk.arrow_table import batch_of_rows
from gatts_codec.capture.bulk.chunks import ChunkBlock, of_chunks, parse
from gatts_codec.capture.bulk.frames import FrameBlock, FrameCutter, TooLong
from gatts_codec.capture.bulk.lines import BLOCK_BYTES, LongLine, blocks
from gatts_codec.capture.bulk.packets import PacketColumns
from gatts_codec.capture.bulk.rows import RowMaker, fits
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.files.lines import buffered, text_encoding
from gatts_codec.capture.readers import GZIP, detect, jsonl, read
from gatts_codec.capture.readers.format import HEAD_BYTES
from gatts_codec.capture.wire.chunks import Chunk, Entries
from gatts_codec.capture.wire.direction import infer_directions
from gatts_codec.capture.wire.frames import CapturedFrame, Item, assemble
from gatts_codec.capture.wire.framing import cut, guessed
from gatts_codec.errors import CaptureError

ROWS = 1 << 15
_KEPT_FAULTS = 20
_HEAD_BYTES = 4
OnRead = Callable[[int], object]


@dataclass
class Faults:
    """Lines that cannot be read: how many, and the first of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, error: CaptureError) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < _KEPT_FAULTS:
            self.first.append(str(error))


class NotInBlocks(Exception):
    """A recording that only the decoders for one frame can follow."""


def block_batches(
    stream: BinaryIO,
    name: str,
    decoder: PacketDecoder,
    faults: Faults,
    on_read: OnRead,
    size: int = BLOCK_BYTES,
) -> Generator[pa.RecordBatch, None, None]:
    """The batches of a recording in JSON lines.

    Raises NotInBlocks, at any time, for one whose lines lack directions, or with garbage longer than any frame: then
    everything has to be done again by ``row_batches``.
    """
    columns = PacketColumns(decoder)
    source = _Blocks(stream, name, faults, size)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting = ahead.submit(source.next)
        while (found := waiting.result()) is not None:
            waiting = ahead.submit(source.next)
            yield columns.batch(*found)
            on_read(source.position)


class _Blocks:
    """Reads, parses and cuts block after block."""

    def __init__(self, stream: BinaryIO, name: str, faults: Faults, size: int) -> None:
        self._blocks, self._name, self._faults = blocks(stream, size), name, faults
        self._cutter = FrameCutter()
        self._line = 0
        self.position = 0

    def next(self) -> tuple[ChunkBlock, FrameBlock] | None:
        """The next block and its frames; None at the end."""
        try:
            block = next(self._blocks, None)
            if block is None:
                return None
            chunks = parse(block)
            if chunks is None:
                chunks = self._read_slowly(block)
                self._line += block.count(b"\n")
            else:
                self._line += len(chunks.times)
            frames = self._cutter.cut(chunks)
        except (TooLong, LongLine):
            raise NotInBlocks from None
        self.position += len(block)
        return chunks, frames

    def _read_slowly(self, block: bytes) -> ChunkBlock:
        chunks = []
        for entry in jsonl.read(io.BufferedReader(io.BytesIO(block)), self._name):
            if isinstance(entry, CaptureError):
                self._faults.add(CaptureError(entry.reason, file=self._name, line=self._line + entry.line))
            elif isinstance(entry, Chunk):
                if entry.dir is None or not fits(entry.t_us):
                    raise NotInBlocks
                chunks.append(entry)
        return of_chunks(chunks)


def row_batches(
    stream: io.BufferedReader, name: str, decoder: PacketDecoder, faults: Faults, on_read: OnRead
) -> Generator[pa.RecordBatch, None, None]:
    """The batches of a recording in any format. Raises CaptureError where the format is not known."""
    maker = RowMaker(decoder)
    _, entries = read(stream, name)
    rows = (maker.row(frame) for frame in _frames(entries, faults))
    while some := list(islice(rows, ROWS)):
        yield batch_of_rows(decoder.dialect, some)
        on_read(stream.tell())


def _frames(entries: Entries, faults: Faults) -> Iterator[CapturedFrame]:
    for item in infer_directions(as_a_chip_does(entries)):
        if isinstance(item, CapturedFrame):
            yield item
        elif isinstance(item, CaptureError):
            faults.add(item)


def as_a_chip_does(entries: Entries) -> Iterator[Item]:
    """The frames of a recording in whichever framing; of H5 without those that share one C0."""
    framing, entries = guessed(entries)
    return assemble(entries, sharing=False) if framing == "h5" else cut(entries, framing)


def in_json_lines(stream: io.BufferedReader, name: str) -> bool:
    """Whether a recording is one of this project's own, of H5 frames, in UTF-8, by its first bytes.

    Raises CaptureError for what is no recording.
    """
    head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
    if head.startswith(GZIP):
        return False
    if detect(stream, name).name != "jsonl" or text_encoding(head) != "utf-8":
        return False
    begin = buffered(io.BytesIO(stream.peek(HEAD_BYTES)))
    return guessed(jsonl.read(begin, name))[0] == "h5"
