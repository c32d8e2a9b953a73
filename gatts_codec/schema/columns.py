"""Many packets of one layout at once, by numpy: which of them decoding takes, and some of their numbers.

A scan walks the layout once for all packets, each with a position of its own; presence flags and lengths move them
apart. It reads less than a decoder does: flags, lengths, bits that may be wrong, and the numbers asked for. Exactly
those packets are taken that decode; why others do not, only decoding tells.

To scan a new kind of block, register its function here.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.schema.blocks import Counted, Data, Flag, Given, Number, OneOf, Presence, Trailing
from gatts_codec.schema.record import Absent, Bits, Group, Member, Members, Record, When

FieldPath = tuple[str, ...]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

PADDING = 8 * MAX_VALUE_LEN
"""How many bytes must stand behind the last packet: a wrong length is found out only at the end."""


class Column(NamedTuple):
    """A number of every packet; ``given`` is False for packets without that field."""

    values: NDArray[Any]
    given: Mask


class Scan(NamedTuple):
    """``taken`` are the packets that decode; the columns of others mean nothing."""

    taken: Mask
    columns: dict[FieldPath, Column]


def scan(
    layout: Record,
    data: Bytes,
    begin: Integers,
    end: Integers,
    wanted: Collection[FieldPath] = (),
    *,
    strict: bool = True,
) -> Scan:
    """Scan the packets ``data[begin:end]``. Behind the last one there must be PADDING bytes."""
    size = len(begin)
    columns = {path: Column(np.zeros(size, np.int64), np.zeros(size, bool)) for path in wanted}
    refused = np.zeros(size, bool)
    packets = _Packets(data, strict, columns, refused, np.arange(size), begin.copy(), end)
    _scan(layout, (), packets)
    refused |= packets.at > end if layout.tolerates_trailing and not strict else packets.at != end
    return Scan(~refused, columns)


class _Packets:
    """Some of the packets: ``rows`` says which, ``at`` how far each has been read."""

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

    def skip(self, sizes: Integers) -> None:
        """That many bytes of each, if they are not too many."""
        self.refuse(sizes > MAX_VALUE_LEN)
        self.at += np.minimum(sizes, MAX_VALUE_LEN)

    def flag(self, flag: Flag) -> Mask:
        """Of the next presence byte of each, whether it says present."""
        flags = self.byte()
        if self.strict or flag is Flag.STRUCT:
            self.refuse(flags > 1)
        present: Mask = flags != 0 if flag is Flag.RAW else flags == 1
        return present

    def where(self, mask: Mask, block: Any, path: FieldPath) -> None:
        """Scan a block in some of these packets alone."""
        if mask.all():
            _scan(block, path, self)
        elif mask.any():
            some = _Packets(
                self.data,
                self.strict,
                self.columns,
                self.refused,
                self.rows[mask],
                self.at[mask],
                self.end[mask],
            )
            some.fields = {name: values[mask] for name, values in self.fields.items()}
            _scan(block, path, some)
            self.at[mask] = some.at


@singledispatch
def _scan(block: Any, path: FieldPath, packets: _Packets) -> None:
    raise TypeError(f"no scan of a {type(block).__name__} block")


@_scan.register
def _(block: Number, path: FieldPath, packets: _Packets) -> None:
    if path in packets.columns:
        column = packets.columns[path]
        column.values[packets.rows] = packets.read(block)
        column.given[packets.rows] = True
    else:
        packets.at += block.length


@_scan.register
def _(block: OneOf, path: FieldPath, packets: _Packets) -> None:
    values = packets.fields[path] = packets.read(block.subcon)
    packets.refuse(~np.isin(values, [int(value) for value in block.values]))


@_scan.register
def _(block: Given, path: FieldPath, packets: _Packets) -> None:
    packets.flag(block.flag)


@_scan.register
def _(block: Presence, path: FieldPath, packets: _Packets) -> None:
    packets.where(packets.flag(block.flag), block.subcon, path)


@_scan.register
def _(block: Data, path: FieldPath, packets: _Packets) -> None:
    length = (*path[:-1], block.length)
    sizes = packets.fields[length]
    present = np.ones(len(sizes), bool) if block.flag is None else packets.flag(block.flag)
    if block.limited and packets.strict:
        packets.refuse(sizes > MAX_VALUE_LEN)
    packets.skip(np.where(present, sizes, 0))


@_scan.register
def _(block: Counted, path: FieldPath, packets: _Packets) -> None:
    packets.skip(packets.read(Number("H")))


@_scan.register
def _(block: Trailing, path: FieldPath, packets: _Packets) -> None:
    packets.where(packets.at < packets.end, block.subcon, path)


@_scan.register
def _(block: Bits, path: FieldPath, packets: _Packets) -> None:
    byte = packets.byte()
    if not packets.strict:
        return
    packets.refuse((byte & block.reserved) != 0)
    for name, shift, width in block.groups():
        if name in block.required:
            packets.refuse((byte >> shift & (1 << width) - 1) != int(block.required[name]))


@_scan.register
def _(block: Members, path: FieldPath, packets: _Packets) -> None:
    needed = _needed(block)
    for member in block.members:
        if isinstance(member, Member):
            _scan(member, path, packets)
            continue
        here = (*path, member.name)
        if member.name in needed and isinstance(member.subcon, Number):
            values = packets.fields[here] = packets.read(member.subcon)
            if here in packets.columns:
                packets.columns[here].values[packets.rows] = values
                packets.columns[here].given[packets.rows] = True
        else:
            _scan(member.subcon, here, packets)


def _needed(block: Members) -> set[str]:
    """The numbers on which the rest of a record hangs: lengths, and what a When asks for."""
    needed = set()
    for member in block.members:
        needed |= {member.field} if isinstance(member, When) else set()
        needed |= _needed(member) if isinstance(member, Members) else set()
        data = None if isinstance(member, Member) else member.subcon
        needed |= {data.length} if isinstance(data, Data) else set()
    return needed


@_scan.register
def _(block: Group, path: FieldPath, packets: _Packets) -> None:
    present = packets.flag(block.flag)
    packets.where(present, Members(*block.members), path)
    if block.filler:
        packets.where(~present, _Filler(), path)


class _Filler(Member):
    """The byte 00 in the place of an absent group."""


@_scan.register
def _(block: _Filler, path: FieldPath, packets: _Packets) -> None:
    filler = packets.byte()
    if packets.strict:
        packets.refuse(filler != 0)


@_scan.register
def _(block: When, path: FieldPath, packets: _Packets) -> None:
    field = (*path, block.field)
    taken = packets.fields[field] == int(block.value)
    packets.where(taken, Members(*block.members), path)


@_scan.register
def _(block: Absent, path: FieldPath, packets: _Packets) -> None:
    """Nothing of it is in the data."""
