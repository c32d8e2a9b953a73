"""Chunks to frames: one H5 decoder for each direction, every byte accounted for, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from gatts_codec.arguments import checked
from gatts_codec.capture.wire.chunks import Chunk, Direction, Entry, LineFault, Remark
from gatts_codec.errors import CaptureError, FramingError
from gatts_codec.framing import Decoder, Frame, H5Packet, slip


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One frame of a recording, numbered from 1 in the order in which the frames ended.

    ``t_us`` and ``dir`` are those of the chunk that brought its last byte. ``raw`` is the frame as read, both C0 and
    escapes included. Exactly one of ``packet`` and ``error`` is None. ``link`` is the chunk's. Of other framings
    than H5 (framing.py) only the packet's payload is real: they have no sequence numbers and no ACKs.
    """

    number: int
    t_us: int | None
    dir: Direction | None
    raw: bytes
    packet: H5Packet | None
    error: FramingError | None
    channel: str = ""
    link: str = ""
    framing: str = "h5"

    @property
    def is_release(self) -> bool:
        """Whether this is not a frame and was not meant as one: what frees a chip that waits behind a lone DB."""
        return self.raw == slip.RELEASE


class Stray(NamedTuple):
    """``size`` bytes outside frames, found with the chunk of that time.

    ``data`` is the chunk as far as it goes, where none of it belongs to a frame; else it is empty.
    """

    t_us: int | None
    dir: Direction | None
    size: int
    channel: str = ""
    data: bytes = b""
    link: str = ""


class Unfinished(NamedTuple):
    """The recording ends within a frame that begins with ``data``."""

    dir: Direction | None
    data: bytes
    channel: str = ""
    link: str = ""


_KEPT_STRAY = 64

Aside: TypeAlias = Stray | Unfinished | LineFault | Remark | CaptureError
Item: TypeAlias = CapturedFrame | Aside


class _SharingDecoder(Decoder):
    """Reads good frames that share one C0, the end of one and the begin of the next; behind a bad one it is damage."""

    _good = False

    def _read(self, body: bytes) -> Frame:
        frame = super()._read(body)
        self._good = frame.error is None
        return frame

    def _between(self, body: bytes) -> Frame | None:
        if not self._good:
            return None
        frame = self._read(body)
        return frame if frame.error is None else None


class FrameAssembler:
    """Cuts a recording into frames as it comes. Feed it entries, and ``finish`` it.

    ``sharing=False``: frames that share one C0 are not looked for, as a chip does not either.
    """

    def __init__(self, *, sharing: bool = True) -> None:
        self._decoder = _SharingDecoder if sharing else Decoder
        self._decoders: dict[tuple[Direction | None, str, str], Decoder] = {}
        self._count = 0

    def feed(self, entry: Entry) -> Iterator[Item]:
        """What an entry brings: frames it completes, bytes outside frames; remarks and errors as they are."""
        if not isinstance(entry, Chunk):
            yield entry
            return
        time, direction, data, channel, link = entry
        decoder = self._decoders.get((direction, channel, link))
        if decoder is None:
            decoder = self._decoders[direction, channel, link] = self._decoder()
        dropped = decoder.dropped
        frames = decoder.feed(data)
        if decoder.dropped > dropped:
            lost = decoder.dropped - dropped
            alone = data[:_KEPT_STRAY] if lost == len(data) and not frames else b""
            yield Stray(time, direction, lost, channel, alone, link)
        for frame in frames:
            self._count += 1
            yield CapturedFrame(
                self._count, time, direction, frame.raw, frame.packet, frame.error, channel, link
            )

    def finish(self) -> Iterator[Unfinished]:
        """The frames that the recording's end cut off."""
        for (direction, channel, link), decoder in self._decoders.items():
            if decoder.pending:
                yield Unfinished(direction, decoder.pending, channel, link)


@checked
def assemble(entries: Iterable[Entry], *, sharing: bool = True) -> Iterator[Item]:
    """A whole recording as frames, streaming; ``sharing`` as for ``FrameAssembler``."""
    assembler = FrameAssembler(sharing=sharing)
    for entry in entries:
        yield from assembler.feed(entry)
    yield from assembler.finish()
