"""The link's state tables as diagrams and as tables, from the tables themselves."""

from __future__ import annotations

from enum import IntEnum

from gatts_codec.link.machine import CHIP, HOST, IGNORE, OLD_CHIP, Input, TransitionTable
from tools.draw_link import draw
from tools.site.markdown_text import code, fenced, table

_HEAD = """# The link's state tables

Each end does, with each input in each state, exactly what stands here: the tables are the program.
[How the link works](../explanation/architecture.md#the-link) reads better first. Not drawn: what is ignored, and what
looks the same in every state (CLOSE, BAD_FRAME, REBOOT, RESET).

"""
_ENDS = (
    ("The host's end", HOST, ""),
    ("The chip's end", CHIP, ""),
    (
        "The chip's end in firmware of SD API v2",
        OLD_CHIP,
        "It answers the host's CONFIG at once, and sends its own an interval after its SYNC.\n\n",
    ),
)


def pages() -> dict[str, str]:
    """Site path to Markdown."""
    return {"reference/link-tables.md": _page()}


def _page() -> str:
    return _HEAD + "".join(
        f"## {title}\n\n{note}{fenced(draw(each), 'mermaid')}\n{_rows(each)}\n" for title, each, note in _ENDS
    )


def _rows(rows: TransitionTable) -> str:
    head = ("input", *(state.name for state in rows))
    body = [(f"**{what.name}**", *(_cell(state, *rows[state][what]) for state in rows)) for what in Input]
    return table(head, body)


def _cell(state: IntEnum, action: str, after: IntEnum) -> str:
    if action == IGNORE and after is state:
        return ""
    return code(action) + ("" if after is state else f"<br>→ {after.name}")
