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

from gatts_codec.schema.blocks import Counted, Data, Given, Number, OneOf, Presence, Raw, Trailing
from gatts_codec.schema.lists import ListOf, Never, Switch
from gatts_codec.schema.members import AtMost, Bits, Count, Member
from gatts_codec.schema.record import Absent, FieldPath, Flagged, Members, Record, When, mentioned
from gatts_codec.schema.scanned import Bytes, Column, Integers, Mask, ScannedPackets
from gatts_codec.schema.stream import Flag

PADDING = 4096
"""How many bytes must stand behind the last packet: that it ends too early is found out only behind it."""


class ColumnScan(NamedTuple):
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
) -> ColumnScan:
    """Scan the packets ``data[begin:end]``. Behind the last one there must be PADDING bytes."""
    size = len(begin)
    columns = {path: Column(np.zeros(size, np.int64), np.zeros(size, bool)) for path in wanted}
    refused = np.zeros(size, bool)
    packets = ScannedPackets(data, strict, columns, refused, np.arange(size), begin.copy(), end)
    packets.needed = mentioned(layout)
    _scan(layout, (), packets)
    refused |= packets.at > end if layout.tolerates_trailing and not strict else packets.at != end
    return ColumnScan(~refused, columns)


def _where(packets: ScannedPackets, mask: Mask, block: Any, path: FieldPath) -> None:
    """Scan a block in some of these packets alone."""
    if mask.all():
        _scan(block, path, packets)
    elif mask.any():
        some = packets.some(mask)
        _scan(block, path, some)
        packets.at[mask] = some.at


@singledispatch
def _scan(block: Any, path: FieldPath, packets: ScannedPackets) -> None:
    raise TypeError(f"no scan of a {type(block).__name__} block")


@_scan.register
def _(block: Number, path: FieldPath, packets: ScannedPackets) -> None:
    if path[-1] not in packets.needed and path not in packets.columns:
        packets.at += block.length
        return
    packets.note(path, packets.read(block))


@_scan.register
def _(block: OneOf, path: FieldPath, packets: ScannedPackets) -> None:
    values = packets.fields[path] = packets.read(block.subcon)
    packets.refuse(~np.isin(values, [int(value) for value in block.values]))


@_scan.register
def _(block: Given, path: FieldPath, packets: ScannedPackets) -> None:
    packets.flag(block.flag)


@_scan.register
def _(block: Presence, path: FieldPath, packets: ScannedPackets) -> None:
    _where(packets, packets.flag(block.flag), block.subcon, path)


@_scan.register
def _(block: Data, path: FieldPath, packets: ScannedPackets) -> None:
    sizes = packets.field(path[:-1], block.length)
    present = np.ones(len(sizes), bool) if block.flag is None else packets.flag(block.flag)
    if block.flag is Flag.FILLED:
        packets.refuse(~present & (sizes > 0))
    if block.most is not None:
        packets.refuse((sizes > block.most) & (present | (block.limited and packets.strict)))
    packets.skip(np.where(present, sizes, 0))


@_scan.register
def _(block: Counted, path: FieldPath, packets: ScannedPackets) -> None:
    sizes = packets.read(block.number)
    if block.most is not None:
        packets.refuse(sizes > block.most)
    packets.skip(sizes)


@_scan.register
def _(block: Raw, path: FieldPath, packets: ScannedPackets) -> None:
    packets.skip(block.size if isinstance(block.size, int) else packets.field(path[:-1], block.size))


@_scan.register
def _(block: Trailing, path: FieldPath, packets: ScannedPackets) -> None:
    _where(packets, packets.at < packets.end, block.subcon, path)


@_scan.register
def _(block: ListOf, path: FieldPath, packets: ScannedPackets) -> None:
    count = block.count
    sizes = packets.field(path[:-1], count) if isinstance(count, str) else packets.read(count)
    each = _fixed(block.subcon)
    if each and not any(wanted[: len(path)] == path for wanted in packets.columns):
        packets.skip(sizes * each)
    else:
        _scan_items(block, sizes, path, packets)


def _scan_items(block: ListOf, sizes: Integers, path: FieldPath, packets: ScannedPackets) -> None:
    # Every item has a byte at least, so a count that is too high ends with the packet.
    packets.refuse(sizes > packets.end - packets.at)
    position, going = 0, sizes <= packets.end - packets.at
    while (going := going & (sizes > position)).any():
        _where(packets, going, block.subcon, path)
        packets.skip(0)
        position += 1


@_scan.register
def _(block: Switch, path: FieldPath, packets: ScannedPackets) -> None:
    values = packets.field(path[:-1], block.field)
    others = ~np.isin(values, [int(value) for value in block.cases])
    for value, case in block.cases.items():
        _where(packets, values == int(value), case, path)
    _where(packets, others, Never("") if block.default is None else block.default, path)


@_scan.register
def _(block: Never, path: FieldPath, packets: ScannedPackets) -> None:
    packets.refuse(np.ones(len(packets.rows), bool))


@_scan.register
def _(block: Bits, path: FieldPath, packets: ScannedPackets) -> None:
    whole = packets.read(block.number)
    if packets.strict:
        packets.refuse((whole & block.reserved) != 0)
    for name, shift, width in block.groups():
        here, is_required = (*path, name), packets.strict and name in block.required
        if is_required or name in packets.needed or here in packets.columns:
            values = whole >> shift & (1 << width) - 1
            packets.note(here, values)
            if is_required:
                packets.refuse(values != int(block.required[name]))


@_scan.register
def _(block: Count, path: FieldPath, packets: ScannedPackets) -> None:
    here = (*path, block.counter)
    packets.fields[here] = packets.read(block.number)


@_scan.register
def _(block: AtMost, path: FieldPath, packets: ScannedPackets) -> None:
    over = packets.field(path, block.field) > block.most
    packets.refuse(over if block.when is None else over & (packets.field(path, block.when) != 0))


@_scan.register
def _(block: Members, path: FieldPath, packets: ScannedPackets) -> None:
    for member in block.members:
        if isinstance(member, Member):
            _scan(member, path, packets)
        else:
            _scan(member.subcon, (*path, member.name), packets)


@_scan.register
def _(block: Flagged, path: FieldPath, packets: ScannedPackets) -> None:
    present = packets.flag(block.flag)
    _where(packets, present, Members(*block.members), path)
    if block.filler:
        _where(packets, ~present, _Filler(), path)


class _Filler(Member):
    """The byte 00 in the place of an absent group."""


@_scan.register
def _(block: _Filler, path: FieldPath, packets: ScannedPackets) -> None:
    filler = packets.byte()
    if packets.strict:
        packets.refuse(filler != 0)


@_scan.register
def _(block: When, path: FieldPath, packets: ScannedPackets) -> None:
    field = (*path, block.field)
    taken = packets.fields[field] == int(block.value)
    _where(packets, taken, Members(*block.members), path)


@_scan.register
def _(block: Absent, path: FieldPath, packets: ScannedPackets) -> None:
    """Nothing of it is in the data."""


@singledispatch
def _fixed(block: Any) -> int:
    """The size of a block that is always the same, and of which any bytes are right; else 0."""
    return 0


@_fixed.register
def _(block: Number) -> int:
    return int(block.length)


@_fixed.register
def _(block: Raw) -> int:
    return block.size if isinstance(block.size, int) else 0


@_fixed.register
def _(block: Bits) -> int:
    return 0 if block.reserved or block.required else int(block.number.length)


@_fixed.register
def _(block: Members) -> int:
    sizes = [_fixed(member if isinstance(member, Member) else member.subcon) for member in block.members]
    return sum(sizes) if all(sizes) else 0
