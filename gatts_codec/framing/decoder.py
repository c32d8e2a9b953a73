"""H5 frames out of a stream of bytes, whatever else is in it.

Bytes outside frames are dropped and counted. ``C0 C0`` begins anew. A closing C0 never opens the next frame,
so a stray C0 or a truncated frame costs the next frame at most: its leading C0 closes the bad one, its
trailing C0 opens an empty one, and the frame after that is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ..errors import FramingError
from . import h5, slip
from .h5 import H5Packet, H5Type
from .stream import Buffer

# The largest frame there is: header, payload and CRC, each byte escaped, and one C0.
MAX_PENDING = 2 * (h5.HEADER_SIZE + h5.MAX_PAYLOAD + h5.CRC_SIZE) + 1


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
        self.dropped = 0
        """Bytes outside frames: noise, a C0 made void by another, the rest of an over-long frame."""
        self._unfinished = bytearray()

    @property
    def pending(self) -> bytes:
        """The bytes of an unfinished frame, leading C0 included; at most one maximal frame."""
        return bytes(self._unfinished)

    def reset(self) -> None:
        """Forget an unfinished frame and set ``dropped`` to 0."""
        self._unfinished.clear()
        self.dropped = 0

    def feed(self, data: Buffer) -> list[Frame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        data = bytes(data)
        frames: list[Frame] = []
        at = self._continue(data, frames) if self._unfinished else 0
        while True:
            start = data.find(slip.END_BYTE, at)
            if start < 0:
                self.dropped += len(data) - at
                return frames
            self.dropped += start - at
            end = data.find(slip.END_BYTE, start + 1)
            if end < 0 or end - start > MAX_PENDING:
                self._unfinished.append(slip.END)
                at = self._continue(data, frames, start + 1)
            elif end == start + 1:
                self.dropped += 1
                at = end
            else:
                frames.append(_frame(data[start : end + 1]))
                at = end + 1

    def _continue(self, data: bytes, frames: list[Frame], at: int = 0) -> int:
        """Add to the unfinished frame from ``data[at:]``; returns where the rest of ``data`` begins."""
        unfinished = self._unfinished
        end = data.find(slip.END_BYTE, at)
        if end == at and len(unfinished) == 1:
            unfinished.clear()
            self.dropped += 1
            return end
        stop = len(data) if end < 0 else end
        room = MAX_PENDING - len(unfinished)
        unfinished += data[at : min(stop, at + room)]
        if stop - at > room:
            frames.append(_over_long(bytes(unfinished)))
            unfinished.clear()
            return at + room
        if end < 0:
            return stop
        frames.append(_frame(bytes(unfinished) + slip.END_BYTE))
        unfinished.clear()
        return end + 1


@dataclass(slots=True)
class _Frame:
    """Frame without the freezing: built at half the price, then turned into one (same slots)."""

    raw: bytes
    packet: H5Packet | None
    error: FramingError | None


def _frame(raw: bytes) -> Frame:
    if len(raw) == _ACK_FRAME_SIZE and raw in _ACK_FRAMES:
        return _ACK_FRAMES[raw]
    body = raw[1:-1]
    try:
        frame = _Frame(raw, h5.decode(slip.unescape(body) if slip.ESC in body else body), None)
    except FramingError as error:
        frame = _Frame(raw, None, error)
    frame.__class__ = Frame  # type: ignore[assignment]
    return cast(Frame, frame)


def _over_long(raw: bytes) -> Frame:
    reason = f"{len(raw) - 1} bytes after a C0 and no second one: longer than any frame"
    return Frame(
        raw, None, FramingError(reason, layer="h5", code="length_mismatch", offset=len(raw), data=raw)
    )


# The eight ACKs are half of all traffic and always the same bytes: decoded once and for all.
_ACK_FRAME_SIZE = 6
_ACK_PACKETS = [H5Packet(int(H5Type.ACK), ack=number) for number in range(8)]
_ACK_FRAMES = {raw: Frame(raw, packet, None) for packet in _ACK_PACKETS for raw in [h5.encode_frame(packet)]}
