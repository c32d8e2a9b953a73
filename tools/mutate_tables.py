"""The link's state tables, broken in one place after the other: which breaks does no test notice?

    python -m tools.mutate_tables [--jobs 2]

mutmut breaks what functions do; the tables are data, and ``tools.broken_rows`` breaks them. docs/project/mutation.md
says what came of it.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import CHIP, HOST, OLD_CHIP, TransitionTable
from tools.broken_rows import TABLES, Mutant, mutants

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
