"""The native module of pc-ble-driver-py against the one in Python: value writes, by the calls that programs make.

Each side in a process of its own, in turns, against a chip in another process. Its ACKs are a little late: the native
driver loses those that come at once, and the call fails. So the chip bounds the calls a second, and CPU counts: that
of the host's process, all threads. A write fills an array byte by byte, as blatann and pc-ble-driver-py do, then calls.
Needs the native module: pc-ble-driver-py on Python 3.10, x86-64 Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from statistics import median

from benchmarks.client import chip
from benchmarks.figures import Figure, share, times

GROUP = "drop-in against the native module"
SIDES = ("native", "drop-in")
CALLS_A_ROUND = 200
SIZES = (20, 512)
ACK_DELAY_S = 0.0005
MOST_TRIES = 5


class Side:
    """A host in a process of its own. The native one may lose an ACK, and its call fails: it starts anew then."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begin()

    def _begin(self) -> None:
        self._stack = ExitStack()
        port = self._stack.enter_context(chip(ACK_DELAY_S))
        command = [sys.executable, "-m", "benchmarks.drop_in_host", self._name, port]
        self._host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._stack.callback(self._host.kill)

    def measure(self, size: int) -> tuple[float, float]:
        """Microseconds of CPU and of time that a call takes."""
        for _ in range(MOST_TRIES):
            assert self._host.stdin is not None
            assert self._host.stdout is not None
            print(size, CALLS_A_ROUND, file=self._host.stdin, flush=True)
            words = self._host.stdout.readline().split()
            if len(words) == 2:
                return float(words[0]), float(words[1])
            self.end()
            self._begin()
        raise RuntimeError(f"{self._name}: calls fail")

    def end(self) -> None:
        """Stop host and chip."""
        self._stack.close()
        self._host.communicate()


def figures(rounds: int) -> Iterator[Figure]:
    """CPU and calls a second of both, and how they compare."""
    if os.name != "posix" or sys.version_info >= (3, 11) or find_spec("pc_ble_driver_py") is None:
        return
    sides = {name: Side(name) for name in SIDES}
    try:
        for size in SIZES:
            seen: dict[str, list[tuple[float, float]]] = {name: [] for name in SIDES}
            for number in range(max(5, rounds // 2) + 1):
                for name, side in sides.items():
                    found = side.measure(size)
                    if number:  # the first one warms up
                        seen[name].append(found)
            yield from _compared(size, seen)
    finally:
        for side in sides.values():
            side.end()


def _compared(size: int, seen: dict[str, list[tuple[float, float]]]) -> Iterator[Figure]:
    cpu = {name: median(cpu for cpu, _ in found) for name, found in seen.items()}
    wall = {name: median(wall for _, wall in found) for name, found in seen.items()}
    for name in SIDES:
        yield Figure(GROUP, f"{name} {size} B", cpu[name], "us CPU", lower=True)
        yield Figure(GROUP, f"{name} {size} B, calls", 1e6 / wall[name], "calls/s")
    yield times(GROUP, f"{size} B, calls a second", wall["native"] / wall["drop-in"])
    yield share(GROUP, f"{size} B, CPU", cpu["drop-in"] / cpu["native"])
