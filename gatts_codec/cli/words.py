"""Fields of a message as ``name=value`` words, into the plain form that ``from_dict`` takes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import click

from gatts_codec.cli.layouts import inner_layouts, names_in
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Record

_MOST_OWNERS, _MOST_LISTED = 2, 12
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def fields_from_pairs(layout: Record, pairs: Iterable[str]) -> dict[str, Any]:
    """``["handle=14", "value.value=0102"]`` as ``{"handle": 14, "value": {"value": "0102"}}``.

    The types of the layout's class say how each value is read: numbers in any base or by the name of a known one, bytes
    as hex. Raises click.UsageError that names the word and, for an unknown field, the known ones.
    """
    plain: dict[str, Any] = {}
    for pair in pairs:
        path, separator, text = pair.partition("=")
        if not separator:
            raise click.UsageError(f"{pair!r} is not FIELD=VALUE")
        _put(plain, [layout], path, text)
    return plain


def _put(plain: dict[str, Any], layouts: list[Record], path: str, text: str) -> None:
    *outer, last = path.split(".")
    for name in outer:
        kind = _field(layouts, name, path)
        if not issubclass(kind.base, Message):
            raise click.UsageError(f"{path}: {name} has no inner fields")
        layouts = [inner for layout in layouts for inner in inner_layouts(layout, name)]
        plain = plain.setdefault(name, {})
        if not isinstance(plain, dict):
            raise click.UsageError(f"{path}: {name} is already {json.dumps(plain)}")
    kind = _field(layouts, last, path)
    if last in plain:
        raise click.UsageError(f"{path} is given twice")
    plain[last] = _value(kind, text, path)


def _field(layouts: list[Record], name: str, path: str) -> FieldType:
    """A field of a structure, or of one of those that may stand in its place."""
    for layout in layouts:
        if name in field_types(layout.cls):
            return field_types(layout.cls)[name]
    known = list(dict.fromkeys(each for layout in layouts for each in names_in(layout)))
    owners = " or ".join(layout.cls.__name__ for layout in layouts[:_MOST_OWNERS])
    others = f" or one of {len(layouts) - _MOST_OWNERS} others" if len(layouts) > _MOST_OWNERS else ""
    near = difflib.get_close_matches(name, known)
    listed = ", ".join(near if near and len(known) > _MOST_LISTED else known)
    raise click.UsageError(f"{path}: {owners}{others} has no field {name!r}, but {listed}")


def _value(kind: FieldType, text: str, path: str) -> Any:
    word = text.strip().lower()
    if word in ("null", "none"):
        return None
    try:
        if kind.item or issubclass(kind.base, Message):
            return json.loads(text)
        if kind.base is bool:
            return _BOOLEANS[word]
        if kind.base is int:
            return _number(kind.shown, text)
    except (ValueError, KeyError, RecursionError):
        wanted = "a JSON object or dotted fields" if issubclass(kind.base, Message) else kind.base.__name__
        wanted = "a JSON list" if kind.item else wanted
        raise click.UsageError(f"{path}: expected {wanted}, got {text!r}") from None
    return text


def _number(shown: object, text: str) -> int:
    if isinstance(shown, type) and issubclass(shown, IntEnum) and text.strip().upper() in shown.__members__:
        return shown[text.strip().upper()].value
    return int(text, 0)
