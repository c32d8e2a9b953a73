"""The reference pages of the groups beside GATTS: their public names, messages before numbers."""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from typing import Any

from gatts_codec.schema.message import Message, Packet

_PAGE = """# {title} messages

{about} All names are in `gatts_codec.{group}`; what messages have in common stands at [messages](messages.md). Calls:
`{calls}...`. A class of an older form bears the last SD API that has it.
"""
_GROUPS = {
    "common": ("Common", "Enabling, configuration, options, vendor UUIDs, user memory.", "sd"),
    "gap": ("GAP", "Addresses, advertising, scanning, connections, security.", "sd.gap"),
    "gattc": ("GATT client", "Finding, reading and writing a peer's attributes.", "sd.gattc"),
    "l2cap": ("L2CAP", "Channels, and up to sd_api_v3 plain packets.", "sd.l2cap"),
}


def pages() -> dict[str, str]:
    """Site path to Markdown."""
    return {f"reference/api/{group}.md": _page(group, *words) for group, words in _GROUPS.items()}


def _page(group: str, title: str, about: str, calls: str) -> str:
    module = import_module(f"gatts_codec.{group}")
    sections: dict[str, list[str]] = {
        name: [] for name in ("Commands and responses", "Events", "Structures", "Numbers")
    }
    for name in module.__all__:
        section = _section(getattr(module, name))
        if section:
            sections[section].append(f"::: gatts_codec.{group}.{name}\n    options: {{ heading_level: 3 }}\n")
    parts = [_PAGE.format(title=title, about=about, group=group, calls=calls)]
    for section, entries in sections.items():
        parts += [f"## {section}\n", *entries] if entries else []
    return "\n".join(parts)


def _section(it: Any) -> str | None:
    """None: it stands on the page of another package."""
    if issubclass(it, Packet):
        return "Events" if it.kind == "event" else "Commands and responses"
    if issubclass(it, Message):
        return "Structures"
    return "Numbers" if issubclass(it, Enum) else None
