"""The table in a message's docstring: field, bytes, meaning."""

from __future__ import annotations

import inspect
import re

from gatts_codec.schema.message import Message

_ROW = re.compile(r"^    (\w+)  +(\d+(?:\.\.\d+|\+)?|bits? \d+(?:-\d+)?)  +(\S.*)$")


def layout_table(cls: type[Message]) -> dict[str, tuple[str, str]]:
    """Field to (size, meaning) as the docstring's table has them; lines that go on are put together.

    A class without a table, as of responses that are the result alone, has its base's.
    """
    documented = (each for each in cls.__mro__ if issubclass(each, Message) and each.__doc__)
    return next((found for each in documented if (found := _table(each))), {})


def _table(cls: type[Message]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    last = ""
    for line in str(inspect.getdoc(cls)).splitlines():
        if row := _ROW.match(line):
            last = row[1]
            found[last] = row[2], row[3]
        elif last and line.startswith(" " * 8):
            size, meaning = found[last]
            found[last] = size, f"{meaning} {line.strip()}"
        elif line:
            last = ""
    return found


def summary(cls: type[Message]) -> str:
    """The first line of a docstring."""
    return str(inspect.getdoc(cls)).partition("\n")[0]
