"""Packets that are scanned side by side: how far each has been read, and its numbers by then."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatts_codec.schema.blocks import Number
from gatts_codec.schema.record import FieldPath
from gatts_codec.schema.stream import Flag

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_PRESENT = {flag: np.array([flag.present(byte) for byte in range(256)]) for flag in Flag}


class Column(NamedTuple):
    """A number of every packet; ``given`` is False for packets without that field."""

    values: NDArray[Any]
    given: Mask


class ScannedPackets:
    """Some of the packets: ``rows`` says which, ``at`` how far each has been read.

    ``needed`` are the fields that later ones depend on. What is found goes into ``columns`` and ``refused``.
    """

    def __init__(
        self,
        data: Bytes,
        strict: bool,
        columns: dict[FieldPath, Column],
        refused: Mask,
        rows: Integers,
        at: Integers,
        end: Integers,
    ) -> None:
        self.data, self.strict, self.columns, self.refused = data, strict, columns, refused
        self.rows, self.at, self.end = rows, at, end
        self.fields: dict[FieldPath, Integers] = {}
        self.needed: frozenset[str] = frozenset()

    def read(self, block: Number) -> Integers:
        """The next number of each."""
        size = block.length
        code = f"<{'i' if block.low < 0 else 'u'}{size}"
        # A view with an element at every byte, since packets begin anywhere.
        numbers = np.ndarray((len(self.data) - size + 1,), code, self.data, 0, (1,))
        values: Integers = numbers[self.at].astype(np.int64)
        self.at += size
        return values

    def byte(self) -> Bytes:
        """The next byte of each."""
        values: Bytes = self.data[self.at]
        self.at += 1
        return values

    def refuse(self, where: Mask) -> None:
        """These are not taken."""
        self.refused[self.rows[where]] = True

    def skip(self, sizes: Integers | int) -> None:
        """That many bytes of each, if so many are left."""
        self.at += sizes
        self.refuse(self.at > self.end)
        np.minimum(self.at, self.end, out=self.at)

    def note(self, path: FieldPath, values: Integers) -> None:
        """A number of each, for later fields that depend on it, and for its column if that is wanted."""
        self.fields[path] = values
        if path in self.columns:
            column = self.columns[path]
            column.values[self.rows] = values
            column.given[self.rows] = True

    def field(self, path: FieldPath, name: str) -> Integers:
        """An earlier number: of the record at ``path``, or of one around it."""
        around = [path[:depth] for depth in range(len(path), -1, -1)]
        places = [(*record, *name.split(".")) for record in around]
        return next(self.fields[place] for place in places if place in self.fields)

    def flag(self, flag: Flag) -> Mask:
        """Of the next presence byte of each, whether it says present."""
        flags, legal = self.byte(), flag.legal(self.strict)
        if len(legal) < 256:
            self.refuse((flags < legal.start) | (flags >= legal.stop))
        present: Mask = _PRESENT[flag][flags]
        return present

    def some(self, mask: Mask) -> ScannedPackets:
        """These alone, where they are now, as packets of their own."""
        rows, at, end = self.rows[mask], self.at[mask], self.end[mask]
        some = ScannedPackets(self.data, self.strict, self.columns, self.refused, rows, at, end)
        some.needed = self.needed
        some.fields = {name: values[mask] for name, values in self.fields.items()}
        return some
