"""The beginning of a recording: enough of it to tell its format, however small the parts are in which it comes."""

from __future__ import annotations

import enum
import io
import re
import select
import time
from collections.abc import Callable

from gatts_codec.capture.files.lines import buffered
from gatts_codec.capture.readers.format import HEAD_BYTES, Head

_LINE_END = re.compile(rb"[\r\n]")
_BINARY_BYTES = 24  # the header of a pcap file, the longest that is looked at
_PATIENCE_S = 1.0  # for which what is written now is waited for, if it may tell more


class Judgement(enum.Enum):
    """What a beginning tells."""

    UNKNOWN = enum.auto()
    LIKELY = enum.auto()  # unless what follows has plainer marks
    CERTAIN = enum.auto()


class _Beginning(io.RawIOBase):
    """A stream whose first bytes can be looked at before they are read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.head = b""
        self._given = 0

    def grow(self) -> bytes:
        """One part more of the head; nothing at the end, and where it is long enough."""
        part = self._stream.read1(HEAD_BYTES - len(self.head)) if len(self.head) < HEAD_BYTES else b""
        self.head += part
        return part

    def grows_within(self, seconds: float) -> bool:
        """Whether there is more to read, or the end; False where the system cannot tell."""
        try:
            return bool(select.select([self._stream.fileno()], [], [], max(seconds, 0))[0])
        except (OSError, ValueError):  # no descriptor; on Windows none but a socket's
            return False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if self.head:
            part, self.head = self.head[: len(buffer)], self.head[len(buffer) :]
            buffer[: len(part)] = part
            size = len(part)
        else:
            size = self._stream.readinto1(buffer)
        self._given += size
        return size

    def tell(self) -> int:
        return self._given  # also of a pipe


def begun(stream: io.BufferedReader, judge: Callable[[Head], Judgement]) -> io.BufferedReader:
    """The stream; ``peek`` gives as much of its beginning as ``judge`` needs.

    A pipe may give a byte at a time, and a live one nothing more for hours. So of a text one line is read, of anything
    else the longest header, then on until ``judge`` knows it, or HEAD_BYTES, or the end. What is likely only may still
    change for a second, while more comes.
    """
    beginning, has_line, enough, deadline = _Beginning(stream), False, 0, None
    while part := beginning.grow():
        size = len(beginning.head)
        first_line = not has_line and _LINE_END.search(part) is not None
        has_line = has_line or first_line
        if size >= enough or first_line:
            enough = size + size // 4  # all is looked at each time
            head = Head(beginning.head)
            can_be_judged = has_line if head.text else size >= _BINARY_BYTES
            judgement = judge(head) if can_be_judged else Judgement.UNKNOWN
            if judgement is Judgement.CERTAIN:
                break
            if judgement is Judgement.LIKELY and deadline is None:
                deadline = time.monotonic() + _PATIENCE_S
        if deadline is not None and not beginning.grows_within(deadline - time.monotonic()):
            break
    return buffered(beginning, HEAD_BYTES)
