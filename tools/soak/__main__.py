"""Random programs with both clients beside random chips: is any promise broken?

    python -m tools.soak [--minutes 15] [--seed N] [--only blocking]

Each scenario has a seed, and is drawn from it: a chip, a line, how the client is made, programs, interrupts. Threads
take turns as they like, so the same seed does not always go the same way; --repeat runs one again and again.
docs/project/soak.md says what is judged.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tools.soak.blocking import Run
from tools.soak.judge import Failure, Metronome, describe, nothing_left, watchdog
from tools.soak.plan import Plan
from tools.soak.tasks import AsyncRun

KINDS: dict[str, Callable[..., None]] = {
    "asyncio": lambda *given: AsyncRun(*given).go(),
    "blocking": lambda *given: Run(*given).go(),
}


def run(seed: int, metronome: Metronome, outcomes: Counter[str], only: str | None = None) -> list[str]:
    """One scenario; what went wrong."""
    kind = only or Random(seed).choice(sorted(KINDS))
    plan = Plan.draw(seed)
    failures: list[str] = []
    try:
        with watchdog(), nothing_left(metronome, failures):
            del plan  # nothing here keeps a client
            KINDS[kind](Plan.draw(seed), metronome, failures, outcomes)
    except Failure as error:
        failures.append(str(error))
    except BaseException as error:
        failures.append(f"raised {describe(error)}")
    outcomes[kind] += 1
    return failures


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15.0, help="how long (15)")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()) % 10**6 * 1000, help="of the first scenario"
    )
    parser.add_argument("--repeat", type=int, metavar="N", help="run the one scenario of --seed N times")
    parser.add_argument("--only", choices=sorted(KINDS), help="scenarios of one kind")
    options = parser.parse_args(arguments)
    metronome, outcomes = Metronome(), Counter[str]()
    metronome.start()
    broken, count, until = 0, 0, time.monotonic() + options.minutes * 60
    while count < options.repeat if options.repeat else time.monotonic() < until:
        seed = options.seed if options.repeat else options.seed + count
        print(f"seed {seed}", end="\r", file=sys.stderr, flush=True)
        failures = run(seed, metronome, outcomes, options.only)
        count += 1
        if failures:
            broken += 1
            print(f"seed {seed}: {Plan.draw(seed).text}", *failures, sep="\n    ", flush=True)
    metronome.stop()
    for name, number in sorted(outcomes.items()):
        print(f"{number:8} {name}")
    print(f"{count} scenarios, seeds {options.seed}..{options.seed + count - 1}: {broken} broke a promise")
    return 1 if broken else 0


if __name__ == "__main__":
    logging.getLogger("gatts_codec").setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:]))
