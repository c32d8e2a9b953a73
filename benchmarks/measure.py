"""Timing: two or more sides in turn, many short rounds, medians.

CPU time, since a shared machine interrupts. That drifts too; the ratio of neighbours in one round does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import process_time
from timeit import Timer
from typing import Any, NamedTuple

from gatts_codec.functions import OFTEN

ROUND_S = 0.001  # long against the clock's resolution, short against what else the machine does
ROUNDS = 101


class Side(NamedTuple):
    """What is timed: ``function(argument)``, called by the timing loop itself."""

    function: Callable[[Any], Any]
    argument: Any


class Times(NamedTuple):
    """Nanoseconds a call, round by round, of each side."""

    rounds: Mapping[str, list[float]]

    def median_ns(self, side: str) -> float:
        """The median time of a side."""
        return median(self.rounds[side])

    def ratio(self, side: str, to: str) -> float:
        """How many times as long a side takes as another: the median over the rounds."""
        return median(one / other for one, other in zip(self.rounds[side], self.rounds[to], strict=True))


def compare(sides: Mapping[str, Side], rounds: int) -> Times:
    """Run every side once in each round, for about ROUND_S seconds."""
    timers = {
        name: Timer("f(x)", timer=process_time, globals={"f": side.function, "x": side.argument})
        for name, side in sides.items()
    }
    calls = {name: _calls(timer) for name, timer in timers.items()}
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, timer in timers.items():
            found[name].append(timer.timeit(calls[name]) / calls[name] * 1e9)
    return Times(found)


def _calls(timer: Timer) -> int:
    """How many calls fill a round. Also the warm-up: generated code and caches are there when counting begins."""
    timer.timeit(OFTEN + 1)
    calls = 1
    while timer.timeit(calls) < ROUND_S:
        calls *= 2
    return calls
