"""What every message has in common: to and from plain dicts, a readable repr, and where it travels.

A message is a frozen, slotted dataclass. Its field names are those of the SoftDevice headers without the leading
``p_``; ``None`` is a NULL pointer; bytes are ``bytes``, lists are tuples, a union is the one structure that it holds.
``to_dict()`` gives the form of the golden vectors: bytes as lower-case hex, nested structures as dicts, lists as lists,
bit fields as 0/1 numbers.

Annotations carry how a person wants to see a value: ``Handle`` prints as hex, ``Annotated[int, WriteOp]`` with the
name of the known ones, ``Address`` and ``Key`` (shown.py) as addresses and not at all. Unknown numbers are legal
everywhere and print as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields
from enum import IntEnum
from operator import index
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    TypeVar,
)

from gatts_codec.errors import EncodeError, brief
from gatts_codec.schema.classes import LazySignature, init_of, no_values
from gatts_codec.schema.field_types import FieldType, field_types, required_fields
from gatts_codec.schema.shown import GIVEN, Look, address_bytes

Handle = Annotated[int, "#06x"]
Flags = Annotated[int, "#010x"]
Hex8 = Annotated[int, "#04x"]
# A handle as responses give it, so that a checked call's can be handed on; None, of a failed one, does not encode.
GivenHandle = Annotated[int | None, "#06x", GIVEN]

_DATA = re.compile(r"\b(bytes|tuple|Address|Advertised|Key)\b")
_OWN: Mapping[type, Callable[[Any], object]] = {bytearray: bytes, memoryview: bytes, list: tuple}

M = TypeVar("M", bound="Message")
R_co = TypeVar("R_co", bound="Response", covariant=True)


class _FromData(int):
    """Default of a length argument: "as long as the data beside it". Never stays in a message."""

    def __repr__(self) -> str:
        return "FROM_DATA"


FROM_DATA = _FromData()
"""As a length: that of the data beside it, filled in at once. With ``dataclasses.replace`` it has to be said again."""


class Message:
    """Base of every structure and packet of the protocol.

    Each class has its layout in its docstring: field, bytes, meaning. Numbers are little endian, and unsigned where
    nothing else is said; a range of bytes covers all dialects.
    """

    __slots__ = ()
    __signature__: ClassVar[LazySignature] = LazySignature()
    _values: ClassVar[Callable[[Any], Any]] = no_values  # classes.py
    _data: ClassVar[tuple[str, ...]] = ()  # fields that may be given as buffers or lists

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (name for name, kind in cls.__annotations__.items() if _DATA.search(str(kind)))
        cls._data = (*cls._data, *own)

    # What dataclasses would generate for every class (classes.py).
    if not TYPE_CHECKING:

        def __init__(self, *values: Any, **named: Any) -> None:
            init_of(type(self))(self, *values, **named)

    def __post_init__(self) -> None:
        own_copies(self)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = type(self)._values
        return bool(values(self) == values(other))

    def __hash__(self) -> int:
        return hash(type(self)._values(self))

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]

    def __setstate__(self, state: list[Any]) -> None:
        for field, value in zip(fields(self), state, strict=True):  # type: ignore[arg-type]
            object.__setattr__(self, field.name, value)

    def __repr__(self) -> str:
        types = field_types(type(self))
        shown = (f"{name}={_show(getattr(self, name), types[name])}" for name in types)
        return f"{type(self).__name__}({', '.join(shown)})"

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, in the form of the golden vectors."""
        values = ((name, kind, getattr(self, name)) for name, kind in field_types(type(self)).items())
        return {
            name: _to_plain(value, kind)
            for name, kind, value in values
            if value is not None or not kind.later
        }

    @classmethod
    def from_dict(cls: type[M], plain: Mapping[str, Any]) -> M:
        """Rebuild a message from ``to_dict()``'s form; fields with a default may be left out.

        Raises EncodeError, whose ``path`` names the field, on unknown or missing fields and wrong types.
        """
        return from_plain(cls, plain, "")


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


def own_copies(message: Message) -> None:
    """Make bytes of buffers and tuples of lists: a message does not change with what it was made of."""
    for name in message._data:
        value = getattr(message, name)
        kind = _OWN.get(type(value))
        if kind is not None:
            with suppress(ValueError):  # a memoryview that was released: the encoder refuses it
                object.__setattr__(message, name, kind(value))


