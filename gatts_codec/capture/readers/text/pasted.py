"""A pasted text, line by line: each line's time, wire and bytes. One place decides what in a line is the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatts_codec.capture.readers.text.dress import is_heading, pieces, plain, timed, uncommented, wire_of
from gatts_codec.capture.readers.text.dump import Dump
from gatts_codec.capture.readers.text.listing import Listing
from gatts_codec.capture.readers.text.spelling import Run, runs
from gatts_codec.framing.slip import END

_ENOUGH = 4  # bytes, where other words stand in the line
_DRESSED = re.compile(r"[:\[\](){}<>&]|\d\.")
_DIRECTION_BEHIND = re.compile(r"[\"'](?:dir|direction|way)[\"']\s*:\s*([\"']\w{1,12}[\"'])")
_BRACE = re.compile(r"[{}]")
_C0, _OF_TWO_FRAMES = re.compile(r"c0|192|\\300", re.IGNORECASE), 4
_SHORTEST_FRAME = 6  # bytes: an ACK


class PastedLine(NamedTuple):
    """What a line says. ``wire`` as ``dress.wire_of``; ``data`` is empty where there are no bytes in it.

    ``plain``: nothing but hex seems to stand in it, so what is not hex there is a mistake.
    """

    t_us: int | None
    wire: str
    data: bytes
    plain: bool = False


class Paste:
    """Reads lines in order: a heading (a time, a wire) speaks for the lines below it, offsets tell a dump."""

    def __init__(self) -> None:
        self._heading: tuple[int | None, str] = (None, "")
        self._dump, self._listing = Dump(), Listing()
        self._told = False  # whether the object under way, of JSON, has told its bytes

    def read(self, text: str) -> Iterator[PastedLine]:
        """What a line says: as many times as it has packets with a mark before each. Nothing makes it raise."""
        for part in _parted(uncommented(plain(text))):
            t_us, said = timed(part)
            listed = self._listing.goes_on(said)
            if listed is None:
                yield from self.finish()
                yield from self._lines(t_us, said)
            elif listed:
                yield self._listed(listed)

    def finish(self) -> Iterator[PastedLine]:
        """What the end of the text cuts off."""
        if rest := self._listing.finish():
            yield self._listed(rest)

    def _listed(self, data: bytes) -> PastedLine:
        self._told = '":' in self._listing.before
        return PastedLine(self._heading[0], wire_of(self._listing.before) or self._heading[1], data)

    def _lines(self, t_us: int | None, said: str) -> Iterator[PastedLine]:
        """A line as it is; of a sentence with several frames in it, each of them."""
        found = _frames(said)
        if len(found) <= 1:
            yield self._line(t_us, said)
            return
        at = 0
        for frame in found:
            yield PastedLine(t_us, wire_of(said[at : frame.start]), frame.data)
            at = frame.end

    def _line(self, t_us: int | None, said: str) -> PastedLine:
        dumped = self._dump.line(said)
        if dumped is not None:
            wire = wire_of(said) if t_us is not None else ""
            return PastedLine(self._heading[0] if t_us is None else t_us, wire or self._heading[1], dumped)
        if self._listing.opens(said):
            return PastedLine(t_us, "", b"")
        found = _likeliest(said)
        if found is None:
            self._told = self._told and not _BRACE.search(said)
            if is_heading(said) and not (self._told and '":' in said):
                self._heading = t_us, wire_of(said)
            return PastedLine(t_us, "", b"", _is_bare(said))
        self._told = '":' in said
        behind = _DIRECTION_BEHIND.search(said, found.end)
        wire = wire_of(said[: found.start]) or (wire_of(behind[1]) if behind else "") or self._heading[1]
        around = f"{said[: found.start]} {said[found.end :].partition('  ')[0]}"
        return PastedLine(
            self._heading[0] if t_us is None else t_us,
            wire,
            found.data,
            _is_bare(around) and not _DRESSED.search(around),
        )


def _parted(line: str) -> list[str]:
    """A line with several packets, each behind its mark (and time), as one part for each."""
    cut = pieces(line)
    if len(cut) == 1:
        return cut
    parts, full = [""], False
    for piece in cut:
        if full:
            parts.append(piece)
        else:
            parts[-1] += piece
        run = _likeliest(timed(piece)[1])
        full = run is not None and len(run.data) >= _ENOUGH
    return parts


def _frames(said: str) -> list[Run]:
    """The frames in a line, where words stand between them."""
    found: list[Run] = []
    for run in runs(said) if len(_C0.findall(said)) >= _OF_TWO_FRAMES else ():
        framed = len(run.data) >= _SHORTEST_FRAME and run.data[0] == run.data[-1] == END
        apart = not found or (run.start > found[-1].end and _words(said[found[-1].end : run.start]))
        found += [run] if framed and apart else []
    return found


def _likeliest(said: str) -> Run | None:
    """The longest run of bytes, as long as the words around it ask for."""
    best = max(runs(said), key=lambda run: len(run.data), default=None)
    if best is None or len(best.data) >= _ENOUGH:
        return best
    return None if _words(f"{said[: best.start]} {said[best.end :]}") else best


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text) if word.lower() not in ("tx", "rx")]


def _is_bare(text: str) -> bool:
    """Whether words may be meant as bytes: one alone, or all of two characters."""
    words = _words(text)
    return bool(words) and (words == [text.strip()] or max(map(len, words)) <= len("c0"))
