"""Draw the link's state diagrams from its tables, as Mermaid: ``python tools/draw_link.py host|chip|old-chip``."""

from __future__ import annotations

import sys
from collections import defaultdict

from gatts_codec.link.machine import CHIP, HOST, IGNORE, OLD_CHIP, TransitionTable

TABLES = {"host": HOST, "chip": CHIP, "old-chip": OLD_CHIP}
# They look the same in every state; a sentence says so better than an arrow each.
EVERYWHERE = ("CLOSE", "BAD_FRAME", "REBOOT", "RESET")


def draw(table: TransitionTable) -> str:
    """One arrow for each pair of states and action, with the inputs that take it."""
    arrows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for state, row in table.items():
        for what, (action, after) in row.items():
            if action != IGNORE and what.name not in EVERYWHERE:
                arrows[state.name, after.name, action.replace("_", " ")].append(what.name)
    lines = ["stateDiagram-v2", "    [*] --> CLOSED"]
    for (source, target, action), inputs in arrows.items():
        lines.append(f"    {source} --> {target}: {', '.join(inputs)} / {action}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in TABLES:
        print(f"usage: draw_link.py {'|'.join(TABLES)}", file=sys.stderr)
        return 2
    print(draw(TABLES[arguments[0]]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
