"""socat -x, also with -v: a line with direction, time and length, then the bytes.

    > 2019/09/28 14:42:32.732010  length=6 from=0 to=5
     c0 00 05 00 fb c0

``>`` goes from socat's first address to its second. Newer versions pad the microseconds to nine digits.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, timezone

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.chunks import Chunk, Entries
from gatts_codec.capture.wire.clock import SECOND_US
from gatts_codec.errors import CaptureError

_HEADER = re.compile(
    r"([<>]) (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\.(\d{1,9})  length=(\d{1,9}) from=\d+ to=\d+", re.ASCII
)
_BYTES = re.compile(r"((?: [0-9a-f]{2})+)(?=\s|$)")
_LONG = 1 << 16  # bytes; of a longer block some come before it ends


def _recognises(head: Head) -> bool:
    return any(_HEADER.match(line) for line in head.lines[:50])


class _Block:
    """A header and the bytes that follow it."""

    def __init__(self, found: re.Match[str]) -> None:
        self.channel, self.t_us = found[1], _time(found[2], found[3])
        self.missing = int(found[4])
        self.data = bytearray()

    def add(self, text: str) -> bool:
        """Takes a line's bytes; False if it has none. -v prints characters behind them, which may look like hex."""
        found = _BYTES.match(text)
        if found is None or not self.missing:
            return False
        data = bytes.fromhex(found[1])[: self.missing]
        self.missing -= len(data)
        self.data += data
        return True

    def chunk(self) -> Chunk:
        return Chunk(self.t_us, None, bytes(self.data), self.channel)


def read(stream: io.BufferedReader, name: str) -> Entries:
    """Chunks for each block. One that is shorter than it says is an error entry, its bytes a chunk all the same."""
    block: _Block | None = None
    number = 0
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
            continue
        number, text = line
        found = _HEADER.match(text)
        if found:
            yield from _end(block, name, number)
            block = _Block(found)
        elif block is not None and block.add(text):
            if not block.missing:
                yield block.chunk()
                block = None
            elif len(block.data) >= _LONG:
                yield block.chunk()
                block.data.clear()
        elif text.strip() and text.strip() != "--" and text.startswith(" "):
            yield CaptureError(f"bytes without a line that says whose: {text[:40]!r}", file=name, line=number)
    yield from _end(block, name, number)


def _end(block: _Block | None, name: str, line: int) -> Entries:
    if block is not None:
        yield CaptureError(f"{block.missing} bytes of the block before are missing", file=name, line=line)
        yield block.chunk()


def _time(second: str, fraction: str) -> int | None:
    try:
        moment = datetime.strptime(second, "%Y/%m/%d %H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:  # no such day or hour: the bytes are worth more than the time
        return None
    micros = int(fraction) if len(fraction) == 6 or int(fraction) < SECOND_US else int(fraction) // 1000
    return int(moment.timestamp()) * SECOND_US + micros


FORMAT = Format("socat", "socat -x", _recognises, read)
