"""``gatts-codec doctor``: what is wrong in a recording, why, and what to do."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gatts_codec.capture.doctor import Evidence, Finding, Report, diagnose
from gatts_codec.capture.wire.clock import spoken
from gatts_codec.cli.output import console, json_option, print_json, printable
from gatts_codec.cli.source import AUTO, Source, any_dialect_option, source_options

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


@click.command("doctor")
@source_options
@any_dialect_option
@json_option
def command(dialect: str, as_json: bool, **source: Any) -> int:
    """Say what is wrong in a recording, with evidence, cause and advice.

    Exit status 1 if anything is. Notes are worth knowing; they do not count.
    """
    with Source(**source).open() as recording:
        report = diagnose(recording.items, None if dialect == AUTO else dialect)
        if as_json:
            print_json({"file": recording.name, "format": recording.format} | report.to_dict())
        else:
            _show(report, printable(recording.name), recording.format)
    return 0 if report.healthy and report.frames else 1


def _show(report: Report, name: str, format_name: str) -> None:
    out = console()
    out.print(Text.assemble((name, "bold"), f": {format_name}, {report.frames} frames, {report.calls} calls"))
    told = report.verdict.ties or report.dialect == report.verdict.dialect
    out.print(Text(str(report.verdict) if told else f"read as {report.dialect}, as told", "dim"))
    if not report.frames:
        out.print(Text("There is no frame in it: nothing to examine.", "bold red"))
    elif report.healthy:
        out.print(Text("Healthy: nothing wrong with the link.", "bold green"))
    for finding in (*report.findings, *report.notes):
        _finding(out, finding)


def _finding(out: Console, finding: Finding) -> None:
    out.print()
    out.print(
        Text.assemble((f"{finding.severity.upper()}  ", _STYLES[finding.severity]), (finding.title, "bold"))
    )
    for label, text in (("Why:", finding.cause), ("Do: ", finding.advice)):
        out.print(Padding(Text.assemble((f"{label} ", "dim"), text), (0, 0, 0, 2), expand=False))
    for evidence in finding.evidence:
        out.print(Padding(_seen(evidence), (0, 0, 0, 2), expand=False))
    hidden = finding.count - len(finding.evidence)
    if hidden > 0:
        out.print(Padding(Text(f"and {hidden} more", "dim"), (0, 0, 0, 2), expand=False))


def _seen(evidence: Evidence) -> Text:
    where = [f"frame {evidence.frame}"] if evidence.frame is not None else []
    where += [f"at {spoken(evidence.t_us)}"] if evidence.t_us is not None else []
    place = f"{' '.join(where)}: " if where else ""
    data = (
        f"  {evidence.data[:16].hex(' ')}{' ..' if len(evidence.data) > 16 else ''}" if evidence.data else ""
    )
    return Text.assemble(("- " + place, "dim"), evidence.text, (data, "blue"))
