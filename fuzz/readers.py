"""Readers: any file gives entries, frames and packets, or CaptureErrors, and never more than it holds.

byte 0    0: known by its content; else which format
then      the file
"""

from __future__ import annotations

import io

from fuzz.material import DIALECT_NAMES, files
from gatts_codec.capture import CapturedFrame, Chunk, PacketDecoder, assemble
from gatts_codec.capture.readers import formats, read
from gatts_codec.capture.wire.chunks import Entry
from gatts_codec.capture.wire.direction import infer_directions
from gatts_codec.errors import CaptureError

_NAMES = [None, *formats()]
_DECODERS = [PacketDecoder(dialect) for dialect in DIALECT_NAMES]
_GZIP = b"\x1f\x8b"


def seeds() -> list[bytes]:
    """A small recording in every format, to be known by content and by name."""
    return [b"\x00" + content for content in files()] + [
        bytes([number % len(_NAMES)]) + content for number, content in enumerate(files(), 1)
    ]


def check(data: bytes) -> None:
    """Read the file to its end, cut it into frames, decode them."""
    if not data:
        return
    try:
        _, entries = read(_stream(data[1:]), "fuzz", _NAMES[data[0] % len(_NAMES)])
        found = list(entries)
    except CaptureError as error:
        assert str(error)
        return
    if not data[1:].startswith(_GZIP):  # a compressed one may well hold more than its size
        _bounded(found, len(data))
    decoder = _DECODERS[len(data) % len(_DECODERS)]
    for item in infer_directions(assemble(iter(found))):
        if isinstance(item, CapturedFrame):
            decoder.decode(item).to_dict()


def _bounded(entries: list[Entry], size: int) -> None:
    held = sum(len(entry.data) for entry in entries if isinstance(entry, Chunk))
    assert held <= 2 * size, "more bytes come out than the file holds"
    assert len(entries) <= 4 * size + 8


def _stream(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(content))
