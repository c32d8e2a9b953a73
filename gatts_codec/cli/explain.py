"""``gatts-codec explain``: what a code or a name means."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from gatts_codec.capture.readers.text.pasted import Paste
from gatts_codec.cli.decode import command as decode
from gatts_codec.cli.glossary import GlossaryEntry, lookup
from gatts_codec.cli.output import console, dialect_option, json_option, print_json, tell
from gatts_codec.cli.source import AUTO
from gatts_codec.constants import Explanation, explain
from gatts_codec.constants.table import NUMBERS
from gatts_codec.errors import brief

_SHORTEST_PACKET = 4  # bytes
_HELP = (
    ". It may be a code (0x3401, 13313), a name of C, Python or JavaScript (NRF_ERROR_BUSY, NrfError.busy, hvx, "
    "wr_auth, ble_gatts_char_md_t), a sentence with such in it, or a packet in hex"
)
_LONGEST = 1 << 16  # characters of a text, far more than a question has


@click.command("explain")
@click.argument("text", nargs=-1, required=True, metavar="CODE|NAME|SENTENCE|FILE|-")
@dialect_option(required=False)
@json_option
@click.pass_context
def command(ctx: click.Context, text: tuple[str, ...], dialect: str | None, as_json: bool) -> int:
    """Say what CODE|NAME|SENTENCE means: codes, calls, events, options, structures and their fields, UUIDs, reasons.

    CODE is hex (0x3401) or decimal (13313); NAME is whole or in part (sys_attr_missing), in the spelling of C, Python
    or JavaScript. Of a sentence or a log, from a FILE or standard input (-) too, what it mentions. Bytes are decoded.
    """
    wanted = _text(" ".join(text))
    meanings = explain(wanted, dialect)
    entries = lookup(wanted)
    for meaning in meanings:
        if as_json:
            print_json(asdict(meaning) | {"by_command": dict(meaning.by_command)})
        else:
            _show(meaning)
    for entry in entries:
        if as_json:
            print_json(entry._asdict())
        else:
            _show_entry(entry)
    if meanings or entries:
        return 0
    if _spells_packet(wanted):
        status: int = ctx.invoke(decode, words=(wanted,), dialect=dialect or AUTO, as_json=as_json)
        return status
    tell(f"nothing known about {brief(wanted)}" + (f" in {dialect}" if dialect else "") + _HELP)
    return 1


def _text(words: str) -> str:
    if words == "-":
        return "" if sys.stdin is None else sys.stdin.read(_LONGEST)
    with contextlib.suppress(OSError, ValueError):
        if not explain(words) and Path(words).is_file():
            with Path(words).open(encoding="utf-8", errors="replace") as file:
                return file.read(_LONGEST)
    return words


def _spells_packet(text: str) -> bool:
    paste = Paste()
    lines = chain.from_iterable(map(paste.read, text.splitlines()))
    return sum(len(line.data) for line in chain(lines, paste.finish())) >= _SHORTEST_PACKET


def _show_entry(entry: GlossaryEntry) -> None:
    out = console()
    name = f"{entry.name}.{entry.field}" if entry.field else entry.name
    out.print(Text.assemble((name, "bold"), ("  field" if entry.field else "  structure or packet", "cyan")))
    out.print(Padding(Text(entry.said), (0, 0, 0, 4), expand=False))


def _show(meaning: Explanation) -> None:
    out = console()
    out.print(
        Text.assemble(
            (meaning.name, "bold"),
            "" if meaning.code is None else f"  0x{meaning.code:04X} = {meaning.code}",
            (f"  {_what(meaning)}", "cyan"),
        )
    )
    lines = ["" if meaning.category == "subject" else f"in {spoken(meaning.dialects)}", meaning.meaning]
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
    known = list(NUMBERS)
    if len(dialects) == len(known):
        return "every dialect"
    first = known.index(dialects[0])
    if len(dialects) > 2 and list(dialects) == known[first : first + len(dialects)]:
        return f"{dialects[0]} to {dialects[-1]}"
    return ", ".join(dialects)
