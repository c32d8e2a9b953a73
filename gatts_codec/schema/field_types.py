"""What the fields of a message class hold, by its annotations."""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Optional, Union, get_args, get_origin, get_type_hints

from gatts_codec.schema.shown import GIVEN, LATER, Look, Mark


class FieldType(NamedTuple):
    """What a field holds: ``bases`` are int, bool, bytes, or message classes, of which it holds one.

    Of a list ``item`` is what each holds, and its base is tuple. ``shown`` is a format, an IntEnum or a Look;
    ``later`` that ``to_dict()`` leaves the field out while it is None.
    """

    bases: tuple[type, ...]
    nullable: bool
    shown: str | type[IntEnum] | Look | None
    item: FieldType | None = None
    later: bool = False

    @property
    def base(self) -> type:
        """The only one, or the first of several message classes."""
        return self.bases[0]


_FIELD_TYPES: dict[type[Any], dict[str, FieldType]] = {}


def field_types(cls: type[Any]) -> dict[str, FieldType]:
    """The declared type of every field, in declaration order."""
    if cls not in _FIELD_TYPES:
        # An InitVar is no field, and no type either to Python 3.10.
        hints = get_type_hints(cls, localns={"InitVar": Optional}, include_extras=True)
        _FIELD_TYPES[cls] = {field.name: _field_type(hints[field.name]) for field in fields(cls)}
    return _FIELD_TYPES[cls]


def required_fields(cls: type[Any]) -> list[str]:
    """The fields that have no default."""
    return [field.name for field in fields(cls) if field.default is MISSING]


def _field_type(hint: Any) -> FieldType:
    hint, extras = _unwrapped(hint)
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    bases = []
    for option in options:
        base, more = _unwrapped(option)
        bases.append(base)
        extras += more
    shown = next((extra for extra in extras if not isinstance(extra, Mark)), None)
    nullable, later = NoneType in bases and GIVEN not in extras, LATER in extras
    bases = [base for base in bases if base is not NoneType]
    if get_origin(bases[0]) is tuple:
        return FieldType((tuple,), nullable, shown, _field_type(get_args(bases[0])[0]), later)
    return FieldType(tuple(bases), nullable, shown, None, later)


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """A type, and what ``Annotated`` says about it."""
    if get_origin(hint) is not Annotated:
        return hint, []
    base, *extras = get_args(hint)
    return base, extras
