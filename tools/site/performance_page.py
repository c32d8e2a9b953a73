"""What a packet costs: the committed results of the benchmarks as plots and tables."""

from __future__ import annotations

from pathlib import Path

from benchmarks import report
from benchmarks.figures import Figure
from tools.site.markdown_text import table

_FOLDER = Path(__file__).parents[2] / "benchmarks" / "results"
_PAGE = "explanation/performance.md"
_HEAD = """# Performance

A `value_set` of 20 bytes is a frame of 40: a UART at 1 Mbaud carries it in 400 µs, and it is made in less than one.
A single link never needs more. Recordings of gigabytes, fuzzing, test rigs and hundreds of simulated chips do.

## Where the time goes, and does not

**Layouts are declarations, and declarations are slow to interpret.** construct walks a tree of objects for every
packet. So once a packet has been used some fifty times, a function is written that does what the walk would have done:
fixed fields that follow each other are one precompiled `struct.Struct`, presence flags are branches, a byte of bit
fields is an index into a table of ready-made objects. `Codec.generated_source(kind, name)` shows these functions.

**Nothing is checked twice.** The functions read on without looking at the end; one comparison there catches what is
too short and what is too long. On any doubt they step aside and the layout itself is interpreted: it raises the
true error, with path and offset, or gives the right answer. Ten million mutated packets and messages hold the two
together (`python tests/differential.py`).

**Messages are built without `__init__`.** Frozen dataclasses pay for every field they set. Decoders fill an
unfrozen twin with the same slots and change its class.

**SLIP and CRC are left to C.** `bytes.replace` escapes, `binascii.crc_hqx` sums; a loop over bytes in Python takes
5 times as long for 8 bytes and 27 times for 524.

**A recording is decoded by columns.** numpy unescapes a block of frames at once, groups them by length, sums their
CRCs by column, and reads numbers without making objects. Frames that are not certain at once are decoded alone, by
the same code as `decode`.

**Importing costs next to nothing.** Public names load on first use, a packet's layout with its first packet, construct
with the first packet of all. Connecting does beforehand what all packets have in common (`Codec.prepare()`), so that no
call after it waits for more than its own layout; and an ACK never waits for a decoder.

"""
_MEASURED = """## What was measured

{python} on {system}, {processor}, gatts-codec {gatts_codec}: medians, and ratios of two things measured in turn in
one process, since absolute times drift. `python -m benchmarks` measures them on your machine, `--check` holds them
against their goals, which are ratios, all of them. {state}

![How many times as fast as stock construct and per-byte Python](ratios.svg)

![Nanoseconds a packet](times.svg)

"""


def pages() -> dict[str, str]:
    """Site path to Markdown, and to the plots beside it."""
    machine, figures = report.read(_FOLDER)
    plots = report.plots(figures, machine["python"])
    text = _HEAD + _MEASURED.format_map(machine) + "\n".join(_groups(figures))
    return {_PAGE: text} | {f"explanation/{name}": svg for name, svg in plots.items()}


def _groups(figures: list[Figure]) -> list[str]:
    names = dict.fromkeys(figure.group for figure in figures)
    return [f"### {name.capitalize()}\n\n{_rows(figures, name)}" for name in names]


def _rows(figures: list[Figure], group: str) -> str:
    rows = [
        (each.name, f"{each.value:,.4g} {each.unit}", each.goal(each.must), each.goal(each.stretch))
        for each in figures
        if each.group == group
    ]
    goals = any(must or stretch for _, _, must, stretch in rows)
    return table(
        ("", "measured", "goal", "stretch goal")[: 4 if goals else 2],
        [row[: 4 if goals else 2] for row in rows],
    )
