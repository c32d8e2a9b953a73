"""What importing costs, each time in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure, share

GROUP = "start"
_TIMED = "from time import process_time as t; a = t(); {}; print(t() - a)"
STATEMENTS = {
    "import construct": "import construct",
    "import gatts_codec": "import gatts_codec",
    "Codec('sd_api_v5')": "from gatts_codec import Codec; Codec('sd_api_v5')",
    "Codec and a first packet": (
        "from gatts_codec import Codec, ServiceAdd, Uuid; c = Codec('sd_api_v5');"
        "c.decode_command(c.encode(ServiceAdd(1, Uuid(1))))"
    ),
}


def figures(rounds: int) -> Iterator[Figure]:
    """CPU time in milliseconds, and the package against construct."""
    seconds: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(max(5, rounds // 5)):
        for name, statement in STATEMENTS.items():
            seconds[name].append(_seconds(statement))
    ratio = median(seconds["import gatts_codec"]) / median(seconds["import construct"])
    yield share(GROUP, "import gatts_codec against import construct", ratio, 1 / 2, 1 / 4)
    for name, values in seconds.items():
        yield Figure(GROUP, name, median(values) * 1000, "ms")


def _seconds(statement: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(statement)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
