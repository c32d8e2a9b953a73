"""A packet table beside the layout of the same packet: what they say differently."""

from __future__ import annotations

from itertools import zip_longest

from schema.layout_rows import Row
from schema.spec_tables import SpecRow

from gatts_codec.dialects import DIALECTS
from gatts_codec.interpreter import Interpreter
from gatts_codec.schema.record import Record


def layout(dialect: str, kind: str, name: str) -> Record:
    """The schema of a packet by the SoftDevice's name."""
    return Interpreter(DIALECTS[dialect], strict=True).named(kind, name).layout


def differences(expected: list[SpecRow], found: list[Row]) -> list[str]:
    """One line for each cell or row that differs."""
    lines = []
    for spec, row in zip_longest(expected, found):
        if spec is None:
            end = expected[-1].place if expected else "an empty table"
            lines.append(f"{end} is the last row, the schema goes on with {row}")
        elif row is None:
            lines.append(f"{spec.place} ({spec.row.field}): the schema has ended")
        else:
            lines += _cells(spec, row)
    return lines


def _cells(spec: SpecRow, row: Row) -> list[str]:
    columns = zip(Row._fields, spec.row, row, strict=True)
    return [
        f"{spec.place} ({spec.row.field}): {column} is {wanted!r}, the schema says {got!r}"
        for column, wanted, got in columns
        if wanted != got
    ]
