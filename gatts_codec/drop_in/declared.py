"""The structures and calls that C has, read from ``structures/*.txt``: each version says what it changed.

``structures/v2.txt`` says how they are written down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

VERSIONS = {"v2": "", "v5": "v2"}
"""Each version, and the one that it is written down as changes of."""

_TYPE = re.compile(r"(?P<base>\w+)(?::(?P<bits>\d+)|\[(?P<length>\d+)\]|(?P<stars>\*+))?$")
_LINE = re.compile(r"(?P<name>\w+)(?P<kind>:| \||\()\s*(?P<rows>.*?)\)?$")
_KINDS = {":": "structure", " |": "union", "(": "call"}


class Type(NamedTuple):
    """``u8:3`` has ``bits``, ``u8[6]`` a ``length``, ``T*`` has ``stars``."""

    base: str
    bits: int = 0
    length: int = 0
    stars: int = 0

    @classmethod
    def read(cls, text: str) -> Type:
        """From its text. Raises ValueError."""
        match = _TYPE.match(text)
        if match is None:
            raise ValueError(f"no type: {text!r}")
        base, bits, length, stars = match.group("base", "bits", "length", "stars")
        return cls(base, int(bits or 0), int(length or 0), len(stars or ""))


class Declared(NamedTuple):
    """A structure, a union or a call: its members or arguments in order."""

    name: str
    kind: str
    members: dict[str, Type]


@dataclass
class Declarations:
    """What one version has."""

    structures: dict[str, Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    arrays: dict[str, Type] = field(default_factory=dict)
    cells: dict[str, Type] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Carry out the lines of a file."""
        for line in _logical_lines(text):
            word, _, rest = line.partition(" ")
            if word == "-":
                self._remove(rest)
            elif word in ("array", "cell"):
                name, kind = rest.split()
                (self.arrays if word == "array" else self.cells)[name] = Type.read(kind)
            else:
                self._declare(line)

    def _declare(self, line: str) -> None:
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"no declaration: {line!r}")
        rows = [row.split() for row in match["rows"].split(",") if row.strip()]
        kind = _KINDS[match["kind"]]
        declared = Declared(match["name"], kind, {name: Type.read(text) for name, text in rows})
        (self.calls if kind == "call" else self.structures)[declared.name] = declared

    def _remove(self, name: str) -> None:
        places = (self.structures, self.calls, self.arrays, self.cells)
        if not sum(place.pop(name, None) is not None for place in places):
            raise ValueError(f"{name} is not declared")


@cache
def declarations(version: str) -> Declarations:
    """What a version has. Raises KeyError for one that does not exist."""
    found, chain = Declarations(), [version]
    while VERSIONS[chain[-1]]:
        chain.append(VERSIONS[chain[-1]])
    for each in reversed(chain):
        path = resources.files(__package__) / "structures" / f"{each}.txt"
        found.add(path.read_text(encoding="utf-8"))
    return found


def _logical_lines(text: str) -> list[str]:
    """Lines without comments; those that begin with blanks belong to the one before."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0] == " ":
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return lines
