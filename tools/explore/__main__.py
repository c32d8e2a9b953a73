"""Every way in which a host's and a chip's end can go on together on a bad line: does any break the link's promises?

    python -m tools.explore [--faults 1] [--restarts 1] [--packets 1] [--in-flight 1]

The two ends are the library's own, tables and actions. Every state that they and the line between them can reach is
visited once, whatever happens next: a frame arrives, is lost, doubled, damaged, cut; an end's deadline comes, however
late or early its frames are; the host's program ends or starts again; the chip restarts; either user sends a packet.
docs/project/exploration.md says what is promised and what the search leaves out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.host_link import HostLink
from tools.explore.ledger import Violation
from tools.explore.search import Bounds, Exploration

CHIPS: dict[str, type[ChipLink]] = {"newer firmware": ChipLink, "older firmware": OldChipLink}
# As few attempts as there can be: more only lead through the same states again.
HOST, CHIP = HostConfig(transmissions=2, link_transmissions=2), ChipConfig(transmissions=2)


def explorations(
    bounds: Bounds, host: type[HostLink] = HostLink, chips: Mapping[str, type[ChipLink]] = CHIPS
) -> Iterator[tuple[str, Exploration]]:
    """A search for each kind of firmware, and for hosts that begin with RESET and without."""
    for firmware, chip in chips.items():
        for reset in (True, False):
            ends = host(replace(HOST, reset=reset)), chip(CHIP)
            yield f"{firmware}, reset={reset}", Exploration(*ends, bounds)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, value in vars(Bounds()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    bounds = Bounds(**vars(parser.parse_args(arguments)))
    for name, exploration in explorations(bounds):
        began = time.monotonic()
        try:
            states = exploration.run()
        except Violation as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        print(f"{name}: {states} states, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
