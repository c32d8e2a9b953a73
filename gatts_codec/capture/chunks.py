"""What a recording is made of: chunks of bytes as they crossed the line, and remarks about them.

A reader yields entries in the order of the recording:

    Chunk         bytes, with time and direction as far as the format knows them
    Remark        something the recording says besides bytes
    CaptureError  a line that cannot be read; the next one is read all the same
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from gatts_codec.errors import CaptureError

Direction: TypeAlias = Literal["host->device", "device->host"]
TO_DEVICE: Direction = "host->device"
TO_HOST: Direction = "device->host"
DIRECTIONS = (TO_DEVICE, TO_HOST)


class Chunk(NamedTuple):
    """Bytes in one direction. Chunks are not frames: one may hold half a frame or three.

    ``t_us`` counts microseconds from whatever start the recording has; from 1970 on where it has clock times.
    """

    t_us: int | None
    dir: Direction | None
    data: bytes


class Remark(NamedTuple):
    """A line of the recording that is no bytes and worth showing. ``line`` counts from 1."""

    t_us: int | None
    text: str
    line: int = 0


Entry: TypeAlias = Chunk | Remark | CaptureError
Entries: TypeAlias = Iterator[Entry]
