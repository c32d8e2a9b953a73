"""``gatts-codec vectors``: run golden vectors against the codec."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gatts_codec.cli.output import console, json_option, print_json
from gatts_codec.vectors import FileReport, Mismatch, check_file, vector_files


@click.command("vectors")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
@json_option
def command(paths: tuple[Path, ...], as_json: bool) -> int:
    """Run the vectors in files, or in the .jsonl files below folders, and report every mismatch.

    A valid packet must encode and decode exactly, a malformed one must be refused, a tolerated one decodes only when
    not strict, an unencodable one is refused by the encoder. Quirks are not run.
    """
    files = vector_files(paths)
    if not files:
        raise click.UsageError("no .jsonl file there")
    reports = [check_file(file) for file in files]
    if as_json:
        for report in reports:
            print_json(_plain(report))
    else:
        _show(reports)
    return 1 if any(report.mismatches for report in reports) else 0


def _plain(report: FileReport) -> dict[str, object]:
    return {
        "file": str(report.path),
        "records": report.records,
        "passed": report.passed,
        "failed": report.failed,
        "skipped": report.skipped,
        "mismatches": [asdict(mismatch) for mismatch in report.mismatches],
    }


def _show(reports: list[FileReport]) -> None:
    out = console()
    out.print(_table(reports))
    for report in reports:
        if not report.records:
            out.print(Text(f"{report.path}: no records"))
        for mismatch in report.mismatches:
            _show_mismatch(out, report.path, mismatch)
    failed, passed = sum(report.failed for report in reports), sum(report.passed for report in reports)
    out.print(Text(f"{passed} passed, {failed} failed", "bold red" if failed else "bold green"))


def _table(reports: list[FileReport]) -> Table:
    table = Table("file", box=None, pad_edge=False)
    table.columns[0].overflow = "fold"
    for heading in ("passed", "failed", "not run"):
        table.add_column(heading, justify="right")
    for report in reports:
        style = "red" if report.failed else None
        table.add_row(
            str(report.path), str(report.passed), str(report.failed), str(report.skipped), style=style
        )
    return table


def _show_mismatch(out: Console, path: Path, mismatch: Mismatch) -> None:
    out.print(
        Text(f"{path}:{mismatch.line}: {mismatch.packet} {mismatch.check}".replace("  ", " ")), style="red"
    )
    for label, text in (("expected", mismatch.expected), ("found", mismatch.found)):
        out.print(Padding(Text(f"{label:8}  {text}", overflow="fold"), (0, 0, 0, 4), expand=False))
