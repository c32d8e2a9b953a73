"""The packet tables of specs/, loaded: every row with its place, structures put in where a row names one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from schema.layout_rows import Row, joined

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SPECS = Path(__file__).parent.parent.parent / "specs"
SEE = "see "


class SpecRow(NamedTuple):
    """A row and where it stands: ``specs/gatts/hvx.toml command row 5``."""

    row: Row
    place: str


class Table(NamedTuple):
    """The rows of one packet (or structure) in the dialects ``since`` .. ``until``."""

    file: str
    kind: str
    dialects: tuple[str, ...]
    ignores_trailing: bool
    rows: tuple[tuple[str, ...], ...]

    @property
    def place(self) -> str:
        return f"specs/{self.file}.toml {self.kind} ({self.dialects[0]} .. {self.dialects[-1]})"


class Spec(NamedTuple):
    """One file. ``numbers`` is the opcode or event id in each dialect that has the packet."""

    file: str
    name: str
    summary: str
    numbers: Mapping[str, int]
    tables: tuple[Table, ...]

    def table(self, kind: str, dialect: str) -> Table:
        (found,) = (table for table in self.tables if table.kind == kind and dialect in table.dialects)
        return found


def load(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads((SPECS / f"{file}.toml").read_text("utf-8"))
    return loaded


@cache
def dialects() -> dict[str, dict[str, Any]]:
    """The dialects by name, in the order in which they appeared."""
    return {dialect["name"]: dialect for dialect in load("dialects")["dialect"]}


@cache
def packets() -> dict[str, Spec]:
    """Every packet's spec by group and file name: ``gatts/hvx``."""
    paths = sorted(path for path in SPECS.glob("*/*.toml") if path.parent.name != "structs")
    files = [f"{path.parent.name}/{path.stem}" for path in paths]
    return {file: _spec(file) for file in files}


@cache
def structs() -> dict[str, Spec]:
    """Every structure's spec by name."""
    return {path.stem: _spec(f"structs/{path.stem}") for path in sorted((SPECS / "structs").glob("*.toml"))}


def _spec(file: str) -> Spec:
    loaded = load(file)
    numbers = {name: number for span, number in _numbers(loaded) for name in _span({**loaded, **span})}
    tables = tuple(
        _table(file, kind, table)
        for kind in ("command", "response", "event", "struct")
        for table in loaded.get(kind, ())
    )
    return Spec(file, loaded["name"], loaded["summary"], numbers, tables)


def _numbers(loaded: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, str], int]]:
    number = loaded.get("opcode", loaded.get("event_id", []))
    if isinstance(number, int):
        yield {}, number
    else:
        yield from ((span, span["id"]) for span in number)


def _table(file: str, kind: str, loaded: Mapping[str, Any]) -> Table:
    since = {"since": load(file).get("since", next(iter(dialects())))}
    rows = tuple(tuple(row) for row in loaded["rows"])
    return Table(file, kind, _span({**since, **loaded}), loaded.get("ignores_trailing", False), rows)


def _span(loaded: Mapping[str, Any]) -> tuple[str, ...]:
    names = list(dialects())
    first, last = loaded.get("since", names[0]), loaded.get("until", names[-1])
    return tuple(names[names.index(first) : names.index(last) + 1])


def spec_rows(table: Table, dialect: str) -> list[SpecRow]:
    """The rows of a table with every structure written out."""
    return list(_expand(table, dialect, "", ""))


def _expand(table: Table, dialect: str, prefix: str, inherited: str) -> Iterator[SpecRow]:
    for number, (length, field, when, what, _meaning) in enumerate(table.rows, 1):
        full = Row(length, joined(prefix, field), _condition(when, prefix) or inherited, what)
        if what.startswith(SEE):
            inner = structs()[what.removeprefix(SEE)].table("struct", dialect)
            yield from _expand(inner, dialect, full.field, full.when)
        else:
            yield SpecRow(full, f"{table.place} row {number}")


def _condition(when: str, prefix: str) -> str:
    """A condition as the packet around a structure would write it."""
    if when.startswith("not "):
        return f"not {joined(prefix, when.removeprefix('not '))}"
    return joined(prefix, when) if when and when != "bytes left" else when


def bounds(rows: list[Row]) -> tuple[int, int]:
    """How short and how long rows can be altogether. Rows that hang on other values of one field exclude each other."""
    choices = sorted({row.when for row in rows if " = " in row.when}) or [""]
    totals = [_bounds([row for row in rows if _can_stand(row, rows, choice)]) for choice in choices]
    return min(low for low, _ in totals), max(high for _, high in totals)


def _bounds(rows: list[Row]) -> tuple[int, int]:
    low = high = 0
    for row in rows:
        shortest, _, longest = row.length.partition("..")
        low += int(shortest or 0) if not row.when or " = " in row.when else 0
        high += int(longest or shortest or 0)
    return low, high


def _can_stand(row: Row, rows: list[Row], choice: str) -> bool:
    if " = " in row.when:
        return row.when == choice
    behind = [other for other in rows if other.field == row.when and other.what.endswith("flag")]
    return all(_can_stand(other, rows, choice) for other in behind)
