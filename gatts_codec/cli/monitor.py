"""``gatts-codec monitor``: the events of a chip, as they come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from gatts_codec.capture.decoding.describe import Describer, opaque_name
from gatts_codec.cli.output import Seconds, dialect_option, json_option, one_line, print_json, say, tell
from gatts_codec.cli.port_options import port_options
from gatts_codec.codec import Codec
from gatts_codec.constants.table import short_name
from gatts_codec.errors import LinkReset
from gatts_codec.link.client import Client, connect
from gatts_codec.link.inbox import AnyEvent
from gatts_codec.packets.opaque import Opaque


@click.command("monitor")
@click.argument("port")
@dialect_option()
@port_options
@click.option(
    "--for", "time_s", type=Seconds(), metavar="SECONDS", help="End when nothing has come for so long."
)
@json_option
def command(port: str, dialect: str, time_s: float | None, as_json: bool, **link: Any) -> int:
    """Attach to the chip at PORT and show the events it sends, until Ctrl-C.

    The chip keeps its attribute table and its connections, unless --reset is given.
    """
    with connect(port, dialect, **link) as client:
        tell(f"attached to {client.port}, Ctrl-C ends it")
        try:
            _watch(client, time_s, as_json)
        except KeyboardInterrupt:
            tell("", "")
    return 0


def _watch(client: Client, time_s: float | None, as_json: bool) -> None:
    while True:
        try:
            for event in client.events(timeout_s=time_s):
                _show(event, client.codec, as_json)
            return
        except LinkReset as error:
            tell(one_line(error))


def _show(event: AnyEvent, codec: Codec, as_json: bool) -> None:
    now = datetime.now()
    if as_json:
        row: dict[str, Any] = {"time": now.isoformat(timespec="microseconds"), "kind": "event"}
        if isinstance(event, Opaque):
            row |= {"name": None, "group": event.group, "opcode": event.opcode}
        else:
            row |= {"name": event.name, "opcode": codec.opcode(event)}
        fields = {"data": event.data.hex()} if isinstance(event, Opaque) else event.to_dict()
        print_json(row | {"fields": fields})
        return
    say(f"{now:%H:%M:%S.%f} {spoken(event, codec)}")


def spoken(event: AnyEvent, codec: Codec) -> str:
    """An event on one line: its name, in a column of 20, and its fields."""
    numbers = codec.dialect.numbers
    name = opaque_name(event, numbers) if isinstance(event, Opaque) else short_name(event.name).upper()
    details = "".join(f" {detail}" for detail in Describer(numbers).details(event))
    return f"{name:20}{details}"
