"""How far a long recording has been read, on standard error, where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gatts_codec.capture import Item
from gatts_codec.capture.recording import Recording

_LONG_BYTES = 2_000_000
_STEP = 500  # items between two looks


def watched(recording: Recording, *, rows_in_sight: bool) -> Iterator[Item]:
    """The recording's items. Rows that scroll by in the same terminal are progress enough."""
    seen = sys.stderr.isatty() and not rows_in_sight and (recording.size or 0) > _LONG_BYTES
    return _watched(recording) if seen else recording.items


def _watched(recording: Recording) -> Iterator[Item]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(recording.name, total=1.0)
        for number, item in enumerate(recording.items):
            if number % _STEP == 0:
                progress.update(task, completed=recording.progress() or 0.0)
            yield item
