"""Bytes within a line of text, in any spelling: hex, decimal and octal lists, strings with escapes, words of a dump.

c0 00 05   C0-00-05   c0|00|05   0xC0,0x00   c00005     hex, from a byte up to words of any even length
[192, 0, 5]   bytes([192, 0, 5])   192 0 5              decimal: in brackets, or where a number is over 99
"\\300\\0\\5"   b'\\xc0\\x00'   \\300\\0\\5                    escapes of C, Python and strace
<Buffer c0 00 05>   {0xC0, 0x00}                        hex again, whatever is around it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BYTE = r"(?:(?:0x|&h)[0-9a-f]{1,2}|\$?[0-9a-f]{2})(?:h|u8)?"
_WORD = rf"(?:{_BYTE}|(?:0x)?(?:[0-9a-f]{{2}}){{2,}}|[0-9a-f])"
_FIRST = rf"(?:{_BYTE}|(?:0x)?(?:[0-9a-f]{{2}}){{2,}})"
_BETWEEN = r"(?:[\s,;|.\"'\-]{1,4}|:|[\])>]\s?[\[(<]|(?=\$))"
_HEX = re.compile(rf"(?<![\w.]){_FIRST}(?![0-9a-z_])(?:{_BETWEEN}{_WORD}(?![0-9a-z_]))*", re.IGNORECASE)
_DIGITS = re.compile(r"(?:0x|\$|&h)?([0-9a-f]+)(?:u8)?", re.IGNORECASE)
_LIST = re.compile(r"[\[{(]\s*((?:-?\d{1,3}\s*,\s*)+-?\d{1,3})\s*,?\s*[\])}]")
_NUMBERS = re.compile(r"(?<![\w.:])\d{1,3}(?:[ ,;]{1,3}\d{1,3}){2,}(?![\w.:])")
_STRING = re.compile(r"""(?<!\\)(?P<quote>["'])(?P<said>(?:[^"'\\]|\\.|(?!(?P=quote))["'])*)(?P=quote)""")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|([abfnrtv\\'\"e]))")
_TELLING = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[0-7])")  # a line's end alone stands in any text
_UNQUOTED = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[0-7]{1,3})[\x21-\x7e]*")
_BITS = re.compile(r"(?<!\w)(?:0b)?[01]{8}(?:[ ,;]{1,3}(?:0b)?[01]{8})+(?!\w)")
_LETTERS = dict(zip("abfnrtv\\'\"e", b"\a\b\f\n\r\t\v\\'\"\x1b", strict=True))
_LOWEST_BYTE, _HIGHEST_BYTE = -0x80, 0xFF  # Java's bytes have a sign


class Run(NamedTuple):
    """Bytes, and where in the line they are spelt."""

    start: int
    end: int
    data: bytes


def runs(text: str) -> Iterator[Run]:
    """What can be read as bytes; strings and lists first, for their digits could be taken for hex."""
    if "\\" in text:
        yield from _strings(text)
    bits = [Run(*found.span(), _of_bits(found[0])) for found in _BITS.finditer(text)]
    if bits:
        yield from bits
        return
    for found in _LIST.finditer(text):
        yield from _listed(found, found[1])
    for found in _NUMBERS.finditer(text):
        if any(len(number) == 3 for number in re.findall(r"\d+", found[0])):
            yield from _listed(found, found[0])
    for found in _HEX.finditer(text):
        digits = (word[1] for word in _DIGITS.finditer(found[0]))
        yield Run(*found.span(), bytes.fromhex("".join(word.zfill(2) for word in digits)))


def _of_bits(said: str) -> bytes:
    return bytes(int(bits, 2) for bits in re.findall("[01]{8}", said))


def _strings(text: str) -> Iterator[Run]:
    """The strings of a line that have escapes, joined as C and Python join them; else escapes without quotes."""
    strings = [found for found in _STRING.finditer(text) if _TELLING.search(found["said"])]
    if strings:
        data = b"".join(_unescaped(found["said"]) for found in strings)
        yield Run(strings[0].start(), strings[-1].end(), data)
        return
    for found in _UNQUOTED.finditer(text):
        yield Run(*found.span(), _unescaped(found[0]))


def _unescaped(said: str) -> bytes:
    data, at = bytearray(), 0
    for escape in _ESCAPE.finditer(said):
        data += said[at : escape.start()].encode("ascii", "replace")
        data.append(_value(escape))
        at = escape.end()
    return bytes(data + said[at:].encode("ascii", "replace"))


def _value(escape: re.Match[str]) -> int:
    if escape[1]:
        return int(escape[1], 16)
    return int(escape[2], 8) if escape[2] else _LETTERS[escape[3]]


def _listed(found: re.Match[str], said: str) -> Iterator[Run]:
    """Numbers: octal as od prints them, each of three digits; hex where one has a leading zero; else decimal."""
    numbers = re.findall(r"-?\d+", said)
    if all(re.fullmatch("[0-3][0-7][0-7]", number) for number in numbers):
        values = [int(number, 8) for number in numbers]
    elif any(len(number) > 1 and number[0] == "0" for number in numbers):
        return
    else:
        values = [int(number) for number in numbers]
    if min(values) >= _LOWEST_BYTE and max(values) <= _HIGHEST_BYTE:
        yield Run(*found.span(), bytes(value & _HIGHEST_BYTE for value in values))
