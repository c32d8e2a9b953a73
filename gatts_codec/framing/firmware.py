"""H5 frames as connectivity firmware reads them. It differs from ``Decoder``, which hosts and recordings go by, twice.

- *Escapes.* DB within a frame waits for DC or DD. Until one of them comes every byte is dropped, C0 included: one byte
  damaged to DB makes the chip deaf, to RESET too. ``slip.RELEASE`` ends that. Seen of SDK 11, 14.2 and 17.1.
- *Length.* Only the checksums count; the length field is not compared with the frame. Seen of SDK 17.1.
"""

from __future__ import annotations

import re

from ..errors import FramingError
from . import h5
from .decoder import Decoder, Frame
from .slip import END
from .stream import Buffer

_UNPAIRED = re.compile(b"\xdb(?![\xdc\xdd])")
_CLOSER = re.compile(b"[\xdc\xdd]")


class FirmwareDecoder(Decoder):
    """Streaming H5 decoder of a chip. ``latch=False``: a DB before anything but DC or DD only spoils its frame."""

    dropped: int

    def __init__(self, *, latch: bool = True) -> None:
        super().__init__()
        self._latch = latch
        self._waits = False

    @property
    def is_deaf(self) -> bool:
        """Whether a DB waits for its DC or DD, and everything else is dropped."""
        return self._waits

    def reset(self) -> None:
        """Forget an unfinished frame, and that a DB waits; set ``dropped`` to 0."""
        super().reset()
        self._waits = False

    def feed(self, data: Buffer) -> list[Frame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        data = bytes(data)
        frames: list[Frame] = []
        at = 0
        while at < len(data):
            if self._waits:
                at = self._until_closed(data, at)
                continue
            # Outside of frames a DB means nothing.
            begin = at if self._inside else data.find(END, at) + 1 or len(data)
            found = _UNPAIRED.search(data, begin) if self._latch else None
            end = len(data) if found is None else found.end()
            frames += super().feed(data[at:end])
            self._waits = found is not None and self._inside
            at = end
        return frames

    def _until_closed(self, data: bytes, at: int) -> int:
        """Where the DC or DD is; what comes before it is dropped."""
        closer = _CLOSER.search(data, at)
        end = len(data) if closer is None else closer.start()
        self.dropped += end - at
        self._waits = closer is None
        return end

    def _read(self, body: bytes) -> Frame:
        frame = super()._read(body)
        if frame.error is None or frame.error.code != "length_mismatch":
            return frame
        try:
            return Frame(frame.raw, h5.decode_whatever_length(frame.error.data), None)
        except FramingError as error:
            return Frame(frame.raw, None, error)