def fill_length(message: Message, length: str, *data: str, absent: int | None = 0) -> None:
    """Set an omitted length to the size of its data, or to ``absent`` when there is none (for ``__post_init__``).

    Of several fields that one length counts, the first that is given says it. The data become the message's own.
    """
    own_copies(message)
    if getattr(message, length) is FROM_DATA:
        values = (getattr(message, name) for name in data)
        value = next((value for value in values if value is not None), None)
        # The encoder refuses what is neither bytes nor a list, and names the field; a constructor has no path.
        object.__setattr__(message, length, absent if value is None else size_of(value) or 0)


def byte_count(value: object) -> int | None:
    """How many bytes a field's value has; None where it is not bytes."""
    if isinstance(value, memoryview):
        with suppress(ValueError):  # released
            return value.nbytes
    return len(value) if isinstance(value, (bytes, bytearray)) else None


def size_of(value: object) -> int | None:
    """How many bytes or items a field's value has; None where it is neither."""
    return len(value) if isinstance(value, (tuple, list)) else byte_count(value)


def _show(value: Any, kind: FieldType) -> str:
    shown = kind.shown
    if kind.item and isinstance(value, (tuple, list)):
        items = ", ".join(_show(each, kind.item) for each in value)
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _show_bytes(bytes(value), shown)
    if isinstance(value, IntEnum):
        return value.name
    if shown is None or isinstance(shown, Look) or not isinstance(value, int) or isinstance(value, bool):
        return repr(value)
    if isinstance(shown, str):
        return format(value, shown)
    return shown(value).name if value in shown.__members__.values() else repr(value)


def _show_bytes(value: bytes, shown: object) -> str:
    return shown.literal(value) if isinstance(shown, Look) else f"bytes.fromhex('{value.hex()}')"


def _to_plain(value: Any, kind: FieldType) -> Any:
    if value is None:
        return None
    if isinstance(value, Message):
        return value.to_dict()
    if kind.item and isinstance(value, (tuple, list)):
        return [_to_plain(each, kind.item) for each in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    # Members of enums and other packages' integers become plain ones, which JSON knows.
    return index(value) if kind.base is int and hasattr(value, "__index__") else value


def from_plain(cls: type[M], plain: Mapping[str, Any], path: str) -> M:
    """``from_dict()`` for what stands at ``path`` of a message. Raises EncodeError."""
    types = field_types(cls)
    if not isinstance(plain, Mapping):
        raise EncodeError(
            f"expected the fields of {cls.__name__}, got {brief(plain)}", path=path, value=plain
        )
    for name in plain:
        if name not in types:
            known = ", ".join(types)
            raise EncodeError(
                f"{cls.__name__} has no such field; its fields are {known}", path=join(path, name)
            )
    missing = [name for name in required_fields(cls) if name not in plain]
    if missing:
        raise EncodeError(f"{cls.__name__} lacks {', '.join(missing)}", path=path, value=plain)
    return cls(**{name: _field_from_plain(types[name], plain[name], join(path, name)) for name in plain})


def _field_from_plain(kind: FieldType, value: Any, path: str) -> Any:
    if value is None and kind.nullable:
        return None
    if kind.item:
        return _items_from_plain(kind.item, value, path)
    if issubclass(kind.base, Message):
        return value if isinstance(value, kind.bases) else from_plain(_told_apart(kind, value), value, path)
    if kind.base is bytes:
        return _bytes_from_text(kind, value, path)
    accepted = (int, bool) if kind.base is int else (kind.base,)
    if not isinstance(value, accepted):
        raise EncodeError(f"expected {kind.base.__name__}, got {brief(value)}", path=path, value=value)
    return value


def _items_from_plain(kind: FieldType, value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise EncodeError(f"expected a list, got {brief(value)}", path=path, value=value)
    return tuple(_field_from_plain(kind, each, f"{path}[{at}]") for at, each in enumerate(value))


def _told_apart(kind: FieldType, value: Any) -> Any:
    """The class of a union whose fields these are: exactly, or else but for fields with a default."""
    if len(kind.bases) == 1 or not isinstance(value, Mapping):
        return kind.base
    given = set(value)
    exact = [cls for cls in kind.bases if given == set(field_types(cls))]
    fitting = [cls for cls in kind.bases if set(required_fields(cls)) <= given <= set(field_types(cls))]
    return (exact + fitting or kind.bases)[0]


def _bytes_from_text(kind: FieldType, value: Any, path: str) -> bytes:
    if kind.shown is Look.ADDRESS and isinstance(value, str) and not value.isalnum():
        return address_bytes(value, path)
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise EncodeError(f"expected bytes as hex, got {brief(value)}", path=path, value=value) from None


def join(path: str, name: str) -> str:
    """The path of a field of what stands at ``path``."""
    return f"{path}.{name}" if path else str(name)
