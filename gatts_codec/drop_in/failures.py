"""What was found out about a failure, for the exception that a program raises when it sees the code."""

from __future__ import annotations

import threading

_last = threading.local()


def remember(code: int, text: str) -> None:
    """Keep what is known about a code that is returned to this thread now."""
    _last.code, _last.text = code, text


def recall(code: int | None) -> str:
    """What is known about the code that was returned to this thread last, once; "" for another one."""
    if code is None or getattr(_last, "code", None) != code:
        return ""
    text: str = _last.text
    del _last.code, _last.text
    return text
