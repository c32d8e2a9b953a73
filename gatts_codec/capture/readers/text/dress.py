"""What stands around bytes in a line: its time, the mark of its wire, comments, what HTML and typography made of it."""

from __future__ import annotations

import html
import re
from itertools import pairwise

from gatts_codec.capture.wire.clock import SECOND_US, clock_time

# Quotation marks, dashes, arrows, guillemets and strange spaces, by their code points.
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2018\u2019\u201a", "'")
    | dict.fromkeys("\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2192\u21d2\u27a1\u279c\u25b6\u25ba\u27f6", "->")
    | dict.fromkeys("\u2190\u21d0\u2b05\u25c0\u25c4\u27f5", "<-")
    | dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u2060", "")
    | {"\u00ab": "<<", "\u00bb": ">>", "\u2026": "...", "\u00d7": "x"}
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|//.*|(?:^|\s)#(?!define\b).*")
_STAMP = re.compile(
    r"(?:\d{4}[-/.]\d\d[-/.]\d\d|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})[T ,]+\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?"
    r"(?:Z|[+-]\d\d:?\d\d)?(?: [AP]M\b)?"
    r"|\b\d\d:\d\d:\d\d[.,]\d{1,9}|^\W*\d\d:\d\d:\d\d(?=[\s\]>)])"
    r"|(?<![\w.])\d{1,10}\.\d{3,9}(?![\w.])",
)
_SECONDS = re.compile(r"^[\s\[(]*(\d{1,10}\.\d{3,9})(?:\s*s\b)?(?=[\s\]):])")
_OUT = r"tx|out|outgoing|writes?|written|sends?|sent|transmit(?:s|ted)?|host|irp_mj_write"
_IN = r"rx|in|incoming|reads?|recv|receive[sd]?|chip|device|irp_mj_read"
_OF_A_HEADING = {"hex", "data", "raw", "bytes", "byte", "at", "port", "down", "up", "dir", "direction"}
SIDES = f"{_OUT}|{_IN}"
_WORD = re.compile(rf"(?<![a-z])(?:(?P<TX>{_OUT})|(?P<RX>{_IN}))(?![a-z])", re.IGNORECASE)
_SIGN = re.compile(r"(?P<TX>[-=]{0,3}>{1,3})|(?P<RX><{1,3}[-=]{0,3})(?![^\s\[(])")
_MARK_WORDS = "tx|rx|out|in|write|read|sent|received|host|chip"
_MARKS = rf"\W{{0,3}}(?:{_MARK_WORDS})\b\W{{1,5}}|(?:-{{1,2}}>|<-{{1,2}}|>>|<<)\s*\W?"
_ANY_MARK = re.compile(f"[<>]|{_MARK_WORDS}", re.IGNORECASE)
_SHORTEST_JOINED = 24  # characters of a line with two packets
_TIME = "\x01"  # stands for a stamp's characters
_JOINED = re.compile(
    rf"(?<=[0-9a-f\])>}}'\"])\s+(?=(?:[\[(]?{_TIME}+\W{{0,4}})?(?:{_MARKS})(?:0x)?[0-9a-f]{{2}})",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:pre|code|br|p|div|span|tt|b|i|em|strong|font|td|tr|th|table|blockquote|li|ul)\b[^>]{0,200}>", re.I
)
_CAST = re.compile(r"\(\s*(?:unsigned\s+)?(?:byte|char|sbyte|u8|uint8_t)\s*\)", re.IGNORECASE)
_PORT = re.compile(r"(?:/dev/)?(?:tty[A-Z]\w{1,20}|cu\.\w{1,30})|\bCOM\d{1,3}\b")


def plain(text: str) -> str:
    """A text as it was before HTML, a word processor or a forum had it."""
    if "&" in text:
        text = html.unescape(text)
    return text if text.isascii() else text.translate(_TYPOGRAPHY)


def pieces(line: str) -> list[str]:
    """A line cut before each mark of a wire that bytes follow, and before its time."""
    if len(line) < _SHORTEST_JOINED or not _ANY_MARK.search(line, _SHORTEST_JOINED // 2):
        return [line]
    untimed = _STAMP.sub(lambda found: _TIME * len(found[0]), line)
    cuts = [0, *(found.end() for found in _JOINED.finditer(untimed)), len(line)]
    return [line[start:end] for start, end in pairwise(cuts)]


def uncommented(line: str) -> str:
    """A line without comments, casts and tags, as C, Python, shells and HTML have them."""
    line = _TAG.sub(" ", line) if "<" in line else line
    return _COMMENT.sub(" ", _CAST.sub("", line) if "(" in line else line)


def timed(line: str) -> tuple[int | None, str]:
    """The time of a line in microseconds, None without one; and the line with spaces in its place."""
    if seconds := _SECONDS.match(line):
        whole, fraction = seconds[1].split(".")
        t_us = int(whole) * SECOND_US + int(fraction.ljust(6, "0")[:6])
        return t_us, " " * seconds.end() + line[seconds.end() :]
    return clock_time(line), _STAMP.sub(lambda found: " " * len(found[0]), line)


def wire_of(prefix: str) -> str:
    """What the words before bytes call their wire: TX (the host sends), RX, or a port's name; empty without a mark."""
    for mark in (_WORD, _SIGN):
        if found := mark.search(prefix):
            return found.lastgroup or ""
    port = _PORT.search(prefix)
    return port[0] if port else ""


def is_heading(text: str) -> bool:
    """Whether a line without its time holds a wire's mark and nothing else: it speaks for the lines below it."""
    rest = _PORT.sub("", text) if _PORT.search(text) else _WORD.sub("", text, count=1)
    return bool(wire_of(text)) and {word.lower() for word in re.findall(r"\w+", rest)} <= _OF_A_HEADING
