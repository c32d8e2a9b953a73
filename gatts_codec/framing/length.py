"""Length framing, the ``ser_phy_uart`` firmware's: u16 little endian length, then the payload.

No checksum and no mark to find a lost step again: the line must be clean (flow control, no noise).
"""

from __future__ import annotations

from ..errors import EncodeError, FramingError
from .stream import Buffer, Framing, PayloadFrame

_LENGTH_SIZE = 2
MAX_PAYLOAD = 0xFFFF


def encode(payload: bytes) -> bytes:
    """The frame for ``payload``. Raises EncodeError for an empty one and over 65535 bytes."""
    if not 1 <= len(payload) <= MAX_PAYLOAD:
        raise EncodeError(
            f"length must be 1..{MAX_PAYLOAD}, not {len(payload)}", path="payload", packet="length frame"
        )
    return len(payload).to_bytes(_LENGTH_SIZE, "little") + payload


class Decoder:
    """Streaming decoder; a length of 0 or over ``max_payload`` is a bad frame.

    The bytes that such a length announces are dropped, which keeps in step with a peer that really sends
    them. From any other trouble nothing on this wire can recover. Every byte ends up in a frame's ``raw``, in
    ``dropped`` or in ``pending``.
    """

    def __init__(self, *, max_payload: int = MAX_PAYLOAD) -> None:
        self.dropped: int = 0
        self._max_payload = max_payload
        self._unfinished = bytearray()
        self._skip = 0

    @property
    def pending(self) -> bytes:
        """The bytes of an unfinished frame, its length included; at most one maximal frame."""
        return bytes(self._unfinished)

    def reset(self) -> None:
        """Forget an unfinished frame and set ``dropped`` to 0."""
        self._unfinished.clear()
        self._skip = self.dropped = 0

    def feed(self, data: Buffer) -> list[PayloadFrame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        data = bytes(data)
        frames: list[PayloadFrame] = []
        at = 0
        while at < len(data):
            if self._skip:
                skipped = min(self._skip, len(data) - at)
                self._skip -= skipped
                self.dropped += skipped
                at += skipped
                continue
            taken = data[at : at + self._missing()]
            self._unfinished += taken
            at += len(taken)
            self._close(frames)
        return frames

    def _missing(self) -> int:
        """How many bytes the unfinished frame lacks, as far as is known."""
        have = len(self._unfinished)
        if have < _LENGTH_SIZE:
            return _LENGTH_SIZE - have
        return _LENGTH_SIZE + int.from_bytes(self._unfinished[:_LENGTH_SIZE], "little") - have

    def _close(self, frames: list[PayloadFrame]) -> None:
        raw = bytes(self._unfinished)
        if len(raw) < _LENGTH_SIZE:
            return
        length = int.from_bytes(raw[:_LENGTH_SIZE], "little")
        if not 1 <= length <= self._max_payload:
            reason = f"a length of {length}, not 1..{self._max_payload}"
            error = FramingError(reason, layer="length", code="length_mismatch", data=raw)
            frames.append(PayloadFrame(raw, None, error))
            self._skip = length
        elif len(raw) == _LENGTH_SIZE + length:
            frames.append(PayloadFrame(raw, raw[_LENGTH_SIZE:], None))
        else:
            return
        self._unfinished.clear()


LENGTH = Framing("length", encode, Decoder)
