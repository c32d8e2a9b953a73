"""Every layout says what its packet table in specs/ says, row by row; and a change of either one is seen.

A failure reads ``specs/gatts/hvx.toml command (s110_v8 .. sd_api_v2_pc) row 5: length is '2', the schema says '1'``:
one of the two is wrong. If the packet really differs, change both.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from every import every
from schema.compare import differences, layout
from schema.layout_rows import layout_rows
from schema.spec_tables import SEE, SPECS, Table, bounds, dialects, load, packets, spec_rows, structs

from gatts_codec.dialects import DIALECTS
from gatts_codec.interpreter import Interpreter

KINDS = {"sd_ble_": ("command", "response"), "BLE_": ("event",)}
each_packet = every("spec", packets().values(), ids=lambda spec: spec.file)
each_spec = every("spec", [*packets().values(), *structs().values()], ids=lambda spec: spec.file)

TABLES = [
    (spec.name, table, dialect)
    for spec in packets().values()
    for table in spec.tables
    for dialect in table.dialects
]


@every("name, table, dialect", TABLES, ids=lambda case: f"{case[0]} {case[1].kind} {case[2]}")
def test_the_layout_says_what_the_table_says(name: str, table: Table, dialect: str) -> None:
    record = layout(dialect, table.kind, name)
    lines = differences(spec_rows(table, dialect), layout_rows(record))
    assert not lines, "\n".join(lines)
    assert record.tolerates_trailing == table.ignores_trailing, f"{table.place}: ignores_trailing"


def test_the_dialects_are_those_of_the_specs() -> None:
    packet_type_5 = {True: "generic command", False: "reset command"}
    assert list(dialects().values()) == [
        {
            "name": dialect.name,
            "firmware": dialect.firmware,
            "max_payload": dialect.max_payload,
            "packet_type_5": packet_type_5[dialect.generic_command],
        }
        for dialect in DIALECTS.values()
    ]


@every("dialect", DIALECTS)
def test_every_packet_of_a_dialect_has_a_spec_and_the_same_number(dialect: str) -> None:
    entries = Interpreter(DIALECTS[dialect], strict=True).entries
    found = {entry.cls.name: int.from_bytes(entry.head, "little") for entry in entries}
    specified = {spec.name: spec.numbers[dialect] for spec in packets().values() if dialect in spec.numbers}
    assert specified == found


@each_packet
def test_a_spec_has_one_table_a_kind_and_dialect(spec: Any) -> None:
    (kinds,) = (kinds for prefix, kinds in KINDS.items() if spec.name.startswith(prefix))
    for kind in kinds:
        covered = [dialect for table in spec.tables if table.kind == kind for dialect in table.dialects]
        assert covered == list(spec.numbers), f"{spec.file} {kind}"
    assert {table.kind for table in spec.tables} == set(kinds)


@each_packet
def test_a_spec_is_named_like_its_packet(spec: Any) -> None:
    group, _, file = spec.file.partition("/")
    kind = "event" if file.endswith("_event") else "command"
    name = f"{group}.{file.removesuffix('_event')}"
    entry = Interpreter(DIALECTS[next(iter(spec.numbers))], strict=True).named(kind, name)
    assert spec.name == entry.cls.name


@each_spec
def test_a_spec_is_written_as_the_readme_says(spec: Any) -> None:
    loaded = load(spec.file)
    known = {"name", "summary", "since", "opcode", "event_id", *(table.kind for table in spec.tables)}
    assert set(loaded) <= known
    assert spec.summary.endswith(".")
    for kind in {table.kind for table in spec.tables}:
        for table in loaded[kind]:
            assert set(table) <= {"since", "until", "ignores_trailing", "rows"}
            assert all(len(row) == 5 and all(isinstance(cell, str) for cell in row) for row in table["rows"])


@each_spec
def test_a_table_is_stated_once(spec: Any) -> None:
    for one, other in pairwise(spec.tables):
        if one.kind == other.kind:
            assert one.rows != other.rows or one.ignores_trailing != other.ignores_trailing
            assert one.dialects[-1] < other.dialects[0] or one.kind != other.kind


def test_every_structure_is_used() -> None:
    tables = [table for spec in [*packets().values(), *structs().values()] for table in spec.tables]
    used = {row[3].removeprefix(SEE) for table in tables for row in table.rows if row[3].startswith(SEE)}
    assert used == set(structs())
    assert {path.name for path in SPECS.iterdir()} >= {"README.md", "differences.md", "tolerance.md"}


@each_spec
def test_the_length_of_a_structure_is_that_of_its_rows(spec: Any) -> None:
    for table in spec.tables:
        for number, (length, _, _, what, _) in enumerate(table.rows, 1):
            if what.startswith(SEE):
                struct = structs()[what.removeprefix(SEE)]
                found = [
                    bounds([spec_row.row for spec_row in spec_rows(struct.table("struct", dialect), dialect)])
                    for dialect in table.dialects
                ]
                low, high = min(low for low, _ in found), max(high for _, high in found)
                assert length == (str(low) if low == high else f"{low}..{high}"), (
                    f"{table.place} row {number}"
                )
