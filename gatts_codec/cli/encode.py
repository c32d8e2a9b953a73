"""``gatts-codec encode``: the bytes of one packet."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from gatts_codec.cli.layouts import packet_classes
from gatts_codec.cli.output import dialect_option, reads_terminal, say, tell
from gatts_codec.cli.words import fields_from_pairs
from gatts_codec.codec import Codec
from gatts_codec.constants import Kind
from gatts_codec.dialects import layout_of
from gatts_codec.framing import h5
from gatts_codec.packets.opaque import PACKET_TYPES


@click.command("encode")
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@dialect_option()
@click.option(
    "-k", "--kind", type=click.Choice(list(PACKET_TYPES)), help="Default: whichever has NAME, commands first."
)
@click.option("--frame", is_flag=True, help="The whole frame on the wire: packet type, H5, CRC, SLIP.")
@click.option("--seq", type=click.IntRange(0, 7), default=0, help="The frame's sequence number.")
@click.option("--ack", type=click.IntRange(0, 7), default=0, help="The frame's acknowledgement number.")
def command(
    name: str, fields: tuple[str, ...], dialect: str, kind: Kind | None, frame: bool, seq: int, ack: int
) -> None:
    """Print the bytes of packet NAME (value_set, gap.adv_start ...) in hex.

    Its fields come as FIELD=VALUE, or as a JSON object on standard input. Inner fields are dotted, bytes are hex,
    numbers decimal, 0x... or the names of known ones, an absent pointer is null. fields NAME lists them.

    \b
        gatts-codec encode value_set -d sd_api_v5 \\
            conn_handle=0xffff handle=14 value.offset=0 value.value=0102
        gatts-codec encode gap.adv_start -d sd_api_v5 adv_params.interval=160
    """
    codec = Codec(dialect)
    cls = packet_classes(codec, name, (kind,) if kind else tuple(PACKET_TYPES))[0]
    plain = fields_from_pairs(layout_of(cls, codec.dialect), fields) if fields else _fields_from_stdin()
    message = codec.from_dict(cls.kind, cls.name, plain)
    payload = codec.pack(message)
    _note_length(payload, codec)
    say((h5.encode_reliable(payload, seq, ack) if frame else payload[1:]).hex())


def _fields_from_stdin() -> Mapping[str, Any]:
    try:
        # JSON is UTF-8, whatever the system's own encoding is.
        text = "" if reads_terminal() else sys.stdin.buffer.read().decode("utf-8-sig")
        plain = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"standard input is not JSON: {error}") from None
    if not isinstance(plain, dict):
        raise click.UsageError(f"standard input must be one JSON object, not {text.strip()[:40]!r}")
    return plain


def _note_length(payload: bytes, codec: Codec) -> None:
    limit = codec.dialect.max_payload
    if len(payload) > limit:
        note = f"{len(payload)} bytes with the packet type: {codec.dialect.firmware} takes at most {limit}"
        tell(f"note: {note}")
