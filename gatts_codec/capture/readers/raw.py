"""Bytes as they came off the line, one direction a file. No time, no direction."""

from __future__ import annotations

import io

from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.chunks import Chunk, Entries
from gatts_codec.framing import Decoder

_BLOCK = 1 << 16


def _recognises(head: Head) -> bool:
    return any(frame.packet is not None for frame in Decoder().feed(head.data))


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The bytes, in blocks as they come."""
    del name
    while data := stream.read1(_BLOCK):
        yield Chunk(None, None, data)


FORMAT = Format("raw", "raw bytes", _recognises, read)
