"""Markdown out of plain values: tables, code, spans of dialects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gatts_codec.dialects import DIALECTS

_NAMES = list(DIALECTS)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a ``|`` in a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    """``text`` as code, or nothing."""
    return f"`{text}`" if text else ""


def fenced(text: str, language: str = "text") -> str:
    """``text`` as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def span_of(dialects: Sequence[str]) -> str:
    """A run of dialects in words: ``every dialect``, ``sd_api_v3 to sd_api_v7``."""
    if list(dialects) == _NAMES:
        return "every dialect"
    first, last = _NAMES.index(dialects[0]), _NAMES.index(dialects[-1])
    if len(dialects) > 1 and list(dialects) == _NAMES[first : last + 1]:
        return f"`{dialects[0]}` to `{dialects[-1]}`"
    return ", ".join(f"`{name}`" for name in dialects)
