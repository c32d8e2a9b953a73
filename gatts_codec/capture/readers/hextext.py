"""Hex as people paste it: ``c0 00 05 00 fb c0``, ``0xC0,0x00``, ``C0-00-05``, ``"\\xc0\\x00"``, on any number of lines.

Separators are spaces, commas, semicolons, colons, dashes, quotes, brackets and braces; ``0x``, ``\\x`` and ``h`` are
ignored. Python's b'..', xxd's and hexdump -C's output are read too. No time, no direction.
"""

from __future__ import annotations

import ast
import io
import re

from gatts_codec.capture.chunks import Chunk, Entries
from gatts_codec.capture.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.errors import CaptureError

_SEPARATOR = re.compile(r"[\s,;:\-\"'\[\]{}()<>]+")
_PREFIX = re.compile(r"(?:0x|\\x)(?=[0-9a-f])|(?<=[0-9a-f]{2})h$")
_DUMPS = (
    re.compile(r"[0-9a-f]{6,8}: ((?:[0-9a-f]{2,4} )+) .*", re.IGNORECASE),  # xxd
    re.compile(r"[0-9a-f]{8}  ((?:[0-9a-f]{2} {1,2})+) *\|.*\|", re.IGNORECASE),  # hexdump -C
)
_DUMP_END = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)  # the size, behind hexdump's last line
_LONGEST_LINE = 1 << 24  # whole recordings are pasted as one
_LITERAL = re.compile(r"""b(?:'.*'|".*")""")


def parse_hex(text: str) -> bytes:
    """The bytes that ``text`` spells. Raises CaptureError with the word that is not hex."""
    if _LITERAL.fullmatch(text.strip()):
        return _literal(text.strip())
    return b"".join(_bytes(word) for word in _SEPARATOR.split(text.lower()) if word)


def _literal(text: str) -> bytes:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise CaptureError(f"{text[:40]!r} is no bytes literal") from None
    return bytes(value)


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


def _recognises(head: Head) -> bool:
    hexadecimal = [
        line for line in head.lines[:20] if _dumped(line) or looks_like_hex(line.partition("#")[0])
    ]
    return bool(hexadecimal)


def _dumped(line: str) -> bytes | None:
    """The bytes of one line of a hexdump, without its offset and characters."""
    found = next((found for dump in _DUMPS if (found := dump.fullmatch(line))), None)
    return bytes.fromhex(found[1].replace(" ", "")) if found else None


def read(stream: io.BufferedReader, name: str) -> Entries:
    """One chunk a line; a line that is not hex is a CaptureError entry. Text behind # is a comment."""
    dump = False
    for line in numbered_lines(stream, name, _LONGEST_LINE):
        if isinstance(line, CaptureError):
            yield line
            continue
        number, text = line
        try:
            data = _dumped(text)
            ends = dump and _DUMP_END.fullmatch(text) is not None
            dump = data is not None
            if data is None:
                data = b"" if ends else parse_hex(text.partition("#")[0])
        except CaptureError as error:
            yield CaptureError(error.reason, file=name, line=number)
        else:
            if data:
                yield Chunk(None, None, data)


FORMAT = Format("hex", "hex text", _recognises, read)
