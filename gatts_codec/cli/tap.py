"""``gatts-codec tap``: sit between a host program and the chip, and show what passes."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from gatts_codec.capture import CapturedFrame, Chunk, FrameAssembler, PacketDecoder
from gatts_codec.capture.wire.frames import Item
from gatts_codec.cli.output import console, dialect_option, json_option, print_json, tell
from gatts_codec.cli.rows import RowPrinter
from gatts_codec.cli.signals import ended_by
from gatts_codec.errors import PortError
from gatts_codec.link.tap import Tap
from gatts_codec.link.transports import open_transport


@click.command("tap")
@click.argument("port")
@click.option("--pty", "link", required=True, metavar="LINK", help="Name of the port for the host program.")
@click.option("--record", metavar="FILE", help="Write all bytes to a recording (JSONL) as they pass.")
@dialect_option()
@click.option("-v", "--verbose", is_flag=True, help="Each packet's bytes, field by field.")
@json_option
def command(port: str, link: str, record: str | None, dialect: str, verbose: bool, as_json: bool) -> int:
    """Pass all bytes between the chip at PORT and a host program that opens LINK, and decode them as they pass.

    PORT is a serial device or the URL of another port (tcp:HOST:PORT ..), with the settings that the firmware wants:
    '/dev/ttyACM0?baud=1000000&parity=E'. Ctrl+C ends it, twice at once.
    """
    if sys.platform == "win32":  # before the table begins
        raise PortError("the host program would need a pseudo-terminal, and Windows has none", stage="open")
    decoder = PacketDecoder(dialect)
    show = (
        _json_of(decoder) if as_json else _rows_of(RowPrinter(console(), decoder, verbose=verbose), decoder)
    )
    chip = open_transport(port, record=record)
    try:
        host = open_transport(f"pty:{link}")
    except PortError:
        chip.close()
        raise
    with Tap(host, chip) as tap, ended_by(tap.stop):  # a little of what passed is still shown
        tell(f"open {link} in the host program; Ctrl+C ends")
        _show(tap, show)
    _complain(tap.unseen, 0)
    if tap.ended_by is not None:
        raise tap.ended_by
    return 0


def _show(tap: Tap, show: Callable[[Item], None]) -> None:
    assembler = FrameAssembler()
    for passed in tap:
        _complain(passed.unseen, passed.dropped)
        for item in assembler.feed(Chunk(passed.t_us, passed.dir, passed.data)):
            show(item)
    for item in assembler.finish():
        show(item)


def _complain(unseen: int, dropped: int) -> None:
    if unseen:
        tell(f"{unseen} pieces passed too fast to be shown; with --record they are recorded")
    if dropped:
        tell(f"{dropped} bytes from the chip dropped: no program takes them")


def _rows_of(printer: RowPrinter, decoder: PacketDecoder) -> Callable[[Item], None]:
    def show(item: Item) -> None:
        if isinstance(item, CapturedFrame):
            printer.record(decoder.decode(item))
        else:
            printer.aside(item)

    printer.header()
    return show


def _json_of(decoder: PacketDecoder) -> Callable[[Item], None]:
    def show(item: Item) -> None:
        if isinstance(item, CapturedFrame):
            print_json(decoder.decode(item).to_dict())

    return show
