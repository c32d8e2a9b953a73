"""Plain data as Lua source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gatts_codec.dissectors.sharing import Reference

_WIDTH = 116


def lua(value: Any, indent: str = "") -> str:
    """A literal. Entries of a mapping that are None are left out, as Lua does."""
    if isinstance(value, Reference):
        return value
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(int(value))
    inner = indent + "    "
    if isinstance(value, Mapping):
        entries = [f"{_key(key)} = {lua(entry, inner)}" for key, entry in value.items() if entry is not None]
    else:
        entries = [lua(entry, inner) for entry in value]
    return _table(entries, indent)


def quoted(text: str) -> str:
    """A string literal; a character is a byte."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    plain = " " <= character <= "~" and character not in '"\\'
    return character if plain else f"\\x{ord(character):02x}"


def _key(key: Any) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return key if re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII) else f"[{quoted(key)}]"


def _table(entries: Iterable[str], indent: str) -> str:
    listed = list(entries)
    on_one_line = "{ " + ", ".join(listed) + " }" if listed else "{}"
    if len(indent) + len(on_one_line) < _WIDTH and "\n" not in on_one_line:
        return on_one_line
    inner = indent + "    "
    return "{\n" + "".join(f"{inner}{entry},\n" for entry in listed) + indent + "}"
