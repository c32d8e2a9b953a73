"""Structures, fields and packets by the names that the SDK and this library give them, from the classes' own words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

_MODULES = ("gatts_codec", "gatts_codec.common", "gatts_codec.gap", "gatts_codec.gattc", "gatts_codec.l2cap")
_SDK_NAME = re.compile(r"\bble_\w+_t\b")
_FIELD = re.compile(r"^ +(\w+) {1,20}\S.*$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w{2,60}")
_SOURCE = re.compile(r"\s*Source: .*", re.DOTALL)
_OF_PYTHON = re.compile(r"^BLE(?:Gatts|Gattc|Gatt|Gap|Config|Enable)?(?=[A-Z])")  # pc-ble-driver-py's classes
_MOST = 12


class GlossaryEntry(NamedTuple):
    """A class, and the field of it that was asked for; ``said`` is what its documentation says of that."""

    name: str
    field: str
    said: str


def lookup(text: str) -> list[GlossaryEntry]:
    """The structures and fields that the words of ``text`` name; [] for none."""
    found: dict[GlossaryEntry, None] = {}
    for word in _WORD.findall(text)[:_MOST]:
        found |= dict.fromkeys(_entries(word))
    return list(found)[:_MOST]


def _entries(word: str) -> Iterator[GlossaryEntry]:
    classes = _classes()
    wanted, plain_class = word.lower(), _OF_PYTHON.sub("", word)
    for names, cls in classes:
        if wanted in names or (cls.__name__ in (word, plain_class) and word[1:] != word[1:].lower()):
            yield GlossaryEntry(cls.__name__, "", _SOURCE.sub("", inspect.getdoc(cls) or ""))
    if "_" in word:
        plain = wanted.removeprefix("p_")
        for _, cls in classes:
            for line in _FIELD.finditer(inspect.getdoc(cls) or ""):
                if line[1] in (wanted, plain):
                    yield GlossaryEntry(cls.__name__, line[1], " ".join(line[0].split()))


@cache
def _classes() -> list[tuple[set[str], type]]:
    """Every public class, with the names that the SDK has for it."""
    found: dict[type, set[str]] = {}
    for module in map(import_module, _MODULES):
        for name in dir(module):
            thing = getattr(module, name)
            if inspect.isclass(thing) and thing.__module__.startswith("gatts_codec.") and thing.__doc__:
                sdk = _SDK_NAME.findall(thing.__doc__.partition("\n")[0])
                found.setdefault(thing, set()).update(sdk)
    return [(names, cls) for cls, names in found.items()]
