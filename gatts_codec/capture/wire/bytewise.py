"""Recordings of single bytes, joined to chunks that end where a frame can end.

A frame has the time of its last byte, a C0; so a chunk ends with each C0, and has that byte's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gatts_codec.capture.wire.chunks import Chunk, Direction, LineFault
from gatts_codec.errors import CaptureError
from gatts_codec.framing.slip import END

_MAX_CHUNK = 4096
_MAX_WIRES = 256
_MAX_KINDS = 32  # of faults between two chunks
_OTHERS = "other faults"


@dataclass
class _Run:
    """What one wire has brought since its last chunk."""

    data: bytearray = field(default_factory=bytearray)
    t_us: int | None = None
    faults: dict[str, int] = field(default_factory=dict)


class ByteJoiner:
    """Joins bytes to chunks, for each wire apart. Raises CaptureError where there are too many."""

    def __init__(self) -> None:
        self._runs: dict[tuple[Direction | None, str], _Run] = {}

    def byte(
        self, value: int, t_us: int | None = None, direction: Direction | None = None, channel: str = ""
    ) -> Iterator[Chunk | LineFault]:
        """One byte; gives a chunk if it ends one."""
        run = self._run(direction, channel)
        run.data.append(value)
        run.t_us = t_us
        if value == END or len(run.data) >= _MAX_CHUNK:
            yield from self._end(direction, channel)

    def fault(
        self, what: str, t_us: int | None = None, direction: Direction | None = None, channel: str = ""
    ) -> None:
        """Something wrong with the line, counted and reported with the next chunk."""
        run = self._run(direction, channel)
        what = what if len(run.faults) < _MAX_KINDS or what in run.faults else _OTHERS
        run.faults[what] = run.faults.get(what, 0) + 1
        run.t_us = t_us

    def finish(self) -> Iterator[Chunk | LineFault]:
        """What is left at the end of the recording."""
        for direction, channel in list(self._runs):
            yield from self._end(direction, channel)

    def _run(self, direction: Direction | None, channel: str) -> _Run:
        run = self._runs.get((direction, channel))
        if run is None:
            if len(self._runs) >= _MAX_WIRES:
                raise CaptureError(f"more than {_MAX_WIRES} wires, each with a name of its own")
            run = self._runs[direction, channel] = _Run()
        return run

    def _end(self, direction: Direction | None, channel: str) -> Iterator[Chunk | LineFault]:
        run = self._runs[direction, channel]
        for what, count in run.faults.items():
            yield LineFault(run.t_us, direction, what, count, channel)
        run.faults.clear()
        if run.data:
            yield Chunk(run.t_us, direction, bytes(run.data), channel)
            run.data.clear()
