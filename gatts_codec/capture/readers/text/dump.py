"""Lines of a dump: an offset, cells of one kind, and often the same bytes as characters. od, hexdump, xxd, Wireshark.

0000000 c0 00 05   0000000 300 000 005   0000000 192 0 5      bytes in hex, octal, decimal (od -t x1, o1, u1, d1)
0000000 00c0 0005  0000000 000300 000005 0000000 00192 00005  words of 16 bits, little endian, in hex, octal, decimal
00000000: c000 0500 00000000: 11000000 00000000               bytes in groups; bits (xxd -b)
0000000 300  \\0 005  \\0 373 300                               characters (od -c, hexdump -c)

A line counts as one where its offset is what came before it, in hex, octal or decimal; behind an offset with a colon
any does. ``*`` stands for lines like the last one, and a line with an offset alone ends the dump.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from gatts_codec.capture.readers.text.dress import SIDES

_OFFSET = re.compile(
    rf"[^\w\\]*(?:(?:{SIDES})\W{{1,4}})?(?:0x)?(?P<offset>[0-9a-f]{{4,8}})(?P<colon>:?)(?:(?P<rest>[ \t].*)|$)",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(r"\s\|[^|]*\|?\s*$|\s>[^>]*<\s*$")
_GAP = {True: re.compile(r"\S\s{2,}"), False: re.compile(r"\S\s{3,}")}  # behind it come characters
_USUAL, _WIDEST = 16, 64  # bytes of a line
_LONGEST_GAP = 1 << 20  # bytes that a * may stand for
_ESCAPES = dict(zip("0abfnrtv\\", b"\0\a\b\f\n\r\t\v\\", strict=True))


class _Style(NamedTuple):
    cell: re.Pattern[str]
    data: Callable[[str], bytes]


def _numbers(cell: str, base: int, size: int) -> _Style:
    def data(text: str) -> bytes:
        return (int(text, base) % (1 << 8 * size)).to_bytes(size, "little")

    return _Style(re.compile(cell, re.IGNORECASE), data)


def _character(text: str) -> bytes:
    if text[0] == "\\" and len(text) == len("\\0"):
        return bytes([_ESCAPES[text[1]]])
    return bytes([int(text, 8)]) if len(text) == len("300") else text.encode("ascii", "replace")


_HEX = _numbers(r"[0-9a-f]{2}", 16, 1)
_GROUPS = _Style(re.compile(r"(?:[0-9a-f]{2})+", re.IGNORECASE), bytes.fromhex)
_LITTLE_32 = _numbers(r"[0-9a-f]{8}", 16, 4)
_CHARACTER = _Style(re.compile(r"\\[0abfnrtv\\]|[0-3][0-7]{2}|[!-~]"), _character)
_PLAIN: tuple[_Style, ...] = (
    _HEX,
    _numbers(r"[0-3][0-7]{2}", 8, 1),
    _numbers(r"[0-9a-f]{4}", 16, 2),
    _numbers(r"[01][0-7]{5}", 8, 2),
    _numbers(r"[0-6][0-9]{4}", 10, 2),
    _LITTLE_32,
    _numbers(r"-?[0-9]{1,3}", 10, 1),
    _CHARACTER,
)
_BEHIND_A_COLON = (_numbers(r"[01]{8}", 2, 1), _GROUPS)


class Dump:
    """Reads the lines of dumps, one after the other."""

    def __init__(self) -> None:
        self._at: int | None = None  # bytes of the dump so far
        self._style: _Style | None = None
        self._last, self._squeezed = b"", False

    def line(self, said: str) -> bytes | None:
        """A line's bytes, none for the end of a dump; None where the line does not belong to one."""
        if said.strip() == "*" and self._at is not None:
            self._squeezed = True
            return b""
        found = _OFFSET.match(said)
        if found is None:
            return None
        missing = self._missing(found["offset"], bool(found["colon"]))
        rest = (found["rest"] or "").rstrip()
        if missing is None or self._at is None:
            return None
        data = self._cells(rest, bool(found["colon"]))
        if not data and (rest or not self._at):
            self._at = None
            return None
        again = self._last * (missing // len(self._last)) if missing else b""
        self._at += len(again) + len(data)
        self._last, self._squeezed = data, False
        return again + data

    def _missing(self, offset: str, colon: bool) -> int | None:
        """How many bytes stand between the last line and an offset; None where it fits no dump."""
        gaps = [] if self._at is None else [place - self._at for place in _readings(offset)]
        if self._squeezed and self._last:
            fitting = [gap for gap in gaps if 0 < gap < _LONGEST_GAP and gap % len(self._last) == 0]
            if fitting:
                return min(fitting)
        if 0 in gaps and self._at:
            return 0
        if not colon and set(offset) != {"0"}:
            return None
        self._at, self._style, self._squeezed = int(offset, 16), None, False
        return 0

    def _cells(self, rest: str, colon: bool) -> bytes:
        cells = _CHARACTERS.sub("", rest)
        if self._style is None:
            self._style = _style_of(cells, _BEHIND_A_COLON if colon else _PLAIN, colon)
            if self._style is _GROUPS and _says(rest, _leading(cells, _LITTLE_32, colon)):
                self._style = _LITTLE_32  # xxd -e
        return b"" if self._style is None else _leading(cells, self._style, colon)


def _style_of(cells: str, styles: tuple[_Style, ...], colon: bool) -> _Style | None:
    """The first style that all cells have; hex where characters stand behind the cells."""
    whole = next((style for style in styles if all(map(style.cell.fullmatch, cells.split()))), None)
    if whole is not None:
        return whole
    return next((style for style in styles if _leading(cells, style, colon)), None)


def _readings(offset: str) -> set[int]:
    found = {int(offset, 16)}
    for base, digits in ((8, "[0-7]+"), (10, "[0-9]+")):
        if re.fullmatch(digits, offset):
            found.add(int(offset, base))
    return found


def _leading(text: str, style: _Style, colon: bool) -> bytes:
    """What the cells say, up to the characters that stand behind them."""
    if style is _CHARACTER:
        return b"".join(style.data(cell) for cell in _columns(text))
    if style in (_HEX, *_BEHIND_A_COLON) and (gap := _GAP[colon].search(text)):
        text = text[: gap.end()]
    data, cells = b"", text.split()
    most = _WIDEST if all(map(style.cell.fullmatch, cells)) else _USUAL
    for cell in cells:
        if not style.cell.fullmatch(cell) or len(data) >= most:
            break
        data += style.data(cell)
    return data


def _columns(text: str) -> list[str]:
    """The cells of characters, four columns each, so that a space is one; else what spaces part."""
    cells = [text[at : at + 4] for at in range(0, len(text), 4)]
    if all(_CHARACTER.cell.fullmatch(cell.strip() or "_") and cell[0].isspace() for cell in cells):
        return [cell.strip() or " " for cell in cells]
    return [cell for cell in text.split() if _CHARACTER.cell.fullmatch(cell)]


def _says(rest: str, data: bytes) -> bool:
    """Whether the characters at a line's end are these bytes, and tell them from others."""
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return bool(data) and set(shown) != {"."} and rest.endswith(shown)
