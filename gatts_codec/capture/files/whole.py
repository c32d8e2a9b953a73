"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from gatts_codec.arguments import checked

PART = ".part-"
"""How the names of unfinished files begin."""


def part_of(name: str) -> str:
    """How the name of every unfinished file begins that is to become ``name``."""
    return f"{PART}{sha256(os.fsencode(name)).hexdigest()[:8]}-"  # short: a long name need not fit twice


def part_name(name: str, run: str = "") -> str:
    """A name for a new unfinished file that is to become ``name``; ``run`` stands in it, to find it again."""
    return part_of(name) + run + uuid.uuid4().hex


class _Output(io.FileIO):
    """A file to write. Its errors name the file that it is to become: a disk that is full does not say which."""

    def __init__(self, path: Path, wanted: str) -> None:
        self._wanted = wanted
        try:
            super().__init__(path, "w")
        except OSError as error:
            raise self._named(error) from error

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise self._named(error) from error

    def _named(self, error: OSError) -> OSError:
        return OSError(error.errno, error.strerror, self._wanted)  # of the class that belongs to the number


@checked
@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str], run: str = "") -> Iterator[BinaryIO]:
    """A file to write, which has its name only once all is written: no reader ever sees half of it.

    After an exception there is the file that was there before, or none. A link stays a link, and what it points to is
    replaced, keeping its permissions; what is not a file (a pipe, ``/dev/stdout``) is written to as it comes. ``run``
    stands in the name that it has meanwhile. Raises OSError, which names ``path``.
    """
    target, wanted = Path(os.path.realpath(path)), os.fspath(path)
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with io.BufferedWriter(_Output(target, wanted)) as stream:  # raises IsADirectoryError for a folder
            yield stream
        return
    part = target.with_name(part_name(target.name, run))
    try:
        with io.BufferedWriter(_Output(part, wanted)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())  # else a power cut could leave the name, and nothing in it
        if mode is not None:
            part.chmod(stat.S_IMODE(mode))
        part.replace(target)
    finally:
        with contextlib.suppress(OSError):  # there is none where all went well
            part.unlink()


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
