"""This project's own recordings: a frame a line, as readers/jsonl.py reads them.

Bytes outside frames are not kept: their number is known, not what they were.
"""

from __future__ import annotations

import json
from typing import BinaryIO

from gatts_codec.capture.wire.frames import CapturedFrame, Item


class JsonlWriter:
    """Writes every frame as it was read, bad ones too."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, item: Item) -> None:
        """Append a frame; other items are passed over."""
        if isinstance(item, CapturedFrame):
            row = {"t_us": item.t_us, "dir": item.dir, "hex": item.raw.hex()}
            row |= {"link": item.link} if item.link else {}
            self._stream.write(json.dumps(row).encode() + b"\n")

    def close(self) -> None:
        """Everything has been written."""
