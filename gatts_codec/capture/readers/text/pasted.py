"""A pasted text, line by line: each line's time, wire and bytes. One place decides what in a line is the bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

from gatts_codec.capture.readers.text.dress import is_heading, plain, timed, uncommented, wire_of
from gatts_codec.capture.readers.text.spelling import Run, runs

_ENOUGH = 4  # bytes, where other words stand in the line
_OFFSET = re.compile(
    r"\s*(?:0x)?(?P<offset>[0-9a-f]{4,8})(?P<colon>:?)(?:\s+(?P<rest>.*)|\s*$)", re.IGNORECASE
)
_DUMP_LINE = 16
_WORDS = re.compile(r"[0-9a-f]{4}(?: +[0-9a-f]{4})*(?:\s|$)", re.IGNORECASE)
_CHARACTERS = re.compile(r"\s\|[^|]*\|\s*$|\s>[^>]*<\s*$")


class PastedLine(NamedTuple):
    """What a line says. ``wire`` as ``dress.wire_of``; ``data`` is empty where there are no bytes in it.

    ``plain``: nothing but hex seems to stand in it, so what is no hex there is a mistake.
    """

    t_us: int | None
    wire: str
    data: bytes
    plain: bool = False


class Paste:
    """Reads lines in order: a heading (a time, a wire) speaks for the lines below it, offsets tell a dump."""

    def __init__(self) -> None:
        self._heading: tuple[int | None, str] = (None, "")
        self._due: int | None = None  # the offset of the dump's next line

    def line(self, text: str) -> PastedLine:
        """One line. Nothing makes it raise."""
        t_us, said = timed(uncommented(plain(text)))
        dumped = self._dumped(said)
        if dumped is not None:
            return PastedLine(self._heading[0], self._heading[1], dumped.data)
        found = _likeliest(said)
        if found is None:
            if is_heading(said):
                self._heading = t_us, wire_of(said)
            return PastedLine(t_us, "", b"", _is_bare(said))
        wire = wire_of(said[: found.start]) or self._heading[1]
        around = f"{said[: found.start]} {said[found.end :].partition('  ')[0]}"
        return PastedLine(self._heading[0] if t_us is None else t_us, wire, found.data, _is_bare(around))

    def _dumped(self, said: str) -> Run | None:
        """A dump's line without its offset and its characters; nothing where the offsets do not count."""
        found = _OFFSET.match(said)
        if found is None:
            return None
        offset, rest = found["offset"], found["rest"] or ""
        if not rest and self._due is not None and 0 <= self._due - min(_readings(offset)) < _DUMP_LINE:
            return Run(0, len(said), b"")  # the size, behind the last line
        due = self._due is not None and self._due in _readings(offset)
        if not due and set(offset) != {"0"}:
            return None
        line = min(runs(_CHARACTERS.sub("", rest)), key=_first, default=None)
        if line is None or rest[: line.start].strip():
            return None
        data = line.data[:_DUMP_LINE]
        if not found["colon"] and _WORDS.match(rest):
            data = b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))
        self._due = (self._due or 0) * due + _DUMP_LINE
        return Run(found.start("rest"), len(said), data)


def _readings(offset: str) -> set[int]:
    return {int(offset, 16)} | ({int(offset, 8)} if re.fullmatch("[0-7]+", offset) else set())


def _first(run: Run) -> tuple[int, int]:
    return run.start, -len(run.data)


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
    return bool(words) and (len(words) == 1 == len(text.split()) or max(map(len, words)) <= len("c0"))
