"""A process that is forked: its lines are its parent's, in what both share nothing may be touched."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

from gatts_codec.errors import LinkClosed


class Line(Protocol):
    """What has a port."""

    def leave_to_parent(self) -> None:
        """In the child: it is closed here, and stays as it is there."""


_lines: weakref.WeakSet[Line] = weakref.WeakSet()
in_child = _lines.add


def left(name: str) -> LinkClosed:
    """What calls in the child get."""
    return LinkClosed(f"{name} was opened before this process was forked, by its parent", stage="closed")


def _leave_all_to_parent() -> None:
    for line in tuple(_lines):
        line.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_all_to_parent)
