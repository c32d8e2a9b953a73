"""The packet tables of specs/, and ``explain``'s words on packets; ``tools/generate.py`` writes them.

Lengths, fields, conditions and kinds are those of the layouts, meanings those of the docstrings, so a new packet needs
no table by hand. The tables of GATTS were written first, from the bytes, and are left alone. Tests hold all of them
against the layouts, and the golden vectors hold those.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from schema.layout_rows import Row, layout_rows  # noqa: E402

from gatts_codec.constants.table import group_and_name  # noqa: E402
from gatts_codec.dialects import DIALECTS  # noqa: E402
from gatts_codec.interpreter import Interpreter  # noqa: E402
from gatts_codec.packets.entries import PacketEntry  # noqa: E402
from gatts_codec.schema.docstrings import layout_table  # noqa: E402
from gatts_codec.schema.field_types import field_types  # noqa: E402
from gatts_codec.schema.message import Message  # noqa: E402
from gatts_codec.schema.record import Record, inner_records  # noqa: E402

GROUPS = ("common", "gap", "gattc", "l2cap")
SUMMARIES = ROOT / "gatts_codec" / "constants" / "summaries.json"
HEADINGS = Row("length", "field", "when", "what")


class Form(NamedTuple):
    """What one packet is in one dialect."""

    dialect: str
    number: int
    rows: tuple[tuple[str, ...], ...]
    ignores_trailing: bool


def files() -> Iterator[tuple[Path, str]]:
    """Each file that follows from layouts and docstrings, and its text."""
    for group in GROUPS:
        for file, entries in _packets(group).items():
            yield ROOT / "specs" / group / f"{file}.toml", _text(entries)
    yield SUMMARIES, _summaries()


def _summaries() -> str:
    """What each command and event of these groups is for, by its SoftDevice name: for ``explain``, as JSON."""
    found = {
        entries[-1][1].cls.name.upper(): _summary(entries).rstrip(".")
        for group in GROUPS
        for entries in _packets(group).values()
    }
    plain = {name: text[:1].lower() + text[1:] for name, text in found.items()}
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


@cache
def _packets(group: str) -> dict[str, list[tuple[str, PacketEntry]]]:
    """File name to the packet's entries, in the order of the dialects."""
    found: dict[str, list[tuple[str, PacketEntry]]] = {}
    for name, dialect in DIALECTS.items():
        for entry in Interpreter(dialect, strict=True).entries:
            of, plain = group_and_name(entry.cls.name)
            if of == group:
                found.setdefault(plain + "_event" * (entry.kind == "event"), []).append((name, entry))
    return found


def _text(entries: list[tuple[str, PacketEntry]]) -> str:
    entry = entries[-1][1]
    forms = {
        kind: [_form(dialect, each) for dialect, each in entries if each.kind == kind]
        for kind in ("command", "response", "event")
    }
    (first, *_) = (found for found in forms.values() if found)
    names = list(DIALECTS)
    lines = [f'name = "{entry.cls.name}"', f'summary = "{_summary(entries)}"', _number(entry.kind, first)]
    since = first[0].dialect
    if since != names[0]:
        lines.append(f'since = "{since}"')
    for kind, found in forms.items():
        for span in _spans(found):
            lines += ["", f"[[{kind}]]", *_bounds(span, since), *_table(span[0])]
    return "\n".join(lines) + "\n"


def _summary(entries: list[tuple[str, PacketEntry]]) -> str:
    """The first line of the docstring of the command or event, without the SoftDevice's name."""
    cls = next(entry.cls for _, entry in reversed(entries) if entry.kind != "response")
    line = str(cls.__doc__).splitlines()[0]
    return line.partition(" (SDK:")[0].rstrip(".").replace("`", "") + "."


def _number(kind: str, forms: list[Form]) -> str:
    key = "event_id" if kind == "event" else "opcode"
    spans = [list(span) for _, span in groupby(forms, lambda form: form.number)]
    if len(spans) == 1 and forms[-1].dialect == list(DIALECTS)[-1]:
        return f"{key} = 0x{forms[0].number:02X}"
    items = ", ".join(
        f'{{ since = "{span[0].dialect}", until = "{span[-1].dialect}", id = 0x{span[0].number:02X} }}'
        for span in spans
    )
    return f"{key} = [{items}]"


def _form(dialect: str, entry: PacketEntry) -> Form:
    meanings = dict(_meanings(entry.layout))
    rows = tuple((*row, _meaning(row, meanings)) for row in layout_rows(entry.layout))
    number = int.from_bytes(entry.head, "little")
    return Form(dialect, number, rows, entry.layout.tolerates_trailing)


def _meaning(row: Row, meanings: dict[str, str]) -> str:
    announces = row.what.endswith("flag") or row.what == "filler" or row.what.startswith(("bits", "at most"))
    return "" if announces and not row.what.startswith("boolean") else meanings.get(row.field, "")


def _meanings(layout: Record) -> Iterator[tuple[str, str]]:
    """The meaning of every field by its path, as rows name it."""
    tables = {record.cls: layout_table(record.cls) for record in inner_records(layout)}

    def of(cls: type[Message], prefix: str) -> Iterator[tuple[str, str]]:
        for name, (_, meaning) in tables[cls].items():
            path = f"{prefix}{name}"
            yield path, _plain(meaning)
            for inner, many in _inner(cls, name):
                if inner in tables:
                    yield from of(inner, f"{path}[]." if many else f"{path}.")

    yield from of(layout.cls, "")


def _plain(meaning: str) -> str:
    """A meaning without what other columns say."""
    for before in ("presence flag, then ", "one more flag byte, then "):
        meaning = meaning.removeprefix(before)
    return meaning.replace('"', "'")


def _inner(cls: type[Message], name: str) -> Iterator[tuple[Any, bool]]:
    kind = field_types(cls)[name]
    bases = (kind.item or kind).bases
    yield from ((base, kind.item is not None) for base in bases if issubclass(base, Message))


def _spans(forms: list[Form]) -> list[list[Form]]:
    return [list(span) for _, span in groupby(forms, lambda form: (form.rows, form.ignores_trailing))]


def _bounds(span: list[Form], since: str) -> Iterator[str]:
    if span[0].dialect != since:
        yield f'since = "{span[0].dialect}"'
    if span[-1].dialect != list(DIALECTS)[-1]:
        yield f'until = "{span[-1].dialect}"'
    if span[0].ignores_trailing:
        yield "ignores_trailing = true"


def _table(form: Form) -> Iterator[str]:
    cells = [[f'"{cell}"' for cell in row] for row in form.rows]
    if not cells:
        yield "rows = []"
        return
    heads = ["# " + HEADINGS[0], *HEADINGS[1:], "meaning"]
    widths = [max(len(row[column]) for row in [heads, *cells]) + 2 for column in range(4)]
    yield "rows = ["
    yield "    " + _line(heads, widths).rstrip()
    for row in cells:
        padded = [f"{cell},".ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield f"    [{''.join(padded)}{row[4]}],"
    yield "]"


def _line(cells: list[str], widths: list[int]) -> str:
    (first, *others) = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return first + " " + "".join(others) + cells[4]
