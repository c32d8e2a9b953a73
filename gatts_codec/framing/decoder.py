"""H5 frames out of a stream of bytes, whatever else is in it.

Bytes outside frames are dropped and counted. ``C0 C0`` starts over. A closing C0 never opens the next frame,
so a stray C0 or a truncated frame costs the next frame at most: its leading C0 closes the bad one, its
trailing C0 opens an empty one, and the frame after that is read again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import FramingError
from . import h5
from .h5 import H5Packet, H5Type
from .slip import END_BYTE, ESC, unescape
from .stream import Buffer
from .unfrozen import unfrozen

# What stands between the two C0 of the largest packet, each byte of it escaped; and with the leading C0.
MAX_BODY = 2 * (h5.HEADER_SIZE + h5.MAX_PAYLOAD + h5.CRC_SIZE)
MAX_PENDING = 1 + MAX_BODY


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as read (both C0 and escapes included); exactly one of ``packet`` and ``error`` is None.

    The raw bytes of a frame that outgrew every possible packet are its first ones, without a closing C0.
    """

    raw: bytes
    packet: H5Packet | None
    error: FramingError | None

    @property
    def payload(self) -> bytes | None:
        """The packet's payload, None for a bad frame."""
        return None if self.packet is None else self.packet.payload


class Decoder:
    """Streaming H5 decoder. Every byte fed ends up in a frame's ``raw``, in ``dropped`` or in ``pending``."""

    def __init__(self) -> None:
        self.dropped: int = 0
        """Bytes outside frames: noise, a C0 made void by another, the rest of an over-long frame."""
        self._inside = False
        self._body = bytearray()

    @property
    def pending(self) -> bytes:
        """The bytes of an unfinished frame, leading C0 included; at most one maximal frame."""
        return END_BYTE + self._body if self._inside else b""

    def reset(self) -> None:
        """Forget an unfinished frame and set ``dropped`` to 0."""
        self._inside = False
        self._body.clear()
        self.dropped = 0

    def feed(self, data: Buffer) -> list[Frame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        if type(data) is bytes and data in _WHOLE_ACKS and not self._inside:
            return [_WHOLE_ACKS[data]]
        frames: list[Frame] = []
        pieces = (data if isinstance(data, bytes) else bytes(data)).split(END_BYTE)
        tail = pieces.pop()
        if self._body and pieces:
            pieces[0] = bytes(self._body) + pieces[0]
            self._body.clear()
        inside = self._inside
        for piece in pieces:  # each with a C0 behind it
            if not inside:
                inside = True
                if piece and (shared := self._between(piece)) is not None:
                    frames.append(shared)
                    inside = False
                elif piece:
                    self.dropped += len(piece)
            elif not piece:
                self.dropped += 1
            elif len(piece) > MAX_BODY:
                frames.append(self._over_long(piece))
            else:
                frames.append(self._read(piece))
                inside = False
        self._inside = inside
        if tail:
            self._keep(tail, frames)
        return frames

    def _between(self, body: bytes) -> Frame | None:
        """A frame in bytes that stand between a closing C0 and the next one: for an end of the link there is none."""
        return None

    def _read(self, body: bytes) -> Frame:
        """The frame of what stands between two C0."""
        return _frame(body)

    def _keep(self, tail: bytes, frames: list[Frame]) -> None:
        """Bytes that no C0 ends yet."""
        if not self._inside:
            self.dropped += len(tail)
        elif len(self._body) + len(tail) > MAX_BODY:
            frames.append(self._over_long(bytes(self._body) + tail))
            self._body.clear()
            self._inside = False
        else:
            self._body += tail

    def _over_long(self, body: bytes) -> Frame:
        """The bad frame for a body no packet can have. A C0 that ends it may as well open the next: it stays open."""
        self.dropped += len(body) - MAX_BODY
        raw = END_BYTE + body[:MAX_BODY]
        reason = f"{MAX_BODY} bytes after a C0 and no second one: longer than any frame"
        error = FramingError(reason, layer="h5", code="length_mismatch", offset=len(raw), data=raw)
        return Frame(raw, None, error)


_NewFrame = unfrozen(Frame)


def _frame(body: bytes) -> Frame:
    if len(body) == h5.HEADER_SIZE and body in _ACK_FRAMES:
        return _ACK_FRAMES[body]
    frame = _NewFrame()
    frame.raw = END_BYTE + body + END_BYTE
    try:
        frame.packet = h5.decode(unescape(body) if ESC in body else body)
        frame.error = None
    except FramingError as error:
        frame.packet, frame.error = None, error
    frame.__class__ = Frame
    return frame  # type: ignore[no-any-return]


# The eight ACKs are half of all traffic and always the same bytes: decoded once and for all.
_ACKS = [H5Packet(int(H5Type.ACK), ack=number) for number in range(8)]
_ACK_FRAMES = {h5.encode(ack): Frame(h5.encode_frame(ack), ack, None) for ack in _ACKS}
_WHOLE_ACKS = {frame.raw: frame for frame in _ACK_FRAMES.values()}
