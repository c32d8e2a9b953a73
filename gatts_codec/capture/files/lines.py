"""Lines of a text recording, numbered, whatever editor or shell it went through, in bounded memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from gatts_codec.errors import CaptureError

MAX_LINE = 1 << 20  # characters; the longest real line, a packet in a driver's log, has a few thousand

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # what PowerShell's > writes
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_encoding(head: bytes) -> str:
    """The encoding of a text that begins with ``head``, by its byte order mark; UTF-8 without one."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")


def numbered_lines(stream: io.BufferedReader, name: str) -> Iterator[tuple[int, str] | CaptureError]:
    """Each line without its end, with its number from 1. LF, CRLF and CR end a line.

    A line of more than MAX_LINE characters comes as a CaptureError, once, and its rest is skipped.
    """
    encoding = text_encoding(stream.peek(4))
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace")
    number, whole = 0, True
    while line := text.readline(MAX_LINE):
        number += whole
        if len(line) < MAX_LINE or line.endswith("\n"):
            if whole:
                yield number, line.rstrip("\n")
            whole = True
        elif whole:
            reason = f"a line of more than {MAX_LINE} characters: is this a text file?"
            yield CaptureError(reason, file=name, line=number)
            whole = False
    text.detach()


def pieces_of_lines(stream: io.BufferedReader, size: int) -> Iterator[tuple[int, str]]:
    """Lines of any length in pieces, numbered from 1. All but a line's last have ``size`` characters."""
    text = io.TextIOWrapper(stream, encoding=text_encoding(stream.peek(4)), errors="replace")
    number = 1
    while piece := text.readline(size):
        yield number, piece.rstrip("\n")
        number += piece.endswith("\n")
    text.detach()


def buffered(stream: BinaryIO | io.RawIOBase, size: int = io.DEFAULT_BUFFER_SIZE) -> io.BufferedReader:
    """A binary stream as the buffered one that readers take."""
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(cast(io.FileIO, stream), size)
