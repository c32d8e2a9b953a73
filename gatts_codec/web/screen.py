"""The command line, run in the same process, and what it prints as pieces of coloured text."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from rich.console import Console
from rich.style import Style
from rich.text import Text

from gatts_codec.cli import app

# Rich takes a page for a terminal, and leaves folding to it.
_AS_TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "1000"}

Piece = tuple[str, str]
"""A text, and its style: ``bold``, ``dim`` and ``colour-`` with the number of a terminal's colour, between spaces."""


@dataclass(frozen=True)
class Screen:
    """What one command has printed, and its exit status. ``more``: it had more to say than there was room for."""

    status: int
    out: list[Piece]
    err: list[Piece]
    more: bool = False


def run(arguments: Sequence[str], room: int = 1 << 20) -> Screen:
    """Run ``gatts-codec`` with these arguments; at most ``room`` characters of output are kept, whole lines of them."""
    out, err = _Page(room), io.StringIO()
    before = dict(os.environ)
    os.environ.update(_AS_TERMINAL)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = app.run(list(arguments))
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Screen(0 if out.full else status, _pieces(out.getvalue()), _pieces(err.getvalue()), out.full)


class _Page(io.StringIO):
    """Paper that has an end: who prints on is told that nobody reads any more, as at the end of a pipe."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self.full = False

    def write(self, text: str) -> int:
        if self.full:
            raise BrokenPipeError
        self._room -= len(text)
        self.full = self._room < 0
        return super().write(text)


def _pieces(printed: str) -> list[Piece]:
    text = Text.from_ansi(printed)
    return [(segment.text, _named(segment.style)) for segment in text.render(Console())]


def _named(style: Style | None) -> str:
    return " ".join(_names(style)) if style else ""


def _names(style: Style) -> Iterator[str]:
    if style.bold:
        yield "bold"
    if style.dim:
        yield "dim"
    if style.color is not None:
        yield f"colour-{style.color.number}"
