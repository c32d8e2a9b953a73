"""``gatts-codec call``: one command to a chip, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.cli.layouts import packet_classes
from gatts_codec.cli.output import Seconds, dialect_option, json_option, print_json, say, tell
from gatts_codec.cli.port_options import port_options
from gatts_codec.cli.words import fields_from_pairs
from gatts_codec.codec import Codec
from gatts_codec.constants import hint, result_name
from gatts_codec.constants.table import short_name
from gatts_codec.dialects import layout_of
from gatts_codec.link.client import Client, connect
from gatts_codec.schema.message import Command, Response


@click.command("call")
@click.argument("port")
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@dialect_option()
@port_options
@click.option(
    "--timeout",
    "timeout_s",
    type=Seconds(),
    default=3.0,
    show_default=True,
    help="How long the call may take in all.",
)
@json_option
def command(
    port: str,
    name: str,
    fields: tuple[str, ...],
    dialect: str,
    timeout_s: float,
    as_json: bool,
    **link: Any,
) -> int:
    """Send command NAME (value_get, hvx ..) to the chip at PORT and show its response.

    PORT is a serial device, with settings where they are not the usual ones ('/dev/ttyACM0?baud=115200&parity=E'), or
    tcp:HOST:PORT, unix:PATH, or a URL of pyserial. The chip keeps its attribute table, unless --reset is given.

    Fields are written as for encode: inner ones dotted, bytes in hex, numbers decimal or 0x.., an absent pointer null;
    fields NAME lists them.
    NAME raw sends a packet of any group as it is, packet type first. Status 1 says that the chip refused.

    \b
        gatts-codec call /dev/ttyACM0 service_add -d sd_api_v5 type=1 uuid.uuid=0x180d
        gatts-codec call /dev/ttyACM0 gap.adv_start -d sd_api_v5 adv_params.interval=160
        gatts-codec call tcp:127.0.0.1:5000 raw 0060 -d sd_api_v5
    """
    codec = Codec(dialect)
    if name == "raw":
        payload = _payload(fields)
        with connect(port, dialect, timeout_s=timeout_s, **link) as client:
            return _raw(client, payload, as_json)
    message = command_from(codec, name, fields)
    codec.encode(message)  # what is wrong with it is said before a port is opened
    with connect(port, dialect, timeout_s=timeout_s, **link) as client:
        response = client.call(message, check=False)
    _show(response, codec, as_json)
    return 1 if response.result else 0


def command_from(codec: Codec, name: str, fields: Sequence[str]) -> Command[Any]:
    """The command that words spell. Raises click.UsageError, and EncodeError for values out of range."""
    (cls,) = packet_classes(codec, name, ("command",))
    plain = fields_from_pairs(layout_of(cls, codec.dialect), fields)
    message = codec.from_dict("command", cls.name, plain)
    assert isinstance(message, Command)
    return message


def _payload(words: tuple[str, ...]) -> bytes:
    try:
        return bytes.fromhex("".join(words))
    except ValueError:
        raise click.UsageError(f"raw takes a packet in hex, not {' '.join(words)!r}") from None


def _raw(client: Client, payload: bytes, as_json: bool) -> int:
    answer = client.send_raw(payload)
    if as_json:
        print_json({"payload": answer.hex()})
    else:
        say(answer.hex() or "acknowledged; such packets have no response")
    return 0


def _show(response: Response, codec: Codec, as_json: bool) -> None:
    if as_json:
        print_json({"kind": "response", "name": response.name, "fields": response.to_dict()})
        return
    said, advice = spoken(response, codec)
    say(said)
    if advice:
        tell(advice)


def spoken(response: Response, codec: Codec) -> tuple[str, str]:
    """A response on one line, and what to do about its result; empty where nothing is known."""
    describer, numbers = Describer(codec.dialect.numbers), codec.dialect.numbers
    details = "".join(f" {detail}" for detail in describer.details(response))
    said = f"{short_name(response.name)}: {describer.result(response.result)}{details}"
    known = response.result and result_name(numbers, response.result)
    return said, hint(numbers, response.result, response.name) if known else ""
