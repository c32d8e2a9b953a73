"""What every message has in common: to and from plain dicts, a readable repr, and where it travels.

A message is a frozen, slotted dataclass. Its field names are those of the SoftDevice headers without the leading
``p_``; ``None`` is a NULL pointer; bytes are ``bytes``. ``to_dict()`` gives the form of the golden vectors: bytes as
lower-case hex, nested structures as dicts, bit fields as 0/1 numbers.

Annotations carry how a person wants to see a number: ``Handle`` prints as hex, ``Annotated[int, WriteOp]`` with the
name of the known ones. Unknown numbers are legal everywhere and print as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, fields
from enum import IntEnum
from operator import index
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from gatts_codec.errors import EncodeError, brief

Handle = Annotated[int, "#06x"]
Flags = Annotated[int, "#010x"]
Hex8 = Annotated[int, "#04x"]
# A handle as responses give it, so that a checked call's can be handed on; None, of a failed one, does not encode.
GivenHandle = Annotated[int | None, "#06x"]

M = TypeVar("M", bound="Message")
R_co = TypeVar("R_co", bound="Response", covariant=True)


class _FromData(int):
    """Default of a length argument: "as long as the data beside it". Never stays in a message."""

    def __repr__(self) -> str:
        return "FROM_DATA"


FROM_DATA = _FromData()
"""As a length: that of the data beside it, filled in at once. With ``dataclasses.replace`` it has to be said again."""


class FieldType(NamedTuple):
    """What a field holds: ``base`` is int, bool, bytes or a message class; ``shown`` a format or an IntEnum."""

    base: type
    nullable: bool
    shown: str | type[IntEnum] | None


class Message:
    """Base of every structure and packet of the protocol.

    Each class has its layout in its docstring: field, bytes, meaning. Numbers are little endian, and unsigned where
    nothing else is said; a range of bytes covers all dialects.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        types = field_types(type(self))
        shown = (f"{name}={_show(getattr(self, name), types[name].shown)}" for name in types)
        return f"{type(self).__name__}({', '.join(shown)})"

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, in the form of the golden vectors."""
        types = field_types(type(self))
        return {name: _to_plain(getattr(self, name), types[name].base) for name in types}

    @classmethod
    def from_dict(cls: type[M], plain: Mapping[str, Any]) -> M:
        """Rebuild a message from ``to_dict()``'s form; fields with a default may be left out.

        Raises EncodeError, whose ``path`` names the field, on unknown or missing fields and wrong types.
        """
        return _from_plain(cls, plain, "")


class Packet(Message):
    """A message with a place on the wire: ``kind`` says the direction, ``name`` is the SoftDevice's own name."""

    __slots__ = ()
    kind: ClassVar[str] = ""
    name: ClassVar[str] = ""


class Command(Packet, Generic[R_co]):
    """Host to chip: u8 opcode, then the fields. ``Command[X]`` is answered by an X."""

    __slots__ = ()
    kind: ClassVar[str] = "command"


class Response(Packet):
    """Chip to host: u8 opcode, u32 result, then the outputs, which travel only when the result is 0."""

    __slots__ = ()
    kind: ClassVar[str] = "response"
    result: int


class Event(Packet):
    """Chip to host, unasked: u16 event id, then the fields."""

    __slots__ = ()
    kind: ClassVar[str] = "event"


def fill_length(message: Message, length: str, data: str, *, absent: int | None = 0) -> None:
    """Set an omitted length to the size of its data, or to ``absent`` when there is none (for ``__post_init__``)."""
    if getattr(message, length) is FROM_DATA:
        value = getattr(message, data)
        # What is no bytes is refused by the encoder, which names the field; a constructor has no path to give.
        object.__setattr__(message, length, absent if value is None else byte_count(value) or 0)


def byte_count(value: object) -> int | None:
    """How many bytes a field's value has; None where it is no bytes."""
    if isinstance(value, memoryview):
        with suppress(ValueError):  # released
            return value.nbytes
    return len(value) if isinstance(value, (bytes, bytearray)) else None


_FIELD_TYPES: dict[type[Message], dict[str, FieldType]] = {}


def field_types(cls: type[Message]) -> dict[str, FieldType]:
    """The declared type of every field, in declaration order."""
    if cls not in _FIELD_TYPES:
        hints = get_type_hints(cls, include_extras=True)
        names = (field.name for field in fields(cls))  # type: ignore[arg-type]
        _FIELD_TYPES[cls] = {name: _field_type(hints[name]) for name in names}
    return _FIELD_TYPES[cls]


def _field_type(hint: Any) -> FieldType:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    (base,) = (option for option in options if option is not NoneType)
    shown = None
    if get_origin(base) is Annotated:
        base, shown = get_args(base)
        base = int if base == int | None else base  # GivenHandle, which travels as a number
    return FieldType(base, NoneType in options, shown)


def _show(value: Any, shown: str | type[IntEnum] | None) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"bytes.fromhex('{bytes(value).hex()}')"
    if isinstance(value, IntEnum):
        return value.name
    if shown is None or not isinstance(value, int) or isinstance(value, bool):
        return repr(value)
    if isinstance(shown, str):
        return format(value, shown)
    return shown(value).name if value in shown.__members__.values() else repr(value)


def _to_plain(value: Any, base: type) -> Any:
    if value is None:
        return None
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    # Members of enums and other packages' integers become plain ones, which JSON knows.
    return index(value) if base is int and hasattr(value, "__index__") else value


def _from_plain(cls: type[M], plain: Mapping[str, Any], path: str) -> M:
    types = field_types(cls)
    if not isinstance(plain, Mapping):
        raise EncodeError(
            f"expected the fields of {cls.__name__}, got {brief(plain)}", path=path, value=plain
        )
    for name in plain:
        if name not in types:
            known = ", ".join(types)
            raise EncodeError(
                f"{cls.__name__} has no such field; its fields are {known}", path=_join(path, name)
            )
    missing = [name for name in required_fields(cls) if name not in plain]
    if missing:
        raise EncodeError(f"{cls.__name__} lacks {', '.join(missing)}", path=path, value=plain)
    return cls(**{name: _field_from_plain(types[name], plain[name], _join(path, name)) for name in plain})


def required_fields(cls: type[Message]) -> list[str]:
    """The fields that have no default."""
    return [field.name for field in fields(cls) if field.default is MISSING]  # type: ignore[arg-type]


def _field_from_plain(kind: FieldType, value: Any, path: str) -> Any:
    if value is None and kind.nullable:
        return None
    if issubclass(kind.base, Message):
        return _from_plain(kind.base, value, path)
    if kind.base is bytes:
        return _bytes_from_hex(value, path)
    accepted = (int, bool) if kind.base is int else (kind.base,)
    if not isinstance(value, accepted):
        raise EncodeError(f"expected {kind.base.__name__}, got {brief(value)}", path=path, value=value)
    return value


def _bytes_from_hex(value: Any, path: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise EncodeError(f"expected bytes as hex, got {brief(value)}", path=path, value=value) from None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)
