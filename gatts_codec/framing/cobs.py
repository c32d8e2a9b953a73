"""COBS frames, for bridges and custom firmware: ``COBS(packet) 00``, plain or with a CRC behind the packet.

Profile ``cobs+crc16`` is ``COBS(packet + CRC) 00``, the CRC that of H5 (CCITT-FALSE), little endian. No
firmware of Nordic's speaks either. Leading 00s and empty frames are ignored.
"""

from __future__ import annotations

from binascii import crc_hqx

from cobs import cobs as _cobs

from ..errors import EncodeError, FramingError
from .h5 import CRC_INIT, MAX_PAYLOAD
from .stream import Buffer, Framing, PayloadFrame

_CRC_SIZE = 2
_DELIMITER = b"\x00"
# COBS adds one byte for every 254 begun.
MAX_PENDING = MAX_PAYLOAD + _CRC_SIZE + (MAX_PAYLOAD + _CRC_SIZE) // 254 + 1


def encode(payload: bytes, *, crc: bool = True) -> bytes:
    """The frame for ``payload``, its closing 00 included. Raises EncodeError over 4095 bytes."""
    if len(payload) > MAX_PAYLOAD:
        raise EncodeError(
            f"length must be 0..{MAX_PAYLOAD}, not {len(payload)}", path="payload", packet="COBS frame"
        )
    tail = crc_hqx(payload, CRC_INIT).to_bytes(_CRC_SIZE, "little") if crc else b""
    return bytes(_cobs.encode(payload + tail)) + _DELIMITER


def decode(body: bytes, *, crc: bool = True) -> bytes:
    """The payload, from what stands before the 00.

    Raises FramingError (layer ``"cobs"``): bad_cobs, or with a CRC also short_frame and crc.
    """
    try:
        data = bytes(_cobs.decode(body))
    except _cobs.DecodeError as error:
        raise _error(str(error), "bad_cobs", 0, body) from None
    if not crc:
        return data
    if len(data) < _CRC_SIZE:
        raise _error(f"{len(data)} bytes are too few for a CRC", "short_frame", len(data), data)
    payload, found = data[:-_CRC_SIZE], int.from_bytes(data[-_CRC_SIZE:], "little")
    computed = crc_hqx(payload, CRC_INIT)
    if computed != found:
        raise _error(f"CRC is 0x{found:04x}, should be 0x{computed:04x}", "crc", len(payload), data)
    return payload


class Decoder:
    """Streaming COBS decoder. Every byte ends up in a frame's ``raw``, in ``dropped`` or in ``pending``."""

    def __init__(self, *, crc: bool = True) -> None:
        self.dropped: int = 0
        self._crc = crc
        self._unfinished = bytearray()
        self._discarding = False

    @property
    def pending(self) -> bytes:
        """The bytes of an unfinished frame; at most one maximal frame."""
        return bytes(self._unfinished)

    def reset(self) -> None:
        """Forget an unfinished frame and set ``dropped`` to 0."""
        self._unfinished.clear()
        self._discarding = False
        self.dropped = 0

    def feed(self, data: Buffer) -> list[PayloadFrame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        frames: list[PayloadFrame] = []
        *bodies, rest = bytes(data).split(_DELIMITER)
        for body in bodies:
            self._add(body, frames)
            self._close(frames)
        self._add(rest, frames)
        return frames

    def _add(self, piece: bytes, frames: list[PayloadFrame]) -> None:
        room = 0 if self._discarding else MAX_PENDING - len(self._unfinished)
        self._unfinished += piece[:room]
        if len(piece) <= room:
            return
        self.dropped += len(piece) - room
        if not self._discarding:
            raw = bytes(self._unfinished)
            reason = f"{len(raw)} bytes and no 00: longer than any frame"
            frames.append(PayloadFrame(raw, None, _error(reason, "length_mismatch", len(raw), raw)))
            self._unfinished.clear()
            self._discarding = True

    def _close(self, frames: list[PayloadFrame]) -> None:
        body = bytes(self._unfinished)
        self._unfinished.clear()
        self._discarding = False
        if not body:
            self.dropped += 1
            return
        try:
            frames.append(PayloadFrame(body + _DELIMITER, decode(body, crc=self._crc), None))
        except FramingError as error:
            frames.append(PayloadFrame(body + _DELIMITER, None, error))


def _error(reason: str, code: str, offset: int, data: bytes) -> FramingError:
    return FramingError(reason, layer="cobs", code=code, offset=offset, data=data)


PLAIN = Framing("cobs", lambda payload: encode(payload, crc=False), lambda: Decoder(crc=False))
WITH_CRC = Framing("cobs+crc16", encode, Decoder)
