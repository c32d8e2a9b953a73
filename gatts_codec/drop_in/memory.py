"""Memory as C programs see it: structures, unions, pointers, arrays and cells, by ctypes.

    x = ble_gatts_value_t()      all numbers 0, all pointers None
    x.len = 70000                OverflowError; text is a TypeError; a bit field keeps the bits that it has
    x.p_value = uint8_array(4).cast()     a pointer to bytes; None is none
    x.p_uuid = uuid; x.p_uuid.type        a pointer to a structure is given, and read, as the structure
    event.params.write.data      an array member, read as a pointer; assigning copies what a pointer shows

A structure, and a pointer into it, keep alive what they need. An array ends where its memory does. A pointer to bytes
that was read from a structure does not know how many there are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from operator import setitem
from typing import Any, ClassVar, NamedTuple

from gatts_codec.drop_in.declared import Declarations, Declared, Type


class Number(NamedTuple):
    """A C type for numbers."""

    c: str
    ctype: type[Any]
    low: int
    high: int


NUMBERS = {
    "u8": Number("uint8_t", ctypes.c_uint8, 0, 0xFF),
    "u16": Number("uint16_t", ctypes.c_uint16, 0, 0xFFFF),
    "u32": Number("uint32_t", ctypes.c_uint32, 0, 0xFFFF_FFFF),
    "i8": Number("int8_t", ctypes.c_int8, -0x80, 0x7F),
}
_UNKNOWN = 0x1_0000  # how many elements a pointer may have behind it that does not know


class _Owned:
    """What the proxies of the native module have."""

    thisown = True
    __hash__ = object.__hash__

    @property
    def this(self) -> int:
        """The address."""
        return ctypes.addressof(self)  # type: ignore[arg-type]


class Structure(_Owned, ctypes.Structure):
    """A C structure; any attribute may be set."""

    room = 0  # bytes that belong to it, where it stands at the beginning of a longer memory

    def __init__(self) -> None:
        super().__init__()


class Union(_Owned, ctypes.Union):
    """A C union; its members share their bytes."""

    def __init__(self) -> None:
        super().__init__()


class Pointer(ctypes._Pointer):  # type: ignore[type-arg]
    """A pointer to numbers. ``count`` says to how many, if that is known."""

    c: ClassVar[str]
    count: int = _UNKNOWN

    def __int__(self) -> int:
        return ctypes.c_void_p.from_buffer(self).value or 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pointer) and int(self) == int(other)

    def __hash__(self) -> int:
        return hash(int(self))

    def __repr__(self) -> str:
        return f"<pointer of type '{self.c} *' at {int(self):#x}>"


def _pointer_class(base: str) -> type[Pointer]:
    number = NUMBERS.get(base)
    ctype = number.ctype if number else ctypes.c_char
    name = number.c if number else base
    kind: Any = type(Pointer)
    made: type[Pointer] = kind(f"{name}_pointer", (Pointer,), {"_type_": ctype, "c": name})
    return made


POINTERS = {base: _pointer_class(base) for base in (*NUMBERS, "char", "void")}


def pointer_to(cells: Any, base: str) -> Pointer:
    """A pointer to the first element of a ctypes array, which it keeps."""
    pointer = ctypes.cast(cells, POINTERS[base])
    pointer.count = len(cells)
    return pointer


class Refuse(NamedTuple):
    """Where a value was given, for errors that say so as the native module does."""

    function: str
    argument: int
    c: str

    def type(self) -> TypeError:
        return TypeError(self._text())

    def overflow(self) -> OverflowError:
        return OverflowError(self._text())

    def _text(self) -> str:
        return f"in method '{self.function}', argument {self.argument} of type '{self.c}'"


def check_number(number: Number, refuse: Refuse) -> Callable[[Any], int]:
    """What takes whole numbers of that size. It raises TypeError and OverflowError."""
    low, high = number.low, number.high

    def check(value: Any) -> int:
        if not isinstance(value, int):
            raise refuse.type()
        if not low <= value <= high:
            raise refuse.overflow()
        return value

    return check


def room_behind(place: Any) -> int:
    """How many bytes there are from a structure or array to the end of the memory that it is in."""
    address, root = ctypes.addressof(place), place
    while root._b_base_ is not None:
        root = root._b_base_
    end = ctypes.addressof(root) + max(getattr(root, "room", 0), ctypes.sizeof(root))
    inside = ctypes.addressof(root) <= address < end
    return end - address if inside else ctypes.sizeof(place)


def room_for(first: Any, cls: type[Any], count: int) -> Any:
    """So many structures as an array that begins with the first. Raises ValueError where there is no room."""
    if count * ctypes.sizeof(cls) > room_behind(first):
        raise ValueError(f"no room for {count} {cls.__name__}")
    cells = (cls * count).from_address(ctypes.addressof(first))
    cells.owner = first
    return cells


class Structures:
    """The structure classes of a version by name, each made with those that it needs."""

    def __init__(self, declarations: Declarations) -> None:
        self.declared = declarations.structures
        self.classes: dict[str, type[Any]] = {}
        for name in self.declared:
            self[name]

    def __getitem__(self, name: str) -> type[Any]:
        return self.classes.get(name) or self._make(self.declared[name])

    def _make(self, declared: Declared) -> type[Any]:
        rows = [self._field(member, kind) for member, kind in declared.members.items()]
        base = Union if declared.kind == "union" else Structure
        cls: type[Any] = type(declared.name, (base,), {"_fields_": rows, "__module__": __name__})
        self.classes[declared.name] = cls
        for at, (member, kind) in enumerate(declared.members.items()):
            setattr(cls, member, self._property(declared.name, member, kind, getattr(cls, rows[at][0])))
        return cls

    def _field(self, member: str, kind: Type) -> tuple[Any, ...]:
        if kind.bits:
            return f"c_{member}", NUMBERS[kind.base].ctype, kind.bits
        return f"c_{member}", self.ctype(kind)

    def ctype(self, kind: Type) -> Any:
        """What ctypes has for a type."""
        if kind.stars > 1:
            return ctypes.c_void_p
        if kind.stars:
            return POINTERS[kind.base] if kind.base in POINTERS else ctypes.POINTER(self[kind.base])
        number = NUMBERS.get(kind.base)
        ctype = number.ctype if number else ctypes.c_char if kind.base == "char" else self[kind.base]
        return ctype * kind.length if kind.length else ctype

    def _property(self, structure: str, member: str, kind: Type, field: Any) -> property:
        refuse = Refuse(f"{structure}_{member}_set", 2, c_name(kind))
        if kind.stars > 1:
            return property(lambda self: None, _only_none(refuse))
        if kind.stars:
            return self._pointer(kind, field, refuse)
        if kind.length:
            return self._array(member, kind, field, refuse)
        if kind.base in NUMBERS:
            check, store = check_number(NUMBERS[kind.base], refuse), field.__set__
            return property(field.__get__, lambda self, value: store(self, check(value)))
        if kind.base == f"{structure}_{member}":  # a structure without a name of its own in C
            return property(field.__get__)
        return property(field.__get__, _copying(field.__set__, self[kind.base], refuse))

    def _pointer(self, kind: Type, field: Any, refuse: Refuse) -> property:
        get, store = field.__get__, field.__set__
        if kind.base in POINTERS:
            return property(lambda self: get(self) or None, _storing(store, kind.base, refuse))
        made = ctypes.POINTER(self[kind.base])

        def pointed(self: Any) -> Any:
            pointer = get(self)
            return pointer.contents if pointer else None

        def point(self: Any, value: Any) -> None:
            if not isinstance(value, (made._type_, type(None))):
                raise refuse.type()
            store(self, None if value is None else ctypes.pointer(value))

        return property(pointed, point)

    def _array(self, member: str, kind: Type, field: Any, refuse: Refuse) -> property:
        get = field.__get__
        if kind.base == "char":
            return property(
                lambda self: get(self).decode(errors="replace"), _text(field, kind.length, refuse)
            )
        if kind.base not in NUMBERS:
            first = _copying(lambda self, value: setitem(get(self), 0, value), self[kind.base], refuse)
            return property(lambda self: get(self)[0], first)
        pointer_class, size = POINTERS[kind.base], ctypes.sizeof(NUMBERS[kind.base].ctype)

        def shown(self: Any) -> Pointer:
            cells = get(self)
            pointer = ctypes.cast(cells, pointer_class)
            pointer.count = room_behind(cells) // size
            return pointer

        def copy(self: Any, value: Any) -> None:
            if value is None:
                raise ValueError(f"invalid null reference in variable '{member}' of type '{refuse.c}'")
            if not isinstance(value, pointer_class):
                raise refuse.type()
            ctypes.memmove(get(self), value, min(kind.length, value.count) * size)

        return property(shown, copy)


def c_name(kind: Type) -> str:
    """A type as C writes it."""
    base = NUMBERS[kind.base].c if kind.base in NUMBERS else kind.base
    if kind.length:
        return f"{base} [{kind.length}]"
    is_structure = kind.base not in NUMBERS and kind.base not in ("char", "void")
    stars = kind.stars or int(is_structure)
    return f"{base} {'*' * stars}".strip()


def _only_none(refuse: Refuse) -> Callable[[Any, Any], None]:
    def store(self: Any, value: Any) -> None:
        if value is not None:
            raise refuse.type()

    return store


def _storing(store: Callable[[Any, Any], None], base: str, refuse: Refuse) -> Callable[[Any, Any], None]:
    cls = POINTERS[base]
    taken = Pointer if base == "void" else cls

    def checked(self: Any, value: Any) -> None:
        if not isinstance(value, (taken, type(None))):
            raise refuse.type()
        store(self, value if value is None or taken is cls else ctypes.cast(value, cls))

    return checked


def _copying(store: Callable[[Any, Any], None], cls: type, refuse: Refuse) -> Callable[[Any, Any], None]:
    def copy(self: Any, value: Any) -> None:
        if not isinstance(value, cls):
            raise refuse.type()
        store(self, value)

    return copy


def _text(field: Any, size: int, refuse: Refuse) -> Callable[[Any, Any], None]:
    def write(self: Any, value: Any) -> None:
        if not isinstance(value, (str, type(None))):
            raise refuse.type()
        text = (value or "").encode()
        if len(text) > size:
            raise refuse.type()
        field.__set__(self, text)

    return write
