"""``gatts-codec decode``: a recording, or hex, packet by packet."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click

from gatts_codec.capture import CapturedFrame, Item, PacketDecoder, PacketRecord, Remark, Stray, Unfinished
from gatts_codec.capture.calls.selection import Selection, Selector
from gatts_codec.capture.calls.session import Call, Happening, Session
from gatts_codec.capture.decoding.detection import (
    LOOKAHEAD_FILE,
    LOOKAHEAD_LIVE,
    detect_dialect,
)
from gatts_codec.capture.decoding.guess import Guess, guesses, other_protocol
from gatts_codec.capture.decoding.packets import body_to_dict
from gatts_codec.capture.recording import Recording, open_recording
from gatts_codec.cli.call_rows import call_dict
from gatts_codec.cli.export import export
from gatts_codec.cli.output import console, json_option, print_json, tell
from gatts_codec.cli.progress import watched
from gatts_codec.cli.rows import RowPrinter, aside_text
from gatts_codec.cli.source import AUTO, Source, any_dialect_option, source_options
from gatts_codec.constants import Kind
from gatts_codec.detection import DialectDetector, Verdict
from gatts_codec.dialects import Dialect
from gatts_codec.errors import CaptureError, printable
from gatts_codec.packets.opaque import PACKET_TYPES

_HELD = 1000  # remarks and errors before the first frame
NO_FRAME = "no frame found. A frame begins and ends with c0; for a bare packet body add --kind"


def number(text: str) -> int:
    """An integer, hex or decimal, from the command line."""
    return int(text, 0)


@dataclass
class DecodeOptions:
    """What the command line asks for beside the input."""

    verbose: bool = False
    as_json: bool = False
    calls: bool = False
    plain: bool = False
    selection: Selection = field(default_factory=Selection)


@click.command("decode")
@source_options
@any_dialect_option
@click.option(
    "--kind",
    type=click.Choice(list(PACKET_TYPES)),
    help="The input is one bare packet body of this kind, opcode first, and no frame.",
)
@click.option("-v", "--verbose", is_flag=True, help="Each packet's bytes, field by field.")
@click.option("--calls", is_flag=True, help="One line a call, with latencies and retries, and one an event.")
@click.option(
    "--only", multiple=True, metavar="NAME", help="These packets alone: hvx, WRITE, event, gap, sync, value_*"
)
@click.option("--handle", type=number, metavar="N", help="Packets about this attribute alone.")
@click.option("--conn", type=number, metavar="N", help="Packets of this connection alone.")
@click.option("--errors", is_flag=True, help="What is damaged, undecodable or refused alone.")
@click.option(
    "--follow",
    is_flag=True,
    help="Wait at the end of the file for more, also of a new one.",
)
@click.option("--plain", is_flag=True, help="No colours and no folding, as into a pipe.")
@click.option("--to", "to", metavar="FORMAT", help="Write another format: jsonl, csv, pcapng or html.")
@click.option("-o", "--output", metavar="FILE", help="Where to write it; its suffix names the format.")
@json_option
def command(
    dialect: str,
    kind: Kind | None,
    only: tuple[str, ...],
    handle: int | None,
    conn: int | None,
    errors: bool,
    to: str | None,
    output: str | None,
    **rest: Any,
) -> int:
    """Show what a recording (FILE), hex, or standard input (-) says, packet by packet.

    The format of the recording and the dialect are found by content; both can be named.
    """
    shown = {name: rest.pop(name) for name in ("verbose", "as_json", "calls", "plain")}
    options = DecodeOptions(**shown, selection=Selection(only, handle, conn, errors))
    source = Source(**rest)
    if kind is not None:
        return _show_body(source.bytes(), kind, dialect, options)
    verdict = _ahead(source) if source.follow and dialect == AUTO else None
    with source.open() as recording:
        items = watched(recording, rows_in_sight=sys.stdout.isatty() and not output)
        if dialect == AUTO and verdict is None:
            verdict, items = detect_dialect(items, LOOKAHEAD_FILE if recording.size else LOOKAHEAD_LIVE)
        decoder = PacketDecoder(verdict.dialect if verdict else dialect)
        if to is not None or output is not None:
            return export(items, recording, decoder, to, output, verdict)
        return _Decode(decoder, options, recording, verdict, dialect).run(items)


def _ahead(source: Source) -> Verdict | None:
    """The dialect of what a growing file holds so far."""
    if source.file is None:
        raise click.UsageError("--follow needs a file.")
    try:
        with open_recording(source.file, source.format_name) as recording:
            return detect_dialect(recording.items)[0]
    except CaptureError:
        raise click.UsageError("--follow on an empty file needs --dialect and --format.") from None


def _selector(selection: Selection, dialect: Dialect) -> Selector:
    try:
        return Selector(selection, dialect)
    except CaptureError as error:
        raise click.UsageError(error.reason) from None


class _Decode:
    """One run over a recording."""

    def __init__(
        self,
        decoder: PacketDecoder,
        options: DecodeOptions,
        recording: Recording,
        verdict: Verdict | None,
        told: str,
    ) -> None:
        self._decoder, self._options, self._recording = decoder, options, recording
        self._verdict, self._told = verdict, told
        self._session = Session(decoder.dialect)
        self._selector = _selector(options.selection, decoder.dialect)
        self._detector = DialectDetector()
        self._counts: Counter[str] = Counter()
        self._begun = False
        self._log_lines = 0
        self._held: deque[Item] = deque(maxlen=_HELD)
        self._printer = (
            None
            if options.as_json
            else RowPrinter(
                console(),
                decoder,
                verbose=options.verbose,
                plain=options.plain,
                name_of=self._session.name_of,
            )
        )

    def run(self, items: Iterator[Item]) -> int:
        """Shows every item, and at the end how it went. Returns the exit status."""
        for item in items:
            if isinstance(item, CapturedFrame):
                self._begin()
                self._frame(item)
            elif self._begun:
                self._aside(item)
            else:
                self._held.append(item)  # where no frame follows, the input is judged again
        if not self._begun and (found := self._guesses()):
            return self._guessed(found)
        self._begin()
        if self._options.calls:
            self._happened(self._session.finish())
        return self._end()

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        verdict = self._verdict
        why = verdict.why_not() if verdict and verdict.certainty != "unknown" else ""
        if self._printer is not None:
            about = (
                printable(f"{self._recording.name}: {self._recording.format}, {verdict}") if verdict else ""
            )
            self._printer.about(about, why, calls=self._options.calls)
        elif verdict and verdict.certainty in ("ambiguous", "likely"):
            tell(str(verdict))
        for item in self._held:
            self._aside(item)
        self._held.clear()

    def _frame(self, frame: CapturedFrame) -> None:
        record = self._decoder.decode(frame)
        self._detector.add(frame.packet, frame.number)
        self._counts.update(_noteworthy(record))
        happenings = self._session.feed(record)
        if self._options.calls:
            self._happened(happenings)
        elif self._options.selection:
            for picked in self._selector.pick(record):
                self._row(picked)
        else:
            self._row(record)

    def _row(self, record: PacketRecord) -> None:
        if self._printer is not None:
            self._printer.record(record)
        else:
            print_json(record.to_dict())

    def _happened(self, happenings: list[Happening]) -> None:
        for happening in happenings:
            if not self._selector.picks(happening):
                continue
            self._counts["calls without a response"] += isinstance(happening, Call) and happening.unanswered
            if self._printer is not None:
                self._printer.happening(happening)
            elif (row := call_dict(happening)) is not None:
                print_json(row)

    def _aside(self, item: Any) -> None:
        self._counts["unreadable lines"] += isinstance(item, CaptureError)
        self._log_lines += isinstance(item, Remark) and item.kind != "note"
        self._counts["bytes outside frames"] += item.size if isinstance(item, Stray) else 0
        self._counts["unfinished at the end"] += isinstance(item, Unfinished)
        if self._printer is None:
            tell(aside_text(item))
        elif not self._options.selection or self._options.selection.errors or isinstance(item, CaptureError):
            self._printer.aside(item)

    def _end(self) -> int:
        counts = self._counts
        if not counts["frames"]:
            tell(self._why_no_frame())
            return 1
        if self._printer is not None:
            self._printer.summary(counts)
        verdict = self._detector.verdict()
        if misfit := verdict.misfit(self._decoder.dialect.name):
            tell(f"is the dialect right? {misfit}")
        return 1 if counts["bad"] or counts["undecodable"] or counts["unreadable lines"] else 0

    def _why_no_frame(self) -> str:
        if self._log_lines:
            return "no packet stands in this log; gatts-codec doctor says what happened by its lines"
        other = other_protocol(bytes(self._recording.head))
        return f"no frame found: this is {other}" if other else NO_FRAME

    def _guesses(self) -> list[Guess]:
        return guesses(bytes(self._recording.head), None if self._told == AUTO else self._told)

    def _guessed(self, found: list[Guess]) -> int:
        """There is no frame, but the bytes decode as something else. JSON has the most plausible, people see all."""
        for guess in found:
            decoder = PacketDecoder(guess.verdict.dialect)
            packet = decoder.decode_payload(guess.payload)
            about = f"no frame; decodes as {guess.what}, {guess.verdict}"
            if self._printer is None:
                tell(about)
                print_json(body_to_dict(packet, bytes(self._recording.head)))
                break
            printer = RowPrinter(console(), decoder, verbose=self._options.verbose, plain=self._options.plain)
            printer.note(about)
            printer.packet(packet)
        return 0


def _noteworthy(record: PacketRecord) -> Iterator[str]:
    yield "frames"
    if record.failure is not None:
        yield "undecodable" if record.failure[0] == "decode" else "bad"
    if record.packet is not None and record.packet.tolerated:
        yield "tolerated"


def _show_body(body: bytes, kind: Kind, dialect: str, options: DecodeOptions) -> int:
    if dialect == AUTO:
        detector = DialectDetector()
        detector.add_payload(PacketDecoder("sd_api_v5").decode_body(kind, body).payload)
        verdict = detector.verdict()
        dialect = verdict.dialect
        tell(str(verdict))
    decoder = PacketDecoder(dialect)
    packet = decoder.decode_body(kind, body)
    if options.as_json:
        print_json(body_to_dict(packet, body))
    else:
        RowPrinter(console(), decoder, verbose=options.verbose, plain=options.plain).packet(packet)
    return 0 if packet.message is not None else 1
