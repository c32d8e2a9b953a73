"""Many recordings to one partitioned table: one Parquet file each, in this process, in several, or by Dask.

    OUT/capture=<name>/packets.parquet    a partition a recording
    OUT/_done/<name>.json                 that it is done, from which file, and how it went

A rerun passes over what is done, unless the recording has changed since. Who converts a recording first writes the
table, then the note; so a process that dies leaves it undone, and nothing is there twice. What a run left unfinished
goes with its end, however that came; of a run that was killed itself, with a later one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from gatts_codec.capture.bulk.convert import Converted, convert_file
from gatts_codec.capture.bulk.storage import (
    complete_output,
    exists,
    fingerprint,
    identity,
    join,
    read_text,
    remove_parts,
)
from gatts_codec.errors import CaptureError

_TABLE, _NOTES = "packets.parquet", "_done"
_RETRIES = 10
_PATIENCE_S = 30
_UNSAFE = re.compile(r"[^\w.+-]")


@dataclass(frozen=True)
class Task:
    """One recording, and where its partition and its note go; and the run that it belongs to."""

    source: str
    target: str
    note: str
    dialect: str
    run_id: str = ""

    def run(self) -> Converted:
        """Convert it and note that."""
        converted = convert_file(self.source, self.target, self.dialect, run=self.run_id)
        with complete_output(self.note, self.run_id) as stream:
            stream.write(json.dumps(converted.to_dict(), indent=1).encode())
        return converted

    def done(self) -> Converted | None:
        """What an earlier run noted, if it still holds."""
        text = read_text(self.note)
        if text is None or not exists(self.target):
            return None
        try:
            noted = Converted(**json.loads(text))
        except (ValueError, TypeError):
            return None
        same = noted.fingerprint == fingerprint(self.source) and self.dialect in (noted.dialect, "auto")
        return noted if same else None


@dataclass(frozen=True)
class Failed:
    """A recording that could not be converted."""

    source: str
    reason: str


Conversion = Converted | Failed
Results = Generator[Conversion, None, None]


def tasks(sources: Sequence[str], folder: str, dialect: str, run_id: str = "") -> list[Task]:
    """A task for each recording, however often it is named."""
    found = {}
    for source in sources:
        whole = identity(source)
        # The name tells people which recording it is, the digest tells recordings of one name apart, in every run.
        digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]
        name = f"{_UNSAFE.sub('_', PurePosixPath(whole.replace(os.sep, '/')).stem)}-{digest}"
        target = join(folder, f"capture={name}", _TABLE)
        found[whole] = Task(source, target, join(folder, _NOTES, f"{name}.json"), dialect, run_id)
    return list(found.values())


def run_here(todo: Iterable[Task]) -> Results:
    """One after the other."""
    for task in todo:
        yield attempt(task)


def run_dask(todo: Sequence[Task], scheduler: str) -> Results:
    """On the workers of a Dask cluster. A worker that dies costs what it was doing; others do it again.

    Raises CaptureError where Dask is not installed, or the scheduler does not answer.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise CaptureError('a scheduler needs Dask: pip install "dask[distributed]"') from None
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE_S)
    except OSError as error:
        raise CaptureError(f"no scheduler answers: {error}", file=scheduler) from None
    with closing(client):
        futures = client.map(attempt, todo, pure=False, retries=_RETRIES)
        by_key = {future.key: task for future, task in zip(futures, todo, strict=True)}
        for future in distributed.as_completed(futures):
            if future.status == "finished":
                yield future.result()
            else:
                yield Failed(by_key[future.key].source, str(future.exception()))


def attempt(task: Task) -> Conversion:
    """Convert one recording; a bad one must not end the others."""
    try:
        return task.run()
    except CaptureError as error:
        return Failed(task.source, str(error))
    except OSError as error:
        place = "" if error.filename in (None, task.source) else f"{error.filename}: "
        return Failed(task.source, f"{place}{error.strerror or error}")


def convert_many(
    sources: Sequence[str],
    folder: str,
    dialect: str,
    run: Callable[[Sequence[Task]], Results],
    on_result: Callable[[Conversion, bool], Any],
) -> None:
    """Convert what is not done yet; ``on_result`` hears of each recording, and whether it was done before."""
    todo, run_id = [], uuid.uuid4().hex
    for task in tasks(sources, folder, dialect, run_id):
        before = task.done()
        if before is None:
            todo.append(task)
        else:
            on_result(before, True)
    try:
        with closing(run(todo)) as results:
            for result in results:
                on_result(result, False)
    finally:
        remove_parts(folder, run_id)
