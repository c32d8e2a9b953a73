"""interceptty: a byte a line.

< \\t0x41 (A)      from the program, the host
> \\t0x41 (A)      from the device
"""

from __future__ import annotations

import io
import re

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.bytewise import ByteJoiner
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction, Entries
from gatts_codec.errors import CaptureError

_LINE = re.compile(r"([<>])\s+0x([0-9a-f]{1,2})\b", re.IGNORECASE)
_DIRECTIONS: dict[str, Direction] = {"<": TO_DEVICE, ">": TO_HOST}


def _recognises(head: Head) -> bool:
    return bool(head.lines) and any(_LINE.match(line) for line in head.lines[:20])


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The bytes of both directions. Lines that tell of the port's state are passed over."""
    joiner = ByteJoiner()
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
            continue
        number, text = line
        found = _LINE.match(text)
        if found:
            yield from joiner.byte(int(found[2], 16), None, _DIRECTIONS[found[1]])
        elif text[:1] in ("<", ">"):
            yield CaptureError(f"expected a byte such as 0x41, found {text[:40]!r}", file=name, line=number)
    yield from joiner.finish()


FORMAT = Format("interceptty", "interceptty", _recognises, read)
