"""Recordings written in other formats: ``decode --to`` and ``-o``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import click

from gatts_codec.capture import CapturedFrame, Item, PacketDecoder
from gatts_codec.capture.files.whole import whole_file
from gatts_codec.capture.recording import Recording
from gatts_codec.capture.writers import Export, Writer, writer_for, writer_named
from gatts_codec.cli.output import tell
from gatts_codec.detection import Verdict
from gatts_codec.errors import CaptureError


def export(
    items: Iterator[Item],
    recording: Recording,
    decoder: PacketDecoder,
    to: str | None,
    path: str | None,
    verdict: Verdict | None,
) -> int:
    """Write a recording in the format ``to``, or that of the path's suffix; without a path to standard output.

    Returns the exit status. Raises click.UsageError for a format that is not known, or not for a terminal.
    """
    try:
        output = writer_named(to) if to is not None else writer_for(path or "")
    except CaptureError as error:
        raise click.UsageError(error.reason) from None
    if path is None and output.binary and sys.stdout.isatty():
        raise click.UsageError(f"{output.name} is binary: give -o FILE, or redirect the output.")
    about = (recording.format, str(verdict) if verdict else f"dialect {decoder.dialect.name}, as told")
    details = Export(decoder, recording.name, about)
    if path is None:
        counts = _write(items, output.open(sys.stdout.buffer, details))
        sys.stdout.buffer.flush()
    else:
        with whole_file(path) as stream:
            counts = _write(items, output.open(stream, details))
        tell(f"{path}: {counts['frames']} frames, {output.title}")
    return 1 if counts["unreadable lines"] else 0


def _write(items: Iterator[Item], writer: Writer) -> Counter[str]:
    counts: Counter[str] = Counter()
    for item in items:
        writer.write(item)
        counts["frames"] += isinstance(item, CapturedFrame)
        if isinstance(item, CaptureError):
            counts["unreadable lines"] += 1
            tell(str(item))
    writer.close()
    return counts
