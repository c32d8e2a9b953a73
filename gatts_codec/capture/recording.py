"""A recording in any format, opened and cut into frames: where every command begins."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gatts_codec.arguments import checked
from gatts_codec.capture.files.growing import Growing, OnChange, wait_for
from gatts_codec.capture.files.lines import buffered
from gatts_codec.capture.files.pairs import directed, merged
from gatts_codec.capture.readers import read
from gatts_codec.capture.readers.format import HEAD_BYTES, Format
from gatts_codec.capture.readers.hextext import FORMAT as HEX
from gatts_codec.capture.readers.hextext import parse_hex
from gatts_codec.capture.readers.raw import FORMAT as RAW
from gatts_codec.capture.wire.chunks import Chunk, Direction, Entries
from gatts_codec.capture.wire.direction import infer_directions
from gatts_codec.capture.wire.frames import Item
from gatts_codec.capture.wire.framing import FramingName, cut

_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Recording:
    """``items`` in order, once; ``format`` says what the input was taken for; ``size`` in bytes, None if unknown.

    ``head`` fills up with the first bytes of hex or of raw bytes as they are read: if they are no frame, they may be a
    packet.
    """

    name: str
    format: str
    items: Iterator[Item]
    size: int | None = None
    position: io.BufferedReader | None = None
    head: bytearray = field(default_factory=bytearray)

    def progress(self) -> float | None:
        """Which part of the input has been read, 0 to 1; None where its size is not known."""
        if not self.size or self.position is None:
            return None
        return min(1.0, self.position.tell() / self.size)


@checked
@contextlib.contextmanager
def open_recording(
    path: str | Path,
    format_name: str | None = None,
    *,
    direction: Direction | None = None,
    framing: FramingName | None = None,
    follow: bool = False,
    on_change: OnChange = lambda _: None,
) -> Iterator[Recording]:
    """A file. ``direction`` is that of all its bytes, if known; ``framing`` how packets are cut, guessed if it is not
    told; ``follow`` waits at its end for more, for ever.

    A followed file that is cut short, or replaced by another, is read again; ``on_change`` gets that in words.
    Raises CaptureError where the format is not known, OSError where the file cannot be opened.
    """
    with contextlib.ExitStack() as stack:
        source: Growing | io.FileIO = Growing(path, on_change) if follow else io.FileIO(path)
        file = stack.enter_context(source)
        stream = buffered(file, HEAD_BYTES)
        size = None if follow else Path(path).stat().st_size
        known, entries = read(stream, str(path), format_name)
        if isinstance(file, Growing):
            entries = _renewed(file, entries, path, known, on_change)
        if direction is not None:
            entries = directed(entries, direction)
        yield _recording(str(path), known, entries, framing, size, stream)


def _renewed(
    file: Growing, entries: Entries, path: str | Path, known: Format, on_change: OnChange
) -> Entries:
    """The entries of a followed file, and of what is there after it."""
    yield from entries
    while file.over:
        with wait_for(path, on_change) as file:
            yield from read(buffered(file, HEAD_BYTES), str(path), known.name)[1]


@checked
def from_stream(
    stream: BinaryIO, name: str, format_name: str | None = None, framing: FramingName | None = None
) -> Recording:
    """Anything that can be read. Raises CaptureError where the format is not known."""
    known, entries = read(buffered(stream), name, format_name)
    return _recording(name, known, entries, framing)


@checked
def from_hex(text: str, framing: FramingName | None = None) -> Recording:
    """Hex as typed. Raises CaptureError for what is not hex."""
    return _recording("hex", HEX, iter([Chunk(None, None, parse_hex(text))]), framing)


def _recording(
    name: str,
    known: Format,
    entries: Entries,
    framing: FramingName | None,
    size: int | None = None,
    position: io.BufferedReader | None = None,
) -> Recording:
    head = bytearray()
    if known in (HEX, RAW):
        entries = _kept(entries, head)
    return Recording(name, known.title, infer_directions(cut(entries, framing)), size, position, head)


def _kept(entries: Entries, head: bytearray) -> Entries:
    for entry in entries:
        if isinstance(entry, Chunk) and len(head) < _HEAD_BYTES:
            head += entry.data
        yield entry


@checked
@contextlib.contextmanager
def open_pair(
    host: str | Path,
    device: str | Path,
    format_name: str | None = None,
    *,
    framing: FramingName | None = None,
) -> Iterator[Recording]:
    """What the host sent and what the device sent, from a file each. Raises as ``open_recording``."""
    with Path(host).open("rb") as host_file, Path(device).open("rb") as device_file:
        host_format, sent = read(host_file, str(host), format_name)
        device_format, received = read(device_file, str(device), format_name)
        titles = " and ".join(dict.fromkeys((host_format.title, device_format.title)))
        yield Recording(f"{host} and {device}", titles, merged(sent, received, framing))
