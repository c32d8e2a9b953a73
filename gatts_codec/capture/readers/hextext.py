"""Hex as people paste it: ``c0 00 05 00 fb c0``, ``0xC0,0x00``, ``C0-00-05``, ``"\\xc0\\x00"``, on any number of lines.

Separators are spaces, commas, semicolons, colons, dashes, quotes, brackets and braces; ``0x``, ``\\x`` and ``h`` are
ignored. No time, no direction.
"""

from __future__ import annotations

import io
import re

from gatts_codec.capture.chunks import Chunk, Entries
from gatts_codec.capture.lines import numbered_lines
from gatts_codec.errors import CaptureError

_SEPARATOR = re.compile(r"[\s,;:\-\"'\[\]{}()<>]+")
_PREFIX = re.compile(r"(?:0x|\\x)(?=[0-9a-f])|(?<=[0-9a-f]{2})h$")


def parse_hex(text: str) -> bytes:
    """The bytes that ``text`` spells. Raises CaptureError with the word that is not hex."""
    return b"".join(_bytes(word) for word in _SEPARATOR.split(text.lower()) if word)


def _bytes(word: str) -> bytes:
    digits = _PREFIX.sub(" ", word).split()
    try:
        # A digit alone is a byte (0x5); an odd number of digits run together has lost one.
        return b"".join(bytes.fromhex(part.zfill(2)) for part in digits)
    except ValueError:
        reason = (
            f"{word!r} is not hex" if re.search("[^0-9a-f]", "".join(digits)) else f"{word!r}: half a byte"
        )
        raise CaptureError(reason) from None


def looks_like_hex(text: str) -> bool:
    """Whether ``parse_hex`` would take it, and it is not empty."""
    try:
        return bool(parse_hex(text))
    except CaptureError:
        return False


def read(stream: io.BufferedReader, name: str) -> Entries:
    """One chunk a line; a line that is not hex is a CaptureError entry. Text behind # is a comment."""
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
            continue
        number, text = line
        try:
            data = parse_hex(text.partition("#")[0])
        except CaptureError as error:
            yield CaptureError(error.reason, file=name, line=number)
        else:
            if data:
                yield Chunk(None, None, data)
