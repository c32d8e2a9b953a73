"""The table in a message's docstring: field, bytes, meaning."""

from __future__ import annotations

import inspect
import re

from gatts_codec.packets.response import ResultAlone
from gatts_codec.schema.message import Message

_ROW = re.compile(r"^    (\w+)  +(\d+(?:\.\.\d+|\+)?|bits? \d+(?:-\d+)?)  +(\S.*)$")


def layout_table(cls: type[Message]) -> dict[str, tuple[str, str]]:
    """Field to (size, meaning) as the docstring's table has them; lines that go on are put together.

    Responses that are the result alone have one table, their base's.
    """
    documented = ResultAlone if issubclass(cls, ResultAlone) else cls
    found: dict[str, tuple[str, str]] = {}
    last = ""
    for line in str(inspect.getdoc(documented)).splitlines():
        if row := _ROW.match(line):
            last = row[1]
            found[last] = row[2], row[3]
        elif last and line.startswith(" " * 8):
            size, meaning = found[last]
            found[last] = size, f"{meaning} {line.strip()}"
        elif line:
            last = ""
    return found
