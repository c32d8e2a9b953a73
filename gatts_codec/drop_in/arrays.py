"""``uint8_array(n)`` and its like, and the cells for results: ``new_uint16()``, ``uint16_value(p)`` .."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, ClassVar

from gatts_codec.drop_in.declared import Type
from gatts_codec.drop_in.memory import (
    NUMBERS,
    POINTERS,
    Number,
    Pointer,
    Refuse,
    Structures,
    check_number,
    pointer_to,
    room_behind,
)

_CHAR = Number("char", ctypes.c_int8, -0x80, 0x7F)
_SIZE = Number("size_t", ctypes.c_size_t, 0, (1 << 8 * ctypes.sizeof(ctypes.c_size_t)) - 1)


class Array:
    """``nelements`` zeros of C: ``[i]`` reads and writes, ``cast()`` gives what structures and calls take.

    Raises IndexError past the end, as far as that is known; OverflowError for a negative index.
    """

    _name: ClassVar[str]
    _item: ClassVar[Any]
    thisown = True

    def __init__(self, nelements: int) -> None:
        check_number(_SIZE, Refuse(f"new_{self._name}", 1, "size_t"))(nelements)
        self._stand_on((self._item * nelements)())

    def _stand_on(self, cells: Any) -> None:
        self._cells = cells

    @classmethod
    def _at(cls, place: Any, owner: Any, count: int) -> Any:
        """The array of so many elements that begins with ``place``, in memory that ``owner`` keeps."""
        cells = (cls._item * count).from_address(ctypes.addressof(place))
        cells.owner = owner
        array = cls.__new__(cls)
        array._stand_on(cells)
        return array

    def __getitem__(self, index: int) -> Any:
        return self._cells[self._index(index, "getitem")]

    def _index(self, index: Any, method: str) -> int:
        return check_number(_SIZE, self._refuse(method, 2, "size_t"))(index)

    def _refuse(self, method: str, argument: int, c: str) -> Refuse:
        return Refuse(f"{self._name}___{method}__", argument, c)


class NumberArray(Array):
    """Numbers. They are read and written one by one, and often: first as if everything were right."""

    _number: ClassVar[Number]
    _base: ClassVar[str]

    def _stand_on(self, cells: Any) -> None:
        self._cells = cells
        self._numbers = memoryview(cells).cast("B").cast(self._item._type_)

    def __getitem__(self, index: int) -> Any:
        try:
            if index >= 0:
                return self._numbers[index]
        except TypeError:
            pass
        return super().__getitem__(index)

    def __setitem__(self, index: int, value: Any) -> None:
        try:
            if index >= 0:
                self._numbers[index] = value
                return
        except (TypeError, ValueError):
            pass
        checked = check_number(self._number, self._refuse("setitem", 3, self._number.c))(value)
        self._numbers[self._index(index, "setitem")] = checked

    def cast(self) -> Pointer:
        """The pointer to the first element."""
        return pointer_to(self._cells, self._base)

    @classmethod
    def frompointer(cls, t: Any) -> Any:
        """The array that a pointer points to."""
        if not isinstance(t, POINTERS[cls._base]):
            raise Refuse(f"{cls._name}_frompointer", 1, f"{POINTERS[cls._base].c} *").type()
        return cls._at(t.contents, t, t.count)


class CharArray(NumberArray):
    """Characters: read as a string of one; written so, or as a number."""

    def __getitem__(self, index: int) -> str:
        code: int = super().__getitem__(index)
        return bytes([code & 0xFF]).decode(errors="surrogateescape")

    def __setitem__(self, index: int, value: Any) -> None:
        code = value
        if value is None or isinstance(value, str):
            encoded = (value or "\0").encode()
            code = encoded[0] if len(encoded) == 1 else None
        super().__setitem__(index, code)


class StructureArray(Array):
    """Structures; reading one gives a reference."""

    def __setitem__(self, index: int, value: Any) -> None:
        if not isinstance(value, self._item):
            raise self._refuse("setitem", 3, f"{self._item.__name__} const &").type()
        self._cells[self._index(index, "setitem")] = value

    def cast(self) -> Any:
        """The first element."""
        return self._cells[0]

    @classmethod
    def frompointer(cls, t: Any) -> Any:
        """The array whose first element is given."""
        if not isinstance(t, cls._item):
            raise Refuse(f"{cls._name}_frompointer", 1, f"{cls._item.__name__} *").type()
        return cls._at(t, t, room_behind(t) // ctypes.sizeof(cls._item))


def array_names(name: str, kind: Type, structures: Structures) -> dict[str, Any]:
    """``name_array`` and ``name_array_frompointer``."""
    full, members = f"{name}_array", {"_name": f"{name}_array", "__doc__": Array.__doc__}
    if kind.base == "char":
        cls = type(full, (CharArray,), {**members, "_item": ctypes.c_int8, "_base": "char", "_number": _CHAR})
    elif kind.base in NUMBERS:
        number = NUMBERS[kind.base]
        cls = type(
            full, (NumberArray,), {**members, "_item": number.ctype, "_base": kind.base, "_number": number}
        )
    else:
        cls = type(full, (StructureArray,), {**members, "_item": structures[kind.base]})
    return _named({full: cls, f"{full}_frompointer": lambda t: cls.frompointer(t)})  # type: ignore[attr-defined]


def cell_names(name: str, kind: Type, structures: Structures) -> dict[str, Any]:
    """``new_``, ``copy_`` and ``delete_name``, ``name_assign`` and ``name_value``."""
    number = NUMBERS.get(kind.base)
    helpers = (
        _number_cell(name, kind.base, number) if number else _structure_cell(name, structures[kind.base])
    )
    new, copy, delete, assign, value = helpers
    return _named(
        {
            f"new_{name}": new,
            f"copy_{name}": copy,
            f"delete_{name}": delete,
            f"{name}_assign": assign,
            f"{name}_value": value,
        }
    )


def _named(functions: dict[str, Any]) -> dict[str, Any]:
    """Functions that know what they are called."""
    for name, function in functions.items():
        function.__name__ = function.__qualname__ = name
    return functions


def _number_cell(name: str, base: str, number: Number) -> tuple[Callable[..., Any], ...]:
    pointer_class, item = POINTERS[base], number.ctype
    copied = check_number(number, Refuse(f"copy_{name}", 1, number.c))
    assigned = check_number(number, Refuse(f"{name}_assign", 2, number.c))

    def new() -> Pointer:
        return pointer_to((item * 1)(), base)

    def copy(value: Any) -> Pointer:
        return pointer_to((item * 1)(copied(value)), base)

    def delete(obj: Any) -> None:
        _pointer(obj, "delete_" + name)

    def assign(obj: Any, value: Any) -> None:
        pointer = _pointer(obj, f"{name}_assign")
        pointer[0] = assigned(value)

    def read(obj: Any) -> Any:
        return _pointer(obj, f"{name}_value")[0]

    def _pointer(obj: Any, function: str) -> Any:
        if not isinstance(obj, pointer_class):
            raise Refuse(function, 1, f"{number.c} *").type()
        return obj

    return new, copy, delete, assign, read


def _structure_cell(name: str, cls: type[Any]) -> tuple[Callable[..., Any], ...]:
    def new() -> Any:
        return cls()

    def copy(value: Any) -> Any:
        made = cls()
        _copy(_checked(value, f"copy_{name}", 1, ""), made)
        return made

    def delete(obj: Any) -> None:
        _checked(obj, f"delete_{name}", 1)

    def assign(obj: Any, value: Any) -> None:
        place = _checked(obj, f"{name}_assign", 1)
        _copy(_checked(value, f"{name}_assign", 2, ""), place)

    def read(obj: Any) -> Any:
        return _checked(obj, f"{name}_value", 1)

    def _copy(source: Any, place: Any) -> None:
        ctypes.memmove(ctypes.addressof(place), ctypes.addressof(source), ctypes.sizeof(cls))

    def _checked(obj: Any, function: str, argument: int, star: str = " *") -> Any:
        if not isinstance(obj, cls):
            raise Refuse(function, argument, f"{cls.__name__}{star}").type()
        return obj

    return new, copy, delete, assign, read
