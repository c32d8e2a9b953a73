"""The link's state tables with one row broken: each row that is there, in each way that it can be broken.

A row is forgotten (the input ignored), or does its action and stays in its state; an input that is ignored does what it
does in another state.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from gatts_codec.link.machine import CHIP, HOST, IGNORE, OLD_CHIP, Input, TransitionTable

TABLES: dict[str, TransitionTable] = {"HOST": HOST, "CHIP": CHIP, "OLD_CHIP": OLD_CHIP}


class Mutant(NamedTuple):
    """One row, and what stands there instead."""

    table: str
    state: IntEnum
    what: Input
    action: str
    after: IntEnum

    def __str__(self) -> str:
        return f"{self.table} {self.state.name} {self.what.name}: {self.action}, {self.after.name}"


def mutants() -> Iterator[Mutant]:
    """Every mutant of every row. What OLD_CHIP has from CHIP is broken once."""
    for name, table in TABLES.items():
        for state, row in table.items():
            if name == "OLD_CHIP" and row is CHIP[state]:
                continue
            for what, (action, after) in row.items():
                for then in _instead(table, state, what, action, after):
                    yield Mutant(name, state, what, *then)


def _instead(
    table: TransitionTable, state: IntEnum, what: Input, action: str, after: IntEnum
) -> list[tuple[str, IntEnum]]:
    if action == IGNORE:
        elsewhere = [row[what][0] for row in table.values() if row[what][0] != IGNORE]
        return [(elsewhere[-1], state)] if elsewhere else []
    return [(IGNORE, state)] + ([(action, state)] if after is not state else [])
