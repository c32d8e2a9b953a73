"""``gatts-codec decode``: a recording, or hex, packet by packet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import click

from gatts_codec.capture import (
    CapturedFrame,
    Item,
    PacketDecoder,
    PacketRecord,
    Stray,
    Unfinished,
)
from gatts_codec.capture.packets import body_to_dict
from gatts_codec.cli.output import console, dialect_option, json_option, print_json
from gatts_codec.cli.rows import RowPrinter, aside_text
from gatts_codec.cli.source import Source, source_options
from gatts_codec.errors import CaptureError

NO_FRAME = "no frame found. A frame begins and ends with c0; for a bare packet body add --kind"


@click.command("decode")
@source_options
@dialect_option()
@click.option(
    "--kind",
    type=click.Choice(["command", "response", "event"]),
    help="The input is one bare packet body of this kind, opcode first, and no frame.",
)
@click.option("-v", "--verbose", is_flag=True, help="Each packet's bytes, field by field.")
@json_option
def command(dialect: str, kind: str | None, verbose: bool, as_json: bool, **source: Any) -> int:
    """Show what a recording (FILE), hex, or standard input (-) says, packet by packet."""
    decoder = PacketDecoder(dialect)
    printer = None if as_json else RowPrinter(console(), decoder, verbose=verbose)
    if kind is not None:
        return _show_body(Source(**source).bytes(), kind, decoder, printer)
    with Source(**source).open() as recording:
        return _show_frames(recording.items, decoder, printer)


def _show_frames(items: Iterable[Item], decoder: PacketDecoder, printer: RowPrinter | None) -> int:
    counts: Counter[str] = Counter()
    if printer:
        printer.header()
    for item in items:
        if isinstance(item, CapturedFrame):
            record = decoder.decode(item)
            counts.update(_noteworthy(record))
            printer.record(record) if printer else print_json(record.to_dict())
        else:
            counts["unreadable lines"] += isinstance(item, CaptureError)
            counts["bytes outside frames"] += item.size if isinstance(item, Stray) else 0
            counts["unfinished at the end"] += isinstance(item, Unfinished)
            printer.aside(item) if printer else _warn(aside_text(item))
    if printer and counts["frames"]:
        printer.summary(counts)
    if not counts["frames"]:
        _warn(NO_FRAME)
    fine = counts["frames"] and not (counts["bad"] or counts["undecodable"] or counts["unreadable lines"])
    return 0 if fine else 1


def _noteworthy(record: PacketRecord) -> Iterator[str]:
    yield "frames"
    if record.failure is not None:
        yield "undecodable" if record.failure[0] == "decode" else "bad"
    if record.packet is not None and record.packet.tolerated:
        yield "tolerated"


def _show_body(body: bytes, kind: str, decoder: PacketDecoder, printer: RowPrinter | None) -> int:
    packet = decoder.decode_body(kind, body)
    printer.packet(packet) if printer else print_json(body_to_dict(packet, body))
    return 0 if packet.message is not None else 1


def _warn(message: str) -> None:
    click.echo(f"gatts-codec: {message}", err=True)
