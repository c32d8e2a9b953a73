"""``gatts-codec fields``: what a packet consists of."""

from __future__ import annotations

from itertools import groupby

import click
from rich.table import Table

from gatts_codec.cli.layouts import Field, fields_of, packet_classes
from gatts_codec.cli.output import console, dialect_option, json_option, print_json, say
from gatts_codec.codec import Codec
from gatts_codec.constants import Kind
from gatts_codec.constants.table import group_and_name, short_name
from gatts_codec.dialects import layout_of
from gatts_codec.packets.opaque import PACKET_TYPES
from gatts_codec.schema.docstrings import summary
from gatts_codec.schema.message import Packet


@click.command("fields")
@click.argument("name", required=False)
@dialect_option()
@click.option("-k", "--kind", type=click.Choice(list(PACKET_TYPES)), help="Default: all that have NAME.")
@json_option
def command(name: str | None, dialect: str, kind: Kind | None, as_json: bool) -> None:
    """Show the fields of packet NAME (hvx, gap.adv_start ..): bytes, types, defaults, meaning. Without NAME, all names.

    They are written for encode and call as they stand here: FIELD=VALUE, inner ones dotted.

    \b
        gatts-codec fields gap.adv_start -d sd_api_v5
    """
    codec = Codec(dialect)
    kinds = (kind,) if kind else tuple(PACKET_TYPES)
    if name is None:
        _list(codec, kinds)
        return
    for place, cls in enumerate(packet_classes(codec, name, kinds)):
        fields = list(fields_of(layout_of(cls, codec.dialect)))
        if as_json:
            for field in fields:
                print_json({"kind": cls.kind, "name": cls.name, **field._asdict()})
        else:
            if place:
                say()
            _show(cls, fields, codec)


def _list(codec: Codec, kinds: tuple[Kind, ...]) -> None:
    classes = [cls for cls in codec.message_classes() if cls.kind in kinds and cls.kind != "response"]
    for (group, kind), found in groupby(classes, lambda cls: (group_and_name(cls.name)[0], cls.kind)):
        say(f"{group} {kind}s: {', '.join(short_name(cls.name) for cls in found)}")


def _show(cls: type[Packet], fields: list[Field], codec: Codec) -> None:
    number = "event id" if cls.kind == "event" else "opcode"
    say(f"{short_name(cls.name)} {cls.kind}, {number} 0x{codec.opcode(cls):02x}: {summary(cls)}")
    table = Table("field", "bytes", "type", "default", "", box=None, pad_edge=False, header_style="dim")
    for field in fields:
        values = ", ".join(f"{number} {name}" for number, name in field.values.items())
        meaning = f"{field.meaning}: {values}" if values else field.meaning
        table.add_row(field.path, field.size, field.type, field.default, meaning)
    if fields:
        console().print(table)
