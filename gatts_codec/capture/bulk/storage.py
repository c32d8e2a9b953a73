"""Where recordings and tables are: local paths, and with fsspec whatever it has URLs for.

A table appears under its name when it is complete, and not before.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from glob import has_magic
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from gatts_codec.capture.files.whole import PART, part_name, part_of, whole_file
from gatts_codec.capture.readers.format import HEAD_BYTES
from gatts_codec.errors import CaptureError

ABANDONED_S = 3600  # a file that is being written is written to more often


def is_url(name: str) -> bool:
    """Whether a name needs fsspec."""
    return "://" in name


def _file_system(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError:
        raise CaptureError("URLs need fsspec: pip install fsspec", file=url) from None
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise CaptureError(str(error), file=url) from None
    return found


def expand(name: str) -> list[str]:
    """The files that a name with wildcards means, in order; a name without any is itself, and so is one of a file.

    Raises CaptureError where there is none, or nothing is installed for the URL.
    """
    if not has_magic(name) or exists(name):  # such as browsers make: capture[1].jsonl
        return [name]
    if not is_url(name):
        path = Path(name)
        found = sorted(map(str, Path(path.anchor).glob(str(path.relative_to(path.anchor)))))
    else:
        files, pattern = _file_system(name)
        found = sorted(files.unstrip_protocol(match) for match in files.glob(pattern))
    if not found:
        raise CaptureError("no file matches", file=name)
    return found


def identity(name: str) -> str:
    """What a file is called wherever one stands: local paths are absolute. Raises CaptureError as ``expand`` does."""
    if not is_url(name):
        return str(Path(name).resolve())
    files, path = _file_system(name)
    return str(Path(path)) if "file" in files.protocol else str(files.unstrip_protocol(path))


def join(folder: str, *parts: str) -> str:
    """A name below a folder."""
    return "/".join((folder.rstrip("/"), *parts)) if is_url(folder) else str(Path(folder, *parts))


def fingerprint(name: str) -> dict[str, Any]:
    """What changes when a file does: its size, and when it was written or its tag. Raises OSError, CaptureError."""
    if not is_url(name):
        status = Path(name).stat()
        return {"size": status.st_size, "changed": status.st_mtime_ns}
    files, path = _file_system(name)
    info = files.info(path)
    changed = next(
        (info[key] for key in ("ETag", "etag", "mtime", "LastModified", "updated") if key in info), None
    )
    return {"size": info.get("size"), "changed": str(changed)}


@contextlib.contextmanager
def open_input(name: str) -> Iterator[io.BufferedReader]:
    """A file to be read. Raises OSError."""
    if not is_url(name):
        with Path(name).open("rb", buffering=0) as file:
            yield io.BufferedReader(file, HEAD_BYTES)
        return
    files, path = _file_system(name)
    with files.open(path, "rb") as stream:
        yield io.BufferedReader(stream, HEAD_BYTES)


@contextlib.contextmanager
def complete_output(name: str, run: str = "") -> Iterator[BinaryIO]:
    """A file to be written, which has its name only once all is written; after an exception there is none.

    ``run`` stands in the name that it has meanwhile: ``remove_parts`` finds it by that.
    """
    if not is_url(name):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        with whole_file(name, run) as stream:
            yield stream
        return
    files, path = _file_system(name)
    # Readers of partitioned tables pass over names that begin with a dot.
    folder = files._parent(path)
    part = f"{folder}/{part_name(path.rpartition('/')[2], run)}"
    files.makedirs(folder, exist_ok=True)
    try:
        with files.open(part, "wb") as stream:
            yield stream
        files.mv(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            files.rm(part)
        raise


def read_text(name: str) -> str | None:
    """A small file; None if there is none."""
    try:
        with open_input(name) as stream:
            return stream.read().decode()
    except FileNotFoundError:
        return None


def exists(name: str) -> bool:
    """Whether there is such a file. Raises CaptureError as ``expand`` does."""
    if not is_url(name):
        return Path(name).exists()
    files, path = _file_system(name)
    return bool(files.exists(path))


def remove_parts(folder: str, run: str = "") -> None:
    """Delete what killed processes have left of files that they were writing, in the folders below.

    Those of ``run``, of which nobody writes any more, go at once. Another is taken for left when nobody has written to
    it for an hour. That holds on file systems that several machines share, which know nothing of each other's processes
    and locks. Raises CaptureError.
    """
    _remove(folder, f"*/{PART}*", run)


def remove_parts_of(name: str, run: str = "") -> None:
    """The same for what would have become one file. Raises CaptureError."""
    folder, _, last = name.rpartition("/") if is_url(name) else (str(Path(name).parent), "", Path(name).name)
    _remove(folder, f"{part_of(last)}*", run)


def _remove(folder: str, pattern: str, run: str = "") -> None:
    if not is_url(folder):
        with contextlib.suppress(OSError):  # not writable
            _remove_local(Path(folder), pattern, run)
        return
    files, path = _file_system(folder)
    now = datetime.now(timezone.utc)
    for part in files.glob(f"{path.rstrip('/')}/{pattern}"):
        with contextlib.suppress(OSError, NotImplementedError):  # not every store knows times
            if (run and run in part) or _age_s(files.modified(part), now) > ABANDONED_S:
                files.rm(part)


def _age_s(changed: datetime, now: datetime) -> float:
    return (now - (changed if changed.tzinfo else changed.replace(tzinfo=timezone.utc))).total_seconds()


def _remove_local(folder: Path, pattern: str, run: str) -> None:
    parts = list(folder.glob(pattern))
    if not parts:
        return
    with NamedTemporaryFile(dir=folder, prefix=PART) as probe:  # a server's clock may go wrong
        now = os.fstat(probe.fileno()).st_mtime
    for part in parts:
        with contextlib.suppress(OSError):  # Windows does not delete what is open
            if (run and run in part.name) or now - part.stat().st_mtime > ABANDONED_S:
                part.unlink()
