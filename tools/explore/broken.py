"""The exploration with the tables broken in one row after the other: each must be reported.

    python -m tools.explore.broken [--jobs 2]

prints what is said of each broken row. A row for which there is no occasion, ``never``, cannot be told from a good one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, cast

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import CHIP, OLD_CHIP, Input
from tools.broken_rows import TABLES, Mutant, mutants
from tools.explore.__main__ import CHIPS, explorations
from tools.explore.contract import UP
from tools.explore.ledger import Violation
from tools.explore.search import Bounds, Exploration

QUICK = Bounds(faults=1, restarts=1, packets=1, in_flight=0)
ENDS: dict[str, type[LinkEnd]] = {"HOST": HostLink, "CHIP": ChipLink, "OLD_CHIP": OldChipLink}
WITHOUT_DEADLINE = {
    "HOST": ("CLOSED", "ACTIVE"),
    "CHIP": ("CLOSED", "INITIALIZED", "CONFIG_ACCEPTED", "ACTIVE"),
    "OLD_CHIP": (),
}
WITH_A_LAST = {
    "HOST": ("UNINITIALIZED", "INITIALIZED", "AWAITING_ACK"),
    "CHIP": ("AWAITING_ACK",),
    "OLD_CHIP": (),
}


def never(row: Mutant) -> str:
    """Why nobody ever asks for this row; "" if somebody does."""
    state, what = row.state.name, row.what
    if what in (Input.OPEN, Input.OPEN_WITHOUT_RESET) and state != "CLOSED":
        return "`open` closes first"
    if what is Input.SEND and state not in UP:
        return "`send` refuses while the link is not up"
    if what is Input.TIMEOUT and state in WITHOUT_DEADLINE[row.table]:
        return "there is no deadline"
    if what is Input.LAST_TIMEOUT and state not in WITH_A_LAST[row.table]:
        return "attempts are not limited, or there is no deadline"
    return ""


def report(mutant: Mutant) -> str:
    """What the exploration says of the tables with this row; "" if it finds nothing wrong."""
    try:
        for exploration in explore_with([mutant]):
            exploration.run()
    except (Violation, AssertionError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return ""


def explore_with(rows: Iterable[Mutant], **actions: Any) -> Iterator[Exploration]:
    """The explorations that meet these rows, in the place of those in the tables; ``actions`` are methods they name."""
    tables = {name: {state: dict(row) for state, row in table.items()} for name, table in TABLES.items()}
    for row in rows:
        tables[row.table][row.state][row.what] = row.action, row.after
        if row.table == "CHIP" and OLD_CHIP[row.state] is CHIP[row.state]:
            tables["OLD_CHIP"][row.state][row.what] = row.action, row.after
    ends = {name: type(name, (end,), actions, table=tables[name]) for name, end in ENDS.items()}
    broken = [name for name, table in tables.items() if table != TABLES[name]]
    host = cast(type[HostLink], ends["HOST"])
    chips = {
        firmware: cast(type[ChipLink], ends[name])
        for firmware, name in zip(CHIPS, ("CHIP", "OLD_CHIP"), strict=True)
        if name in broken or "HOST" in broken
    }
    for _, exploration in explorations(QUICK, host, chips):
        yield exploration


def main() -> int:
    """Print what is said of each; 1 if a break was not found whose row is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    everything = list(mutants())
    missed = 0
    with multiprocessing.Pool(parser.parse_args().jobs) as pool:
        for mutant, found in zip(everything, pool.imap(report, everything), strict=True):
            missed += not (found or never(mutant))
            print(f"{mutant}: {found or never(mutant) or 'MISSED'}", flush=True)
    print(
        f"{len(everything)} broken rows, {sum(map(bool, map(never, everything)))} never asked, {missed} missed"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
