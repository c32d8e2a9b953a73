"""Framings: the same frames in whatever pieces the bytes come, every byte accounted for, in bounded memory.

byte 0    which framing
byte 1    how the stream is cut
then      the stream
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fuzz.material import recorded_bytes
from gatts_codec.framing import FRAMINGS, AnyFrame, Frame, StreamDecoder, encode_frame, h5

_FRAMINGS = list(FRAMINGS.values())
_MOST_PENDING = 0x10002  # a length frame with the largest payload; the others keep less


def seeds() -> list[bytes]:
    """Recorded traffic, and frames of every framing."""
    streams = [bytes([0, 7]) + stream for stream in recorded_bytes()]
    for number, framing in enumerate(_FRAMINGS):
        payloads = (b"\x00\xa4\xff\xff", b"\xc0\xdb\xdc\xdd\x00", bytes(300))
        streams.append(bytes([number, 3]) + b"".join(framing.encode(payload) for payload in payloads))
    return streams


def check(data: bytes) -> None:
    """Feed the stream whole, byte by byte and in pieces."""
    if len(data) < 2:
        return
    framing, step, stream = _FRAMINGS[data[0] % len(_FRAMINGS)], data[1] + 1, data[2:]
    whole = _fed(framing.decoder(), [stream])
    single = _fed(framing.decoder(), (stream[at : at + 1] for at in range(len(stream))))
    pieces = _fed(framing.decoder(), (stream[at : at + step] for at in range(0, len(stream), step)))
    assert whole == single, "byte by byte gives other frames than all at once"
    assert whole == pieces, "in pieces gives other frames than all at once"


def _fed(decoder: StreamDecoder, pieces: Iterator[bytes] | list[bytes]) -> Any:
    frames: list[AnyFrame] = []
    fed = 0
    for piece in pieces:
        fed += len(piece)
        frames += decoder.feed(piece)
        assert len(decoder.pending) <= _MOST_PENDING
    kept = sum(len(frame.raw) for frame in frames)
    assert kept + decoder.dropped + len(decoder.pending) == fed, "bytes are lost or invented"
    return [_facts(frame) for frame in frames], decoder.dropped, decoder.pending


def _facts(frame: AnyFrame) -> Any:
    assert (frame.payload is None) != (frame.error is None)
    if frame.error is None:
        if isinstance(frame, Frame) and frame.packet is not None:
            assert encode_frame(frame.packet) == frame.raw
            assert h5.decode_frame(frame.raw) == frame.packet
        return frame.raw, frame.payload
    assert str(frame.error)
    return frame.raw, frame.error.code, frame.error.offset, frame.error.reason
