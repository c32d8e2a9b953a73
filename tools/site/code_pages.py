"""Pages of numbers: result codes with what to do about them, GATT statuses, opcodes and event ids of each dialect."""

from __future__ import annotations

from collections.abc import Iterable

from gatts_codec.constants import Explanation
from gatts_codec.constants.catalogue import named
from gatts_codec.constants.table import GROUPS, Kind, ranges, tables
from tools.site.markdown_text import code, span_of, table

_CODES_HEAD = """# Status codes

What `result` in a response, and `gatt_status` in an authorization, can say. `gatts-codec explain CODE` answers the
same on the command line, in hex, decimal (13313 is 0x3401) or by name.

Where a number or a name stands more than once, its meaning changed between dialects: 0x3004 has four.

"""
_OPCODES_HEAD = """# Opcodes and event ids

Every number, and the range of each group. A number outside the GATTS range that no packet has comes as `Opaque`.

"""


def pages() -> dict[str, str]:
    """Site path to Markdown."""
    return {"reference/status-codes.md": _status_codes(), "reference/opcodes.md": _opcodes()}


def _status_codes() -> str:
    sections = (
        (
            "Results",
            "result",
            "The chip's answer to a command. 0 is success; anything else ends the response.",
        ),
        (
            "Codes of pc-ble-driver",
            "host error",
            "Made by Nordic's host library for its caller, never sent. One fault can have two numbers: 0x802A inside "
            "is 0x8005 to the caller, 0x8029 is 0x8006, any other transport error 0x8003.",
        ),
        (
            "GATT statuses",
            "gatt status",
            "What an application tells the peer. An ATT error is 0x0100 and its number.",
        ),
    )
    parts = [_CODES_HEAD]
    for title, category, text in sections:
        entries = sorted(
            (entry for entry in named() if entry.category == category), key=lambda entry: entry.code or 0
        )
        parts.append(f"## {title}\n\n{text}\n\n{_codes(entries)}\n")
    return "".join(parts)


def _codes(entries: Iterable[Explanation]) -> str:
    rows = [
        (f"`0x{entry.code:04X}`<br>{entry.code}", f"`{entry.name}`", span_of(entry.dialects), _meaning(entry))
        for entry in entries
    ]
    return table(("code", "name", "in", "meaning, what to do"), rows)


def _meaning(entry: Explanation) -> str:
    lines = [entry.meaning] if entry.meaning else []
    lines += [f"**{command}**: {text}" for command, text in entry.by_command]
    return "<br>".join(lines)


def _opcodes() -> str:
    parts = [_OPCODES_HEAD]
    for title, category in (("Commands and responses", "command"), ("Events", "event")):
        entries = [entry for entry in named() if entry.category == category]
        rows = [
            (code(f"0x{entry.code:02X}"), code(entry.name), span_of(entry.dialects), entry.meaning)
            for entry in sorted(entries, key=lambda entry: (entry.code, entry.name))
        ]
        parts.append(f"## {title}\n\n" + table(("number", "name", "in", ""), rows) + "\n")
    return "".join([*parts, _ranges("command"), _ranges("event")])


def _ranges(kind: Kind) -> str:
    title = "Ranges of opcodes" if kind == "command" else "Ranges of event ids"
    rows = [
        (code(dialect), *(_range(ranges(dialect, kind)[group]) for group in GROUPS)) for dialect in tables()
    ]
    return f"## {title}\n\n" + table(("dialect", *GROUPS), rows) + "\n"


def _range(numbers: range) -> str:
    return f"`0x{numbers.start:02X}`-`0x{numbers.stop - 1:02X}`"
