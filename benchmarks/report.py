"""Figures for people (a table), for programs (JSON), and for a page (a plot as SVG)."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from math import log10
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.figures import Figure
from gatts_codec import __version__

LEFT, WIDTH, RIGHT, ROW = 250, 520, 70, 19  # pixels
COLOURS = {"stretch": "#2b7a3d", "must": "#7fb069", "missed": "#c8553d", "": "#8d99ae"}


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "gatts_codec": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "processor": _processor(),
        "state": _STATE,
    }


def _state() -> str:
    if not hasattr(os, "getloadavg"):
        return "How busy it was is not known."
    return f"In the five minutes before, {os.getloadavg()[1]:.1f} programs ran at a time."


_STATE = _state()  # before the measurements, which are a load themselves


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line for line in info.read_text("utf-8").splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return f"{names[0].partition(': ')[2]}, {len(names)} cores" if names else platform.processor()


def as_json(figures: Iterable[Figure]) -> dict[str, Any]:
    """Machine and figures."""
    return {"machine": machine(), "figures": [_plain(figure) for figure in figures]}


def _plain(figure: Figure) -> dict[str, Any]:
    return {**figure._asdict(), "value": round(figure.value, 3), "verdict": figure.verdict}


def table(figures: Sequence[Figure]) -> None:
    """Print all figures, with rich where it is installed."""
    groups = list(dict.fromkeys(figure.group for figure in figures))
    rows = [
        (
            figure.group,
            figure.name,
            f"{figure.value:,.4g} {figure.unit}",
            figure.goal(figure.must),
            figure.goal(figure.stretch),
            figure.verdict,
        )
        for figure in sorted(figures, key=lambda figure: groups.index(figure.group))
    ]
    header = ("", "figure", "measured", "must", "stretch", "")
    try:
        _rich_table(header, rows)
    except ImportError:
        for row in [header, *rows]:
            print(
                "  ".join(cell.ljust(width) for cell, width in zip(row, (40, 45, 22, 8, 8, 8), strict=True))
            )


def _rich_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown, group = Table(*header[1:], box=None), ""
    for row in rows:
        if row[0] != group:
            group = row[0]
            shown.add_row(f"[bold]{group}[/bold]")
        shown.add_row(*row[1:])
    Console().print(shown)


def summary(figures: Iterable[Figure]) -> str:
    """How many goals are reached."""
    verdicts = [figure.verdict for figure in figures if figure.must is not None]
    with_stretch = [figure for figure in figures if figure.stretch is not None]
    stretches = sum(figure.verdict == "stretch" for figure in with_stretch)
    missed = verdicts.count("missed")
    return f"{len(verdicts) - missed} of {len(verdicts)} musts, {stretches} of {len(with_stretch)} stretches"


def plots(figures: Sequence[Figure], python: str) -> dict[str, str]:
    """File name to SVG: what the figures say at a glance."""
    ratios = [figure for figure in figures if figure.unit == "x" and figure.must is not None]
    times = [figure for figure in figures if figure.group == "time a packet"]
    return {
        "ratios.svg": _bars(
            ratios, f"times as fast as stock construct and per-byte Python ({python}); ticks: goals", "x"
        ),
        "times.svg": _bars(
            times,
            f"a packet, in ns ({python}); parse and build: the layouts, interpreted by construct",
            " ns",
        ),
    }


def _bars(figures: Sequence[Figure], caption: str, unit: str) -> str:
    """Bars on a logarithmic scale, their goals as ticks."""
    longest = max(figure.value for figure in figures)

    def x(value: float) -> float:
        return LEFT + WIDTH * log10(max(value, 1)) / log10(longest * 1.3)

    height = ROW * (len(figures) + 2)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/><text x="8" y="14">{escape(caption)}</text>',
    ]
    for row, figure in enumerate(figures, 1):
        y = ROW * row + 4
        lines += [
            f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(figure.name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{x(figure.value) - LEFT:.1f}" height="{ROW - 5}"'
            f' fill="{COLOURS[figure.verdict]}"/>',
            f'<text x="{x(figure.value) + 4:.1f}" y="{y + 12}">{figure.value:,.0f}{unit}</text>',
        ]
        for goal in (figure.must, figure.stretch):
            if goal:
                lines.append(
                    f'<path d="M{x(goal):.1f} {y - 1}v{ROW - 3}" stroke="black" stroke-width="1.5"/>'
                )
    return "\n".join([*lines, "</svg>", ""])


def write(figures: Sequence[Figure], folder: Path) -> None:
    """The committed results: JSON and plots."""
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(as_json(figures), indent=1) + "\n", "utf-8", newline="\n")
    for name, svg in plots(figures, machine()["python"]).items():
        (folder / name).write_text(svg, "utf-8", newline="\n")


def read(folder: Path) -> tuple[dict[str, str], list[Figure]]:
    """What ``write`` has written: the machine, and the figures."""
    results = json.loads((folder / "results.json").read_text("utf-8"))
    rows = [{name: value for name, value in row.items() if name != "verdict"} for row in results["figures"]]
    return results["machine"], [Figure(**row) for row in rows]
