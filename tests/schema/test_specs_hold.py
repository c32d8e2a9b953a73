"""The comparison of layouts with specs/ is no formality: a change of one side alone never passes."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

from construct import Construct, Renamed
from every import every
from schema.compare import differences, layout
from schema.layout_rows import layout_rows
from schema.spec_tables import SEE, SpecRow, Table, packets, spec_rows

from gatts_codec.schema.blocks import Data, Length, Number, OneOf, i8, u8, u16, u32
from gatts_codec.schema.members import Bits
from gatts_codec.schema.record import Absent, Flagged, Members, Record, When, named
from gatts_codec.schema.stream import Flag

TABLES = [(spec.name, table) for spec in packets().values() for table in spec.tables]
each_table = every("name, table", TABLES, ids=lambda case: case[1].place)
Cells = tuple[str, ...]


@each_table
def test_a_changed_row_is_seen(name: str, table: Table) -> None:
    found = layout_rows(layout(table.dialects[0], table.kind, name))
    for number, row in enumerate(table.rows):
        for instead in _instead(row):
            rows = (*table.rows[:number], *instead, *table.rows[number + 1 :])
            changed = spec_rows(table._replace(rows=rows), table.dialects[0])
            assert differences(changed, found), (
                f"{table.place} row {number + 1}: {instead} instead is not seen"
            )


@each_table
def test_swapped_rows_are_seen(name: str, table: Table) -> None:
    found = layout_rows(layout(table.dialects[0], table.kind, name))
    for number, (one, other) in enumerate(pairwise(table.rows)):
        rows = (*table.rows[:number], other, one, *table.rows[number + 2 :])
        assert differences(spec_rows(table._replace(rows=rows), table.dialects[0]), found)


def _instead(row: Cells) -> Iterator[tuple[Cells, ...]]:
    length, field, when, what, meaning = row
    yield ()
    yield row, row
    yield ((length, f"{field}x", when, what, meaning),)
    yield ((length, field, "other", what, meaning),)
    if not what.startswith(SEE):  # a structure's length is held against its rows
        yield (("3", field, when, what, meaning),)
        yield ((length, field, when, f"{what}x", meaning),)


def test_a_difference_names_file_row_and_column() -> None:
    table = packets()["gatts/hvx"].table("command", "sd_api_v3")
    found = layout_rows(layout("sd_api_v3", "command", "sd_ble_gatts_hvx"))
    place = "specs/gatts/hvx.toml command (sd_api_v3 .. sd_api_v7)"

    row = ("2", *table.rows[3][1:])
    wider = table._replace(rows=(*table.rows[:3], row, *table.rows[4:]))
    assert differences(spec_rows(wider, "sd_api_v3"), found) == [
        f"{place} row 4 (hvx_params.type): length is '2', the schema says '1'"
    ]
    shorter = table._replace(rows=table.rows[:-1])
    assert differences(spec_rows(shorter, "sd_api_v3"), found) == [
        f"{place} row 8 is the last row, the schema goes on with "
        "Row(length='0..512', field='hvx_params.data', when='hvx_params.data', what='bytes, len of them')"
    ]


@each_table
def test_a_changed_layout_is_seen(name: str, table: Table) -> None:
    expected = spec_rows(table, table.dialects[0])
    record = deepcopy(layout(table.dialects[0], table.kind, name))
    assert not _seen(expected, record)
    for block in list(_blocks(record)):
        for attribute, value in list(_changes(block)):
            before = getattr(block, attribute)
            setattr(block, attribute, value)
            assert _seen(expected, record), (
                f"{table.place}: {attribute} of {block!r} as {value!r} is not seen"
            )
            setattr(block, attribute, before)
    assert not _seen(expected, record)


def _seen(expected: list[SpecRow], record: Record) -> bool:
    try:
        return bool(differences(expected, layout_rows(record)))
    except (KeyError, ValueError):  # a length without its data, bits that are no range
        return True


def _blocks(block: Construct) -> Iterator[Any]:
    yield block
    inner = block.members if isinstance(block, Members) else [getattr(block, "subcon", None)]
    for child in inner:
        if child is not None:
            yield from _blocks(child)


def _changes(block: Any) -> Iterator[tuple[str, Any]]:
    """Attributes of one block and what to spoil them with."""
    if isinstance(vars(block).get("flag"), Flag):  # a Renamed answers for what it names
        yield from (("flag", flag) for flag in Flag if flag is not block.flag)
    if isinstance(block, Members):
        yield from _member_changes(block)
    elif isinstance(block, Renamed):
        yield "name", f"{block.name}x"
        if type(block.subcon) is Number:
            yield from (
                ("subcon", other) for other in (i8, u8, u16, u32) if other.fmtstr != block.subcon.fmtstr
            )
    elif isinstance(block, Bits):
        yield "widths", {**block.widths, "extra": 1}
        yield "widths", {name: width + 1 for name, width in block.widths.items()}
        yield "required", {next(iter(block.widths)): 2}
        yield "reserved", block.reserved ^ 0x80
    elif isinstance(block, Length):
        yield "length", 4
    elif isinstance(block, Data):
        yield "length", f"{block.length}x"
        if block.most is not None:  # without a longest there is nothing to limit
            yield "limited", not block.limited
    elif isinstance(block, OneOf):
        yield "values", (*block.values, 3)


def _member_changes(block: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(block, Absent):
        yield "names", ("other",)
        return
    members = tuple(block.members)
    yield "members", (*members, named("extra", u8))
    yield from (("members", members[:at] + members[at + 1 :]) for at in range(len(members)))
    for at in range(1, len(members)):
        yield "members", (*members[: at - 1], members[at], members[at - 1], *members[at + 1 :])
    if isinstance(block, Flagged):
        yield "filler", not block.filler
        yield "key", f"{block.key}x"
        yield "absent", {**block.absent, block.key: 7}
    if isinstance(block, When):
        yield "value", block.value + 1
        yield "field", f"{block.field}x"
