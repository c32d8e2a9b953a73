"""A page for every packet, from the tables in specs/, with an example from the golden vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golden import records
from schema.spec_tables import SEE, Spec, Table, packets, structs

from gatts_codec.codec import Codec
from tools.site.markdown_text import code, fenced, span_of, table

ROOT = Path(__file__).parent.parent.parent
FOLDER = "reference/packets"
GROUPS = {"gatts": "GATT server", "common": "Common", "gap": "GAP", "gattc": "GATT client", "l2cap": "L2CAP"}
_LONGEST_EXAMPLE = 48  # bytes: what a person can follow
_COLUMNS = ("bytes", "field", "when", "what", "meaning")


def pages() -> dict[str, str]:
    """Site path to Markdown: one page a packet, one for the structures, and the prose beside the tables."""
    found = {f"{FOLDER}/{file}.md": _page(spec) for file, spec in packets().items()}
    found[f"{FOLDER}/structures.md"] = _structures()
    found[f"{FOLDER}/index.md"] = _prose("README.md") + _contents()
    for name in ("differences.md", "tolerance.md"):
        found[f"{FOLDER}/{name}"] = _prose(name)
    return found


def nav() -> list[dict[str, Any]]:
    """The pages in the order of a reader: how to read, each group's calls and events by number, structures."""
    fixed = [
        ("How to read a table", "index"),
        ("Tables and firmware", "differences"),
        ("Tolerance", "tolerance"),
    ]
    groups = [{title: [_entry(file) for file in _in_order(group)]} for group, title in GROUPS.items()]
    return [*(_entry(file, title) for title, file in fixed), *groups, _entry("structures", "Structures")]


def _entry(file: str, title: str | None = None) -> dict[str, str]:
    return {title or Path(file).name: f"{FOLDER}/{file}.md"}


def kind_of(spec: Spec) -> str:
    """``event``, or ``call`` for a command with its response."""
    return "event" if spec.tables[0].kind == "event" else "call"


def group_of(spec: Spec) -> str:
    """The group that the packet belongs to, which is the folder of its table."""
    return spec.file.partition("/")[0]


def _in_order(group: str) -> list[str]:
    specs = [spec for spec in packets().values() if group_of(spec) == group]
    return [spec.file for spec in sorted(specs, key=lambda each: (kind_of(each), min(each.numbers.values())))]


def _prose(name: str) -> str:
    return (ROOT / "specs" / name).read_text("utf-8").replace("tolerance.md:", "[tolerance](tolerance.md):")


def _contents() -> str:
    parts = ["\n## The packets\n\n"]
    for group, title in GROUPS.items():
        specs = [packets()[file] for file in _in_order(group)]
        rows = [(f"[{Path(spec.file).name}]({spec.file}.md)", kind_of(spec), spec.summary) for spec in specs]
        parts.append(f"### {title}\n\n" + table(("packet", "", ""), rows) + "\n")
    return "".join(parts)


def _page(spec: Spec) -> str:
    parts = [f"# {Path(spec.file).name}\n\n{spec.summary}\n\n", _numbers(spec), _classes(spec)]
    for kind in dict.fromkeys(each.kind for each in spec.tables):
        parts += _kind(spec, kind)
    return "".join(parts)


def _numbers(spec: Spec) -> str:
    """Name and number."""
    by_number: dict[int, list[str]] = {}
    for dialect, number in spec.numbers.items():
        by_number.setdefault(number, []).append(dialect)
    what = "event id" if kind_of(spec) == "event" else "opcode"
    rows = [(code(f"0x{number:02X}"), span_of(names)) for number, names in by_number.items()]
    return f"SoftDevice name: `{spec.name}`\n\n" + table((what, "in"), rows) + "\n"


def _classes(spec: Spec) -> str:
    """Links to the message classes, each once, with the dialects that use it."""
    users: dict[str, list[str]] = {}
    for dialect in spec.numbers:
        for cls in Codec(dialect).message_classes():
            if cls.name == spec.name:
                users.setdefault(cls.__name__, []).append(dialect)
    module = "gatts_codec" if group_of(spec) == "gatts" else f"gatts_codec.{group_of(spec)}"
    rows = [(f"[`{name}`][{module}.{name}]", span_of(names)) for name, names in users.items()]
    return table(("message class", "in"), rows) + "\n"


def _kind(spec: Spec, kind: str) -> Iterator[str]:
    tables = [each for each in spec.tables if each.kind == kind]
    yield f"## {kind.capitalize()}\n\n"
    for each in tables:
        if len(tables) > 1:
            yield f"### {span_of(each.dialects)}\n\n"
        yield rows_of(each, "../structures.md")
        yield _example(each.dialects[-1], kind, spec.name)


def rows_of(each: Table, structures: str) -> str:
    """One table's rows, with links to the structures that stand in them, on the page ``structures``."""
    rows = [
        (length, code(field), code(when), _what(what, structures), meaning)
        for length, field, when, what, meaning in each.rows
    ]
    note = (
        "\nThe firmware takes bytes behind this packet and ignores them.\n" if each.ignores_trailing else ""
    )
    return table(_COLUMNS, rows) + note + "\n"


def _what(what: str, structures: str) -> str:
    if not what.startswith(SEE):
        return what
    name = what.removeprefix(SEE)
    return f"[{name}]({structures}#{name})"


def _structures() -> str:
    parts = [
        "# Structures\n\nWhat several packets share: `see attr` in a packet's table means these rows.\n\n"
    ]
    for name, spec in structs().items():
        parts.append(f"## {name}\n\n{spec.summary} (SDK: `{spec.name}`)\n\n")
        for each in spec.tables:
            if len(spec.tables) > 1:
                parts.append(f"**{span_of(each.dialects)}**\n\n")
            parts.append(rows_of(each, "structures.md"))
    return "".join(parts)


def _example(dialect: str, kind: str, name: str) -> str:
    """The golden vector with the most fields present that is still short, its bytes beside its fields."""
    record = max(_vectors(dialect, kind, name), key=_richness, default=None)
    if record is None:
        return ""
    body = bytes.fromhex(record["hex"])
    lines = [(body[: _head_size(kind)].hex(" "), "event id" if kind == "event" else "opcode", "")]
    at = _head_size(kind)
    for span in Codec(dialect).annotate(kind, body):
        shared = span.stop <= at
        value = span.value.hex() if isinstance(span.value, bytes) else str(span.value)
        lines.append(("" if shared else body[at : span.stop].hex(" "), span.path, value))
        at = max(at, span.stop)
    width = max(len(taken) for taken, _, _ in lines)
    text = "\n".join(f"{taken:<{width}}  {path:<30} {value}".rstrip() for taken, path, value in lines)
    title = f"An example from the golden vectors of {dialect}"
    return f'??? example "{title}"\n\n' + _indented(fenced(text)) + "\n"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _head_size(kind: str) -> int:
    return 2 if kind == "event" else 1


def _vectors(dialect: str, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """The dialect's valid vectors of a packet."""
    for record in records(dialect, "valid"):
        if (record["kind"], record["name"]) == (kind, name):
            yield record


def _richness(record: dict[str, Any]) -> tuple[bool, int, int]:
    size = len(record["hex"]) // 2
    return size <= _LONGEST_EXAMPLE, -json.dumps(record["fields"]).count("null"), size
