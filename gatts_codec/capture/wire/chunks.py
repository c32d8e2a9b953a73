"""What a recording is made of: chunks of bytes as they crossed the line, and remarks about them.

A reader yields entries in the order of the recording:

    Chunk         bytes, with time, direction and channel as far as the format knows them
    LineFault     what the recorder saw wrong with the line itself: parity, framing, lost bytes
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
OPPOSITE: dict[Direction, Direction] = {TO_DEVICE: TO_HOST, TO_HOST: TO_DEVICE}


class Chunk(NamedTuple):
    """Bytes in one direction. Chunks are not frames: one may hold half a frame or three.

    ``t_us`` counts microseconds from whatever start the recording has; from 1970 on where it has clock times.
    ``channel`` names the wire where the format tells wires apart and not directions (``"TX"``). ``link`` names the
    link, with both its wires, where a recording holds several: an adapter's port.
    """

    t_us: int | None
    dir: Direction | None
    data: bytes
    channel: str = ""
    link: str = ""


class LineFault(NamedTuple):
    """``times`` bytes that the recorder saw arrive wrong: ``what`` is parity error, framing error, break or lost."""

    t_us: int | None
    dir: Direction | None
    what: str
    times: int = 1
    channel: str = ""


class Remark(NamedTuple):
    """A line of the recording that is not bytes and worth showing. ``line`` counts from 1.

    ``kind`` is state (of the host's link), error (the host's report of one), bad frame, step, call or other (of a
    program's log), or note.
    """

    t_us: int | None
    text: str
    line: int = 0
    kind: str = "note"
    link: str = ""


class CutOff(CaptureError):
    """The recording ends in the middle of a line, its last."""


CUT_OFF = "the recording ends in the middle of this line"

Entry: TypeAlias = Chunk | LineFault | Remark | CaptureError
Entries: TypeAlias = Iterator[Entry]
