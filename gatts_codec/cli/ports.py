"""``gatts-codec ports``: which serial ports there are."""

from __future__ import annotations

import click
from rich.table import Table

from gatts_codec.cli.output import console, json_option, print_json, tell
from gatts_codec.link.transports.ports import list_serial_ports


@click.command("ports")
@json_option
def command(as_json: bool) -> int:
    """List the serial ports, those of Nordic and SEGGER boards first."""
    ports = list_serial_ports()
    if as_json:
        for port in ports:
            print_json({**port._asdict(), "maker": port.maker, "url": port.url})
        return 0
    if not ports:
        tell("no serial port; is the board plugged in and switched on?")
        return 1
    table = Table("port", "maker", "description", "USB", "serial number", box=None, pad_edge=False)
    for port in ports:
        usb = "" if port.vendor_id is None else f"{port.vendor_id:04x}:{port.product_id or 0:04x}"
        table.add_row(port.url, port.maker, port.description, usb, port.serial_number or "")
    console().print(table)
    return 0
