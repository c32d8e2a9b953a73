"""A recording as message objects, in a stream: no Arrow, no numpy, and memory for one block of lines.

Lines as this project writes them are cut by one regular expression a block; a block with any other line goes to the
reader of such recordings.
"""

from __future__ import annotations

import io
import re
from binascii import unhexlify
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from gatts_codec.arguments import checked
from gatts_codec.capture.bulk.lines import LongLine, blocks
from gatts_codec.capture.readers import jsonl
from gatts_codec.capture.wire.chunks import Chunk, Direction
from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect
from gatts_codec.errors import CaptureError, DecodeError, FramingError
from gatts_codec.framing import Decoder, Frame, decode_frame
from gatts_codec.framing.decoder import MAX_PENDING
from gatts_codec.framing.h5 import ACK_FRAMES, H5Packet, H5Type
from gatts_codec.framing.slip import END, END_BYTE
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet

SeenMessage: TypeAlias = tuple[
    int | None,
    Direction | None,
    H5Packet | None,
    Packet | Opaque | DecodeError | FramingError | CaptureError | None,
]
_BLOCK_BYTES = 1 << 20
_VENDOR = int(H5Type.VENDOR_SPECIFIC)  # comparing with the enum would cost as much as a look at the header
_LINE = re.compile(
    rb'^\{"t_us": ?(-?(?:0|[1-9][0-9]*)), ?"dir": ?"(host->device|device->host)", ?"hex": ?"([0-9a-fA-F]*)"\}$',
    re.MULTILINE,
)
_ACKS = {frame.hex().encode(): decode_frame(frame) for frame in ACK_FRAMES}
_LONGEST = 1 + MAX_PENDING
_DIRECTIONS: dict[bytes, Direction] = {b"host->device": "host->device", b"device->host": "device->host"}


@checked
def read_messages(path: str | Path, dialect: str | Dialect, *, strict: bool = True) -> Iterator[SeenMessage]:
    """Every frame of a recording in JSON lines: time in microseconds, direction, H5 packet, message.

    The packet is None for a bad frame, whose error stands in the message's place; so does that of a packet that does
    not decode. Packets other than vendor packets have no message. A line that cannot be read is its CaptureError
    alone. Raises OSError.
    """
    stream = _Stream(Codec(dialect, strict=strict), str(path))
    with Path(path).open("rb") as file:
        try:
            for block in blocks(file, _BLOCK_BYTES):
                lines = _LINE.findall(block)
                if len(lines) == block.count(b"\n") + (not block.endswith(b"\n")):
                    yield from stream.lines(lines)
                else:
                    yield from stream.entries(block)
        except LongLine:
            yield None, None, None, CaptureError("a line without end", file=str(path))


class _Stream:
    """A decoder for each direction, and what they make of chunks."""

    def __init__(self, codec: Codec, name: str) -> None:
        self._unpack, self._name = codec.unpack, name
        self._decoders: dict[Direction | None, Decoder] = {}
        self._busy: set[bytes] = set()  # the directions whose last frame is unfinished
        self._line = 0

    def lines(self, lines: list[tuple[bytes, bytes, bytes]]) -> Iterator[SeenMessage]:
        """The frames that lines complete. Most lines are one whole frame, which needs no streaming decoder."""
        self._line += len(lines)
        unpack, busy = self._unpack, self._busy
        for number, (time, word, digits) in enumerate(lines, self._line - len(lines) + 1):
            packet = _ACKS.get(digits)
            if packet is None or word in busy:
                if len(digits) & 1:
                    fault = CaptureError("hex: an odd number of digits", file=self._name, line=number)
                    yield None, None, None, fault
                    continue
                raw = unhexlify(digits)
                if word in busy or not _is_one_frame(raw):
                    yield from self._chunk(Chunk(int(time), _DIRECTIONS[word], raw))
                    continue
                try:
                    packet = decode_frame(raw)
                except FramingError as error:
                    yield int(time), _DIRECTIONS[word], None, error
                    continue
            message: Packet | Opaque | DecodeError | None = None
            if packet.type == _VENDOR:
                try:
                    message = unpack(packet.payload)
                except DecodeError as error:
                    message = error
            yield int(time), _DIRECTIONS[word], packet, message

    def entries(self, block: bytes) -> Iterator[SeenMessage]:
        """The same for lines of any kind."""
        before, self._line = self._line, self._line + block.count(b"\n")
        for entry in jsonl.read(io.BufferedReader(io.BytesIO(block)), self._name):
            if isinstance(entry, CaptureError):
                yield None, None, None, CaptureError(entry.reason, file=self._name, line=before + entry.line)
            elif isinstance(entry, Chunk):
                yield from self._chunk(entry)

    def _chunk(self, chunk: Chunk) -> Iterator[SeenMessage]:
        decoder = self._decoder(chunk.dir)
        for frame in decoder.feed(chunk.data):
            yield chunk.t_us, chunk.dir, frame.packet, self._message(frame)
        word = (chunk.dir or "").encode()
        (self._busy.add if decoder.pending else self._busy.discard)(word)

    def _message(self, frame: Frame) -> Packet | Opaque | DecodeError | FramingError | None:
        if frame.packet is None:
            return frame.error
        if frame.packet.type != _VENDOR:
            return None
        try:
            return self._unpack(frame.packet.payload)
        except DecodeError as error:
            return error

    def _decoder(self, direction: Direction | None) -> Decoder:
        return self._decoders.setdefault(direction, Decoder())


def _is_one_frame(raw: bytes) -> bool:
    size = len(raw)
    return 2 < size <= _LONGEST and raw[0] == END and raw.find(END_BYTE, 1) == size - 1
