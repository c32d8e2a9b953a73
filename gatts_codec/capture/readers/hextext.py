"""Hex as people paste it: ``c0 00 05 00 fb c0``, ``0xC0,0x00``, ``C0-00-05``, ``"\\xc0\\x00"``, on any number of lines.

Separators are spaces, commas, semicolons, colons, dashes, quotes, brackets and braces; ``0x``, ``\\x`` and ``h`` are
ignored. Python's b'..' is read too, and whatever else bytes look like in a line of text (text/pasted.py): dumps, lists,
escapes, with a time and a wire's mark before them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, groupby
from operator import itemgetter

from gatts_codec.capture.files.lines import pieces_of_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.readers.text.pasted import Paste, PastedLine
from gatts_codec.capture.wire.chunks import Chunk, Entries
from gatts_codec.errors import CaptureError, brief

PIECE = 1 << 16  # characters at a time: whole recordings are pasted as one line
_LONGEST_DRESSED = 1 << 13  # characters; a longer line is hex and nothing else
_LINES_TO_JUDGE = 200
_LONGEST_WORD = 64  # characters; of longer ones the beginning is read before the end has come
_KEPT = 4
_SEPARATOR = re.compile(r"[\s,;:\-\"'\[\]{}()<>]+")
_PREFIX = re.compile(r"(?:0x|\\x)(?=[0-9a-f])|(?<=[0-9a-f]{2})h$")
_SHORTENED = re.compile(r"\\[0-7x].{0,400}[\"']\.\.\.")
_LITERAL = re.compile(r"""\s*b(["'])""")
_SPELT = re.compile(
    r"""(?P<plain>[^\\'"\n]+)|(?P<quote>["'])"""
    r"""|\\(?:x(?P<hex>[0-9a-fA-F]{2})|(?P<octal>[0-7]{1,3})|(?P<other>[^x\n]))"""
)
_LONGEST_ESCAPE = 4
_ESCAPES = dict(zip("abfnrtv\\'\"", b"\a\b\f\n\r\t\v\\'\"", strict=True))


def parse_hex(text: str) -> bytes:
    """The bytes that ``text`` spells. Raises CaptureError with the word that is not hex."""
    return b"".join(_parsed(text[at : at + PIECE] for at in range(0, len(text), PIECE)))


def _parsed(pieces: Iterable[str], *, comments: bool = False) -> Iterator[bytes]:
    """The bytes of a text in pieces, each piece's when the next one has come: those of a single one all or none."""
    rest = iter(pieces)
    first = next(rest, "")
    literal = _LITERAL.match(first)
    reader = _Words(comments) if literal is None else _Literal(literal[1], comments)
    data = reader.feed(first if literal is None else first[literal.end() :])
    for piece in rest:
        yield data
        data = reader.feed(piece)
    yield data + reader.finish()


class _Words:
    """Words in hex."""

    def __init__(self, comments: bool) -> None:
        self._rest = ""
        self._comments, self._ended = comments, False

    def feed(self, text: str) -> bytes:
        """What is spelt before the last word, which may go on."""
        if self._ended:
            return b""
        if self._comments:
            text, mark, _ = text.partition("#")
            self._ended = bool(mark)
        *words, self._rest = _SEPARATOR.split(self._rest + text.lower())
        while len(self._rest) > _LONGEST_WORD:
            cut = _cut_of(self._rest)
            words.append(self._rest[:cut])
            self._rest = self._rest[cut:]
        try:
            return bytes.fromhex(" ".join(words))  # what most are, at once
        except ValueError:
            return b"".join(map(_bytes, words))

    def finish(self) -> bytes:
        """The last word."""
        return _bytes(self._rest)


def _cut_of(word: str) -> int:
    """Where a long word can be read in two parts: before a prefix, or behind whole bytes, with digits left for an h."""
    prefix = max(word.rfind("0x"), word.rfind("\\x"))
    if prefix > 0:
        return prefix
    begin = 0 if prefix else len("0x")
    return begin + (len(word) - begin - _KEPT) // 2 * 2


def _bytes(word: str) -> bytes:
    digits = _PREFIX.sub(" ", word).split()
    try:
        # A digit alone is a byte (0x5); an odd number of digits run together has lost one.
        return b"".join(bytes.fromhex(part.zfill(2)) for part in digits)
    except ValueError:
        half = re.search("[^0-9a-f]", "".join(digits)) is None
        raise CaptureError(f"{brief(word)}: half a byte" if half else f"{brief(word)} is not hex") from None


class _Literal:
    """The inside of one of Python's bytes literals, and its end. Nothing is evaluated."""

    def __init__(self, quote: str, comments: bool) -> None:
        self._quote, self._comments = quote, comments
        self._rest, self._closed, self._ended = "", False, False

    def feed(self, text: str) -> bytes:
        """What is spelt, but for an escape that may go on."""
        return self._take(self._rest + text, _LONGEST_ESCAPE)

    def finish(self) -> bytes:
        """The rest."""
        data = self._take(self._rest, 0)
        if not self._closed:
            raise CaptureError("a bytes literal without an end")
        return data

    def _take(self, text: str, kept: int) -> bytes:
        data, at = bytearray(), 0
        while at < len(text) and not self._closed:
            if text[at] == "\\" and len(text) - at < kept:
                break
            found = _SPELT.match(text, at)
            if found is None:
                raise _no_literal(text[at:])
            at = found.end()
            self._closed = found["quote"] == self._quote
            data += b"" if self._closed else _unescaped(found)
        self._rest = "" if self._closed else text[at:]
        self._behind(text[at:] if self._closed else "")
        return bytes(data)

    def _behind(self, text: str) -> None:
        text = text.strip()
        self._ended = self._ended or (self._comments and text.startswith("#"))
        if text and not self._ended:
            raise _no_literal(text)


def _unescaped(found: re.Match[str]) -> bytes:
    if found["hex"] or found["octal"]:
        return bytes([(int(found["hex"], 16) if found["hex"] else int(found["octal"], 8)) & 0xFF])
    if found["other"] in _ESCAPES:
        return bytes([_ESCAPES[found["other"]]])
    try:
        return found[0].encode("ascii")  # an unknown escape stays as it is, as in Python
    except UnicodeEncodeError:
        raise _no_literal(found[0]) from None


def _no_literal(text: str) -> CaptureError:
    return CaptureError(f"{brief(text)} does not belong in a bytes literal, or behind it")


def looks_like_hex(text: str) -> bool:
    """Whether ``parse_hex`` would take it, and it is not empty."""
    try:
        return bool(parse_hex(text))
    except CaptureError:
        return False


def _recognises(head: Head) -> bool:
    paste = Paste()
    for line in head.lines[:_LINES_TO_JUDGE]:
        with suppress(CaptureError):
            if any(said.data for said in _spelt(line, paste)):
                return True
    return any(said.data for said in paste.finish())


def _spelt(text: str, paste: Paste) -> Iterator[PastedLine]:
    """What a line spells. Raises CaptureError for one that looks like hex and is not."""
    if len(text) >= PIECE:  # the beginning of a longer one
        yield PastedLine(None, "", next(_parsed([text, ""], comments=True)))
    elif len(text) > _LONGEST_DRESSED:
        yield PastedLine(None, "", b"".join(_parsed([text], comments=True)))
    elif (literal := _literal(text)) is not None:
        yield PastedLine(None, "", literal)
    else:
        for line in paste.read(text):
            yield line._replace(data=b"".join(_parsed([text], comments=True))) if line.plain else line
        if _SHORTENED.search(text):
            raise CaptureError("the bytes are cut short (...): let strace print them all, with -s 4096")


def _literal(text: str) -> bytes | None:
    """What a line says that is one of Python's literals; None where it is not one, or C, or a list of several."""
    if _LITERAL.match(text):
        with suppress(CaptureError):
            return b"".join(_parsed([text], comments=True))
    return None


def read(stream: io.BufferedReader, name: str) -> Entries:
    """One chunk a line, several of a very long one; a CaptureError for what is not hex. Text behind # is a comment."""
    paste = Paste()
    for number, numbered in groupby(pieces_of_lines(stream, PIECE), itemgetter(0)):
        pieces = (text for _, text in numbered)
        first = next(pieces)
        try:
            if len(first) < PIECE:
                yield from _chunks(_spelt(first, paste))
                continue
            for data in _parsed(chain([first], pieces), comments=True):
                if data:
                    yield Chunk(None, None, data)
        except CaptureError as error:
            yield CaptureError(error.reason, file=name, line=number)
    yield from _chunks(paste.finish())


def _chunks(lines: Iterable[PastedLine]) -> Iterator[Chunk]:
    return (Chunk(line.t_us, None, line.data, line.wire) for line in lines if line.data)


FORMAT = Format("hex", "hex text", _recognises, read, loose=True)
