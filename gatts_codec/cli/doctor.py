"""``gatts-codec doctor``: what is wrong in a recording, why, and what to do."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gatts_codec.capture import PacketDecoder
from gatts_codec.capture.decoding.describe import packet_name
from gatts_codec.capture.decoding.guess import Guess, guesses, other_protocol
from gatts_codec.capture.doctor import Evidence, Finding, Outcome, Report, diagnose
from gatts_codec.capture.wire.clock import spoken
from gatts_codec.cli.output import console, json_option, print_json
from gatts_codec.cli.source import AUTO, Source, any_dialect_option, source_options
from gatts_codec.errors import printable

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_LEVELS = {**_STYLES, "unsure": "bold yellow", "fine": "bold green"}
_STATUS: dict[Outcome, int] = {"nothing wrong found": 0, "faults found": 1, "too little to judge": 3}


@click.command("doctor")
@source_options
@any_dialect_option
@json_option
def command(dialect: str, as_json: bool, **source: Any) -> int:
    """Say what is wrong in a recording, with evidence, cause and advice.

    Exit status 0 if nothing wrong was found, 1 if anything was, 3 if there is too little to judge. Notes are worth
    knowing; they do not count.
    """
    with Source(**source).open() as recording:
        told = None if dialect == AUTO else dialect
        report = diagnose(recording.items, told)
        readings = [] if report.frames else _readings(bytes(recording.head), told)
        if as_json:
            about = {"file": recording.name, "format": recording.format}
            print_json(about | report.to_dict() | {"readings": readings})
        else:
            _show(report, printable(recording.name), recording.format)
            _show_readings(readings)
    return _STATUS[report.outcome]


def _show(report: Report, name: str, format_name: str) -> None:
    out = console()
    out.print(Text.assemble((name, "bold"), f": {format_name}, {report.frames} frames, {report.calls} calls"))
    out.print(Text(f"read as {report.dialect}, as told" if report.told else str(report.verdict), "dim"))
    if report.links:
        out.print(Text(f"{len(report.links)} links, read apart: {', '.join(report.links)}", "dim"))
    out.print(Text(report.headline, _LEVELS[report.level]))
    for finding in (*report.findings, *report.notes):
        _finding(out, finding)


def _readings(data: bytes, dialect: str | None) -> list[str]:
    """What bytes without a frame may be, the likeliest first."""
    found = [f"{_named(guess)}: {guess.what}, {guess.verdict}" for guess in guesses(data, dialect)]
    other = other_protocol(data)
    return [f"another protocol: {other}"] if other and not found else found


def _named(guess: Guess) -> str:
    decoder = PacketDecoder(guess.verdict.dialect)
    return packet_name(decoder.decode_payload(guess.payload), decoder.dialect.numbers)


def _show_readings(readings: list[str]) -> None:
    if readings:
        out = console()
        out.print(Text("\nThe bytes have no frame; they may be, the likeliest first:", "bold"))
        for reading in readings:
            out.print(Padding(Text(f"- {reading}"), (0, 0, 0, 2), expand=False))
        out.print(Text("gatts-codec decode shows their fields; the doctor judges whole recordings.", "dim"))


def _finding(out: Console, finding: Finding) -> None:
    out.print()
    out.print(
        Text.assemble(
            (f"{finding.severity.upper()}  ", _STYLES[finding.severity]),
            (f"[{finding.link}] " if finding.link else "", "dim"),
            (finding.title, "bold"),
        )
    )
    said = (
        ("Why:", finding.cause),
        ("Ended:", finding.ended),
        ("Fault:", finding.fault),
        ("Do:", finding.advice),
    )
    for label, text in said:
        if text:
            out.print(Padding(Text.assemble((f"{label:<7}", "dim"), text), (0, 0, 0, 2), expand=False))
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
