"""How far a long piece of work has come, on standard error, where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gatts_codec.capture import Item
from gatts_codec.capture.recording import Recording
from gatts_codec.cli.output import console
from gatts_codec.errors import printable

_LONG_BYTES = 2_000_000
_STEP = 500  # items between two looks


@contextmanager
def bar(what: str, total: float) -> Iterator[Callable[[float], object]]:
    """Yields what moves the bar."""
    if not sys.stderr.isatty():
        yield lambda completed: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(printable(what), total=total)
        yield lambda completed: progress.update(task, completed=completed)


def watched(recording: Recording, *, rows_in_sight: bool) -> Iterator[Item]:
    """The recording's items. Rows that scroll by in the same terminal are progress enough."""
    seen = not rows_in_sight and (recording.size or 0) > _LONG_BYTES
    return _watched(recording) if seen else recording.items


def _watched(recording: Recording) -> Iterator[Item]:
    with bar(recording.name, 1.0) as advance_to:
        for number, item in enumerate(recording.items):
            if number % _STEP == 0:
                advance_to(recording.progress() or 0.0)
            yield item
