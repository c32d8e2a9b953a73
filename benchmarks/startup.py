"""What importing costs, and the first uses of packets, each time in a process of its own.

The scale is ``import construct``, in the same run (for the packets in the same process): the same kind of work, on the
same machine. Modules are compiled beforehand, as pip does when it installs them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, share
from benchmarks.first_uses import SCALE

GROUP = "start"
# Must and stretch, against the scale.
GOALS = (
    ("import gatts_codec", 1 / 2, 1 / 4),
    ("Codec('sd_api_v5')", 1.0, 0.7),
)
_TIMED = "from time import process_time as t; a = t(); {}; print(t() - a)"
STATEMENTS = {
    SCALE: "import construct",
    "import gatts_codec": "import gatts_codec",
    "Codec('sd_api_v5')": "from gatts_codec import Codec; Codec('sd_api_v5')",
    "Codec('sd_api_v5').prepare()": "from gatts_codec import Codec; Codec('sd_api_v5').prepare()",
    "Codec and a first packet": (
        "from gatts_codec import Codec, ServiceAdd, Uuid; c = Codec('sd_api_v5');"
        "c.decode_command(c.encode(ServiceAdd(1, Uuid(1))))"
    ),
}


def figures(rounds: int) -> Iterator[Figure]:
    """CPU time in milliseconds, and the package against construct."""
    seconds: dict[str, list[float]] = {}
    uses: list[dict[str, float]] = []
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for number in range(1 + max(5, rounds // 5)):
            took = {name: _seconds(statement, environment) for name, statement in STATEMENTS.items()}
            used = _uses(environment)
            if number:  # the first one compiles
                uses.append(used)
                for name, each in took.items():
                    seconds.setdefault(name, []).append(each)
    middle = {name: median(values) for name, values in seconds.items()}
    for name, must, stretch in GOALS:
        yield share(GROUP, f"{name} against import construct", middle[name] / middle[SCALE], must, stretch)
    yield from _slowest(uses)
    for name in STATEMENTS:
        yield Figure(GROUP, name, middle[name] * 1000, "ms")


def _slowest(rounds: list[dict[str, float]]) -> Iterator[Figure]:
    """Of all uses of all packets after ``prepare``: their modules load, and functions are generated."""
    packets = rounds[0].keys() - {SCALE}
    middle = {name: median(each[name] / each[SCALE] for each in rounds) for name in packets}
    name = max(packets, key=middle.__getitem__)
    against = f"the slowest use of {len(packets)} packets against import construct"
    yield share(GROUP, against, middle[name], 0.15, 0.1)
    yield Figure(GROUP, f"the slowest use: {name}", median(each[name] for each in rounds) * 1000, "ms")


def _uses(environment: dict[str, str]) -> dict[str, float]:
    """The slowest of the uses of each packet, and the scale, in seconds."""
    command = [sys.executable, "-m", "benchmarks.first_uses"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _seconds(statement: str, environment: dict[str, str]) -> float:
    command = [sys.executable, "-c", _TIMED.format(statement)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    return float(done.stdout)
