"""``gatts-codec explain``: what a code or a name means."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.padding import Padding
from rich.text import Text

from gatts_codec.cli.output import console, dialect_option, json_option, print_json, tell
from gatts_codec.constants import Explanation, explain
from gatts_codec.constants.table import tables


@click.command("explain")
@click.argument("text", nargs=-1, required=True, metavar="CODE|NAME")
@dialect_option(required=False)
@json_option
def command(text: tuple[str, ...], dialect: str | None, as_json: bool) -> int:
    """Say what CODE|NAME means: result codes, GATT status, opcodes, event ids.

    CODE is hex (0x3401) or decimal (13313); NAME is whole or in part (sys_attr_missing).
    """
    wanted = " ".join(text)
    meanings = explain(wanted, dialect)
    for meaning in meanings:
        if as_json:
            print_json(asdict(meaning) | {"by_command": dict(meaning.by_command)})
        else:
            _show(meaning)
    if not meanings:
        tell(f"nothing known about {wanted!r}" + (f" in {dialect}" if dialect else ""))
    return 0 if meanings else 1


def _show(meaning: Explanation) -> None:
    out = console()
    out.print(
        Text.assemble(
            (meaning.name, "bold"),
            f"  0x{meaning.code:04X} = {meaning.code}",
            (f"  {_what(meaning)}", "cyan"),
        )
    )
    lines = [f"in {spoken(meaning.dialects)}", meaning.meaning]
    lines += [f"{command}: {text}" for command, text in meaning.by_command]
    for line in filter(None, lines):
        out.print(Padding(Text(line), (0, 0, 0, 4), expand=False))


def _what(meaning: Explanation) -> str:
    if meaning.category == "command":
        return f"opcode of a {meaning.group} command and its response"
    if meaning.category == "event":
        return f"{meaning.group} event id"
    return meaning.category


def spoken(dialects: tuple[str, ...]) -> str:
    """A list of dialects as a person says it: ``every dialect``, ``s110_v8 to sd_api_v5``."""
    known = list(tables())
    if len(dialects) == len(known):
        return "every dialect"
    first = known.index(dialects[0])
    if len(dialects) > 2 and list(dialects) == known[first : first + len(dialects)]:
        return f"{dialects[0]} to {dialects[-1]}"
    return ", ".join(dialects)
