"""Bytes as they came off the line, one direction a file. No time, no direction.

Known by a good frame; by lengths that lead from packet to packet; or as one packet alone, by what it decodes as.
"""

from __future__ import annotations

import io

from gatts_codec.capture.decoding.guess import guesses
from gatts_codec.capture.readers.format import HEAD_BYTES, Format, Head
from gatts_codec.capture.wire.chunks import Chunk, Entries
from gatts_codec.framing import Decoder

_BLOCK = 1 << 16
_LONGEST, _LAST_TYPE = 1024, 4  # bytes of a packet; types of packets


def _recognises(head: Head) -> bool:
    if any(frame.packet is not None for frame in Decoder().feed(head.data)):
        return True
    return not head.text and (_is_length_framed(head.data) or _is_packet(head.data))


def _is_length_framed(data: bytes) -> bool:
    """Whether lengths lead through the data, to its end or to a packet that it cuts off."""
    at, packets = 0, 0
    while at + 2 < len(data):
        length = int.from_bytes(data[at : at + 2], "little")
        if not 2 <= length <= _LONGEST or data[at + 2] > _LAST_TYPE:
            return False
        at, packets = at + 2 + length, packets + 1
    return packets > 1 and (at == len(data) or len(data) >= HEAD_BYTES)


def _is_packet(data: bytes) -> bool:
    return len(data) <= _LONGEST and any(guess.what.startswith("an H5 payload") for guess in guesses(data))


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The bytes, in blocks as they come."""
    del name
    while data := stream.read1(_BLOCK):
        yield Chunk(None, None, data)


FORMAT = Format("raw", "raw bytes", _recognises, read)
