"""The link's state tables, broken in one place after the other: which breaks does no test notice?

    python tools/mutate_tables.py [--jobs 2]

mutmut breaks what functions do; the tables are data. Each row is forgotten (the input ignored), or does its action and
stays in its state; an input that is ignored does what it does in another state. docs/project/mutation.md says what
came of it.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from enum import IntEnum
from typing import NamedTuple

import pytest

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import CHIP, HOST, IGNORE, OLD_CHIP, Input, TransitionTable

TABLES: dict[str, TransitionTable] = {"HOST": HOST, "CHIP": CHIP, "OLD_CHIP": OLD_CHIP}
ENDS: dict[type[LinkEnd], TransitionTable] = {HostLink: HOST, ChipLink: CHIP, OldChipLink: OLD_CHIP}
# The second lot runs only when the first has noticed nothing.
TESTS = [
    ["tests/link/test_tables.py", "tests/link/test_host.py", "tests/link/test_chip.py"],
    [f"tests/link/test_{name}.py" for name in ("session", "replay_chip", "replay_host", "any_sequence")],
]
# No cache, which all jobs would share; a mutant may well run for ever; the package is imported before pytest, as it is
# what gets broken.
OPTIONS = [
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "--timeout=60",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]


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


def survives(mutant: Mutant) -> bool:
    """Break the tables of this process, and run the tests."""
    row = TABLES[mutant.table][mutant.state]
    assert isinstance(row, dict)
    row[mutant.what] = (mutant.action, mutant.after)
    for end, table in ENDS.items():
        end.__init_subclass__(table=table)
    return _tests_pass()


def _tests_pass() -> bool:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return all(pytest.main([*OPTIONS, *tests]) == 0 for tests in TESTS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    jobs = parser.parse_args().jobs
    if not _tests_pass():
        print("the tests fail without any mutant", file=sys.stderr)
        return 2
    # A process for each mutant, forked when pytest and the tests are already imported.
    everything = list(mutants())
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        survivors = 0
        for mutant, survived in zip(everything, pool.imap(survives, everything), strict=True):
            if survived:
                survivors += 1
                print(mutant, flush=True)
    print(f"{len(everything)} mutants, {survivors} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
