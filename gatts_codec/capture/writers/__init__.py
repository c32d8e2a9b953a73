"""Recordings written in other formats. One file a format, one entry here.

    with open("capture.pcapng", "wb") as file:
        writer = writer_named("pcapng").open(file, Export(decoder, "capture.jsonl"))
        for item in items:
            writer.write(item)
        writer.close()

Third parties add formats by entry points of the group ``gatts_codec.writers``, each an ``Output``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, Protocol

from gatts_codec.arguments import checked
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.wire.frames import Item
from gatts_codec.errors import CaptureError

_GROUP = "gatts_codec.writers"


class Writer(Protocol):
    """Takes a recording item by item. ``close`` ends it and leaves the stream open."""

    def write(self, item: Item) -> None:
        """Take the next item."""
        ...

    def close(self) -> None:
        """Write what comes last. The stream stays open."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    """What a writer may want to know: the dialect's decoder, the recording's name, and facts worth a line each."""

    decoder: PacketDecoder
    title: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A format to write. ``open`` takes a binary stream; ``binary`` must not go to a terminal."""

    name: str
    title: str
    open: Callable[[BinaryIO, Export], Writer]
    binary: bool = False


def _jsonl(stream: BinaryIO, export: Export) -> Writer:
    from gatts_codec.capture.writers.jsonl import JsonlWriter

    return JsonlWriter(stream)


def _csv(stream: BinaryIO, export: Export) -> Writer:
    from gatts_codec.capture.writers.csv import CsvWriter

    return CsvWriter(stream, export.decoder)


def _pcapng(stream: BinaryIO, export: Export) -> Writer:
    from gatts_codec.capture.writers.pcapng import PcapngWriter

    return PcapngWriter(stream, dialect=export.decoder.dialect.name)


class _Html:
    """A text writer on a binary stream."""

    def __init__(self, stream: BinaryIO, export: Export) -> None:
        from gatts_codec.capture.writers.html import HtmlWriter

        self._text = io.TextIOWrapper(stream, "utf-8", newline="\n")
        self._writer = HtmlWriter(self._text, export.decoder, title=export.title, about=export.about)

    def write(self, item: Item) -> None:
        self._writer.write(item)

    def close(self) -> None:
        self._writer.close()
        self._text.flush()
        self._text.detach()


_BUILT_IN = (
    Output("jsonl", "gatts-codec recording, a frame a line", _jsonl),
    Output("csv", "table of decoded packets", _csv),
    Output("pcapng", "for Wireshark", _pcapng, binary=True),
    Output("html", "one page that shows it all", _Html),
)


@cache
def outputs() -> Mapping[str, Output]:
    """Every format by name."""
    found = {output.name: output for output in _BUILT_IN}
    for point in entry_points(group=_GROUP):
        extra = point.load()
        if not isinstance(extra, Output):
            raise CaptureError(f"the entry point {point.name!r} of {_GROUP} is not an Output: {extra!r}")
        found[extra.name] = extra
    return found


@checked
def writer_named(name: str) -> Output:
    """A format by name. Raises CaptureError, which lists the known ones."""
    try:
        return outputs()[name]
    except KeyError:
        raise CaptureError(f"unknown output {name!r}; known are {', '.join(outputs())}") from None


@checked
def writer_for(path: str | Path) -> Output:
    """The format that a file's suffix names. Raises CaptureError for an unknown one."""
    return writer_named(Path(path).suffix.lstrip(".").lower())
