"""Measure every speed claim: ``python -m benchmarks [--json] [--check] [--write] [--only WORD] [--quick]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import air, bulk, chips, client, drop_in, framing, packet_codec, report, startup
from benchmarks.figures import Figure
from benchmarks.measure import ROUNDS

PARTS = {
    "codec": packet_codec.figures,
    "framing": framing.figures,
    "startup": startup.figures,
    "bulk": bulk.figures,
    "client": client.figures,
    "chips": chips.figures,
    "air": air.figures,
    "drop-in": drop_in.figures,
}
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the parts, print what they found; with ``--check`` fail where a must is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition(":")[0]
    )
    parser.add_argument("--json", action="store_true", help="machine and figures as JSON")
    parser.add_argument("--check", action="store_true", help="status 1 if a figure is below its must")
    parser.add_argument(
        "--write", action="store_true", help="renew the results and the plot beside this code"
    )
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    options = parser.parse_args()
    figures = measure(
        list(PARTS) if options.only is None else [options.only], ROUNDS // (10 if options.quick else 1)
    )
    if options.json:
        print(json.dumps(report.as_json(figures), indent=1))
    else:
        report.table(figures)
        print(report.summary(figures))
    if options.write:
        report.write(figures, RESULTS)
    return int(options.check and any(figure.verdict == "missed" for figure in figures))


def measure(parts: list[str], rounds: int) -> list[Figure]:
    """The figures of these parts."""
    return [figure for part in parts for figure in PARTS[part](rounds)]


if __name__ == "__main__":
    sys.exit(main())
