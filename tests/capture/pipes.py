"""A recording as a pipe gives it."""

from __future__ import annotations

import io
from collections.abc import Iterable


class Pipe(io.RawIOBase):
    """What can be read once and cannot seek; ``taken`` counts bytes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest, self.taken = iter(pieces), b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._rest = self._rest or next(self._pieces, b"")
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        self.taken += len(data)
        return len(data)
