"""Recordings in any format, known by their content. One file a format, one entry here.

Third parties add formats by entry points of the group ``gatts_codec.readers``, each a ``Format`` (format.py).
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from gatts_codec.capture.readers.beginning import Judgement, begun
from gatts_codec.capture.readers.format import HEAD_BYTES, Format, Head
from gatts_codec.capture.wire.chunks import Entries, Entry
from gatts_codec.errors import CaptureError

# Modules of this package, those with the plainest marks first.
_BUILT_IN = (
    "pcap",
    "jsonl",
    "saleae_logic1",
    "saleae_logic2",
    "driver_log",
    "socat",
    "interceptty",
    "sigrok",
    "usbmon",
    "program_log",
    "hextext",
    "raw",
)
_GROUP = "gatts_codec.readers"
GZIP = b"\x1f\x8b"
_NOT_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)
_OTHERS = {
    b"btsnoop\0": "a btsnoop file: Bluetooth HCI, another protocol. Record the UART itself",
    b"PK\x03\x04": "an archive. From Saleae Logic export the async serial analyzer as CSV; from a sigrok session run "
    "sigrok-cli -i FILE -P uart:.. --protocol-decoder-jsontrace",
    b"<SALEAE>": "Saleae's own binary export: export the async serial analyzer's table as CSV",
    b"%PDF": "a PDF",
    b"\x7fELF": "a program",
}
_REPEATED_ERRORS = 5
_SHOWN_LINES, _SHOWN_WIDTH, _SHOWN_BYTES = 3, 100, 16


@cache
def formats() -> Mapping[str, Format]:
    """Every known format by name, in the order in which a recording is tried."""
    found: dict[str, Format] = {}
    for point in entry_points(group=_GROUP):  # first, or raw would take their binary ones
        extra = point.load()
        if not isinstance(extra, Format):
            raise CaptureError(f"the entry point {point.name!r} of {_GROUP} is not a Format: {extra!r}")
        found[extra.name] = extra
    for module in _BUILT_IN:
        built_in: Format = import_module(f"{__name__}.{module}").FORMAT
        found[built_in.name] = built_in
    return found


def format_named(name: str) -> Format:
    """A format by name. Raises CaptureError, which lists the known ones."""
    try:
        return formats()[name]
    except KeyError:
        raise CaptureError(f"unknown format {name!r}; known are {', '.join(formats())}") from None


def whole_beginning(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream, of which ``detect`` sees enough even if it comes in small parts, as from a pipe."""
    return begun(stream, _judge)


def _judge(head: Head) -> Judgement:
    if head.data.startswith((GZIP, *_OTHERS)):
        return Judgement.CERTAIN
    known = _recognised(head)
    if known is None:
        return Judgement.UNKNOWN
    return Judgement.LIKELY if known.loose else Judgement.CERTAIN


def _recognised(head: Head) -> Format | None:
    return next((known for known in formats().values() if known.recognises(head)), None)


def detect(stream: io.BufferedReader, name: str) -> Format:
    """The format of a recording, by its first bytes, which stay unread.

    Raises CaptureError for an empty one, for one of another kind that is known, and for one that is not.
    """
    head = Head(stream.peek(HEAD_BYTES))
    if not head.data:
        raise CaptureError("the recording is empty", file=name)
    for mark, what in _OTHERS.items():
        if head.data.startswith(mark):
            raise CaptureError(f"this is {what}", file=name)
    if known := _recognised(head):
        return known
    reason = f"not a recording of a known format; name it with --format: {', '.join(formats())}"
    raise CaptureError(reason, file=name, more=_screen(head))


def _screen(head: Head) -> tuple[str, ...]:
    """Of an unknown format: what was looked for, the first lines as they were read, and the closest accepted form."""
    shown = [
        f"    {number}: {line[:_SHOWN_WIDTH]}" for number, line in enumerate(head.lines[:_SHOWN_LINES], 1)
    ]
    return (
        "Looked for: frames (c0 .. c0), packets in hex, lengths before packets, lines of a driver's or program's log.",
        "It begins, as it was read:",
        *(shown or [f"    {head.data[:_SHOWN_BYTES].hex(' ')} (binary)"]),
        _closest(head.text),
    )


def _closest(text: str) -> str:
    words = [word for word in re.findall(r"\b[0-9a-fA-F]{2,8}\b", text) if re.search("[0-9]", word)]
    if words:
        return (
            f"Of {', '.join(words[:3])} no packet can be made; the closest form taken: TX c0 00 05 00 fb c0"
        )
    return "There is no hex in it; the closest forms taken: TX c0 00 05 00 fb c0, or without a frame 01 60 00 00 00 00"


def read(stream: io.BufferedReader, name: str, format_name: str | None = None) -> tuple[Format, Entries]:
    """The format of a recording (detected, or as named) and its entries. Raises CaptureError as ``detect``."""
    stream = whole_beginning(stream)
    if stream.peek(len(GZIP)).startswith(GZIP):
        stream = _unpacked(stream, name)
    known = detect(stream, name) if format_name is None else format_named(format_name)
    return known, _calm(_whole(known.read(stream, name), name), name)


def _unpacked(stream: io.BufferedReader, name: str) -> io.BufferedReader:
    try:
        return whole_beginning(io.BufferedReader(gzip.GzipFile(fileobj=stream), HEAD_BYTES))
    except _NOT_GZIP as error:
        raise CaptureError(f"cannot be decompressed: {error}", file=name) from None


def _whole(entries: Entries, name: str) -> Iterator[Entry]:
    """The entries, and at the end why there are no more, if the recording breaks off."""
    try:
        yield from entries
    except _NOT_GZIP as error:
        yield CaptureError(f"the recording breaks off: {error}", file=name)
    except CaptureError as error:
        yield error


def _calm(entries: Iterator[Entry], name: str) -> Iterator[Entry]:
    """The entries with long runs of lines that cannot be read reported as one: a wrong file has millions."""
    run = 0
    last: Entry | None = None
    for entry in entries:
        if isinstance(entry, CaptureError):
            run, last = run + 1, entry
            if run > _REPEATED_ERRORS:
                continue
        elif run:
            yield from _rest_of(run, last, name)
            run = 0
        yield entry
    yield from _rest_of(run, last, name)


def _rest_of(run: int, last: Entry | None, name: str) -> Iterator[CaptureError]:
    if run > _REPEATED_ERRORS and isinstance(last, CaptureError):
        count = run - _REPEATED_ERRORS
        yield CaptureError(
            f"and {count} more up to here: {last.reason}", file=last.file or name, line=last.line
        )
