"""Warnings that a bad line could cause without end: the first few of a kind, then how many there were."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from gatts_codec.errors import brief

log = logging.getLogger("gatts_codec.link")
T = TypeVar("T")

_FIRST = 5
_SHOWN = 32  # bytes


class Notices:
    """Logs warnings: of each text the first 5, then the 10th, 100th, 1000th ..., with its number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def warn(self, text: str, *values: object) -> None:
        """Log a text with values, as logging does, unless there were too many like it."""
        self._counts[text] += 1
        count = self._counts[text]
        if count <= _FIRST:
            log.warning(text, *values)
        elif str(count).strip("0") == "1":
            log.warning(f"{text} (%d such so far, of which few are logged)", *values, count)


def call_back(callback: Callable[..., T], *values: object) -> T | None:
    """Call what the user has handed in. What it raises is logged: the caller is not to blame, and goes on."""
    try:
        return callback(*values)
    except Exception:
        log.exception("the callback %r failed for %s", callback, ", ".join(map(brief, values)))
        return None


def brief_hex(data: bytes) -> str:
    """Hex of the first bytes, and how many there are in all if more."""
    shown = data[:_SHOWN].hex(" ")
    return shown if len(data) <= _SHOWN else f"{shown} .. ({len(data)} bytes)"
