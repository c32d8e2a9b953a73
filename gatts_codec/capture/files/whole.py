"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

PART = ".part-"
"""How the names of unfinished files begin."""


def part_of(name: str) -> str:
    """How the name of every unfinished file begins that is to become ``name``."""
    return f"{PART}{sha256(os.fsencode(name)).hexdigest()[:8]}-"  # short: a long name need not fit twice


def part_name(name: str) -> str:
    """A name for a new unfinished file that is to become ``name``."""
    return part_of(name) + uuid.uuid4().hex


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write, which has its name only once all is written: whoever reads it never sees half of it.

    After an exception there is the file that was there before, or none. A link stays a link, and what it points to is
    replaced, keeping its permissions; what is no file (a pipe, ``/dev/stdout``) is written to as it comes.
    Raises OSError.
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as stream:  # raises IsADirectoryError for a folder
            yield stream
        return
    part = target.with_name(part_name(target.name))
    try:
        with part.open("wb") as stream:
            yield stream
        if mode is not None:
            part.chmod(stat.S_IMODE(mode))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
