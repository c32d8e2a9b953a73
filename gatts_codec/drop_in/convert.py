"""Structures to messages and back. Both have the headers' names, messages without ``p_``; so the layouts say it all.

A place is what C has for a message or a structure in it: a structure, or the arguments of a call. Where C says
something in another way than the wire, ``irregular.py`` has the converter.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from gatts_codec.drop_in.declared import Declared, Type
from gatts_codec.drop_in.memory import NUMBERS, POINTERS, Structures, room_behind, room_for
from gatts_codec.schema.blocks import Given
from gatts_codec.schema.members import Bits, Member
from gatts_codec.schema.record import Absent, Members, Record, When, innermost

Place = Any  # a structure, or the arguments of a call as attributes
Read = Callable[[Place], Any]
Write = Callable[[Place, Any], None]

# Fields whose name in C is not their own with p_ or pp_ before it.
_OTHER_NAMES = {
    ("sd_ble_gatts_sys_attr_get", "len"): "p_sys_attr_data_len",
    ("sd_ble_gap_device_name_get", "len"): "p_dev_name_len",
    ("sd_ble_gap_adv_data_set", "data"): "p_adv_data",
}
_OLDER_NAMES = {"p_dev_name_len": "p_dev_len"}
_COUNTS = ("len", "dlen", "count")


class Field(NamedTuple):
    """A field of a message: its block (of bits None), and the earlier field and value that it needs to travel."""

    name: str
    block: Any
    needs: tuple[str, int] | None = None


def fields_of(members: Members, needs: tuple[str, int] | None = None) -> Iterator[Field]:
    """The fields that travel."""
    for member in members.members:
        if isinstance(member, Absent):
            continue
        if isinstance(member, Members):
            inner = (member.field, member.value) if isinstance(member, When) else needs
            yield from fields_of(member, inner)
        elif isinstance(member, Bits):
            yield from (Field(name, None, needs) for name in member.field_names)
        elif not isinstance(member, Member):
            yield Field(member.name, member.subcon, needs)


class Target(NamedTuple):
    """Where C has a field: the names that lead there, the last one's type, and what it stands in."""

    path: tuple[str, ...]
    kind: Type
    owner: Declared

    @property
    def name(self) -> str:
        return self.path[-1]


class Converter:
    """Makes converters for one version's structures; ``irregular`` has those that layouts do not give."""

    def __init__(self, structures: Structures, irregular: Any) -> None:
        self.structures, self._irregular = structures, irregular

    # -- from C

    def reader(self, record: Record, declared: Declared) -> Read:
        """What makes the message out of a place."""
        rows = [(field.name, read) for field in fields_of(record) if (read := self._read(field, declared))]
        cls = record.cls

        def read_all(place: Place) -> Any:
            return cls(**{name: read(place) for name, read in rows})

        return read_all

    def _read(self, field: Field, declared: Declared) -> Read | None:
        own = self._irregular.reader(self, field, declared)
        if own is not None:
            return own  # type: ignore[no-any-return]
        if isinstance(innermost(field.block), Given):
            output = self._find(field.name.removesuffix("_present"), declared)
            return None if output is None else _given(_getter(output.path))
        target = self._find(field.name, declared)
        if target is None:
            return None
        read = self._reading(field, target)
        if field.needs is None:
            return read
        name, value = field.needs
        return lambda place: read(place) if getattr(place, name) == value else None

    def _reading(self, field: Field, target: Target) -> Read:
        kind, get = target.kind, _getter(target.path)
        block = innermost(field.block)
        if kind.stars > 1:
            return lambda place: None
        if kind.base not in POINTERS:
            return _unless_none(get, self.reader(block, self.structures.declared[kind.base]))
        if not kind.stars and not kind.length:
            return get
        if hasattr(field.block, "subcon") and hasattr(innermost_list(field.block), "count"):
            count = self._size(innermost_list(field.block).count, target.owner)
            return _unless_none(get, lambda pointer: pointer, count)
        size = getattr(block, "length", None) if not kind.length else None
        size = getattr(block, "size", size) if not isinstance(size, str) else size
        if size is None or (kind.stars and kind.base != "u8"):
            return _unless_none(get, lambda pointer: pointer[0])
        return _bytes(get, self._size(size, target.owner))

    def _size(self, size: int | str, declared: Declared) -> Read:
        """How many bytes or items: a number, or the member that says it, or the cell to which that points."""
        if isinstance(size, int):
            return lambda place: size
        target = self._find(size, declared)
        if target is None:
            raise LookupError(f"{declared.name} has no {size}")
        get = _getter(target.path)
        return _unless_none(get, lambda pointer: pointer[0]) if target.kind.stars else get

    # -- to C

    def writer(self, record: Record, declared: Declared, *, allocate: bool = False) -> Write:
        """What writes a message into a place. ``allocate``: where C has pointers to nothing, too."""
        fields = list(fields_of(record))
        rows = [
            row
            for field in fields
            for row in self._write(field, declared, {each.name for each in fields}, allocate)
        ]
        # What is behind pointers first: the lengths there are how much fits.
        rows.sort(key=lambda row: not row[0])

        def write_all(place: Place, message: Any) -> None:
            for _, name, write in rows:
                value = getattr(message, name)
                if value is not None:
                    write(place, value)

        return write_all

    def _write(
        self, field: Field, declared: Declared, known: set[str], allocate: bool
    ) -> Iterator[tuple[bool, str, Write]]:
        own = self._irregular.writer(self, field, declared)
        if own is not None:
            yield False, field.name, own
            return
        target = self._find(field.name, declared)
        if target is None:
            return
        block = innermost(field.block)
        yield bool(target.kind.stars), field.name, self._writing(block, target, allocate)
        if target.kind.length or (target.kind.stars and allocate):
            counts = (name for name in _COUNTS if name in target.owner.members and name not in known)
            yield from ((False, field.name, _count(target.path, name)) for name in counts)

    def _writing(self, block: Any, target: Target, allocate: bool) -> Write:
        kind, get = target.kind, _getter(target.path)
        if kind.base not in POINTERS:
            return self._structure(block, target, get, allocate)
        if kind.stars:
            length = self._capacity(block, target)
            return _allocated(target.path, kind.base) if allocate else _behind(get, length)
        if kind.length:
            return _copied(_raw(target.path))
        return _number(target.path)

    def _structure(self, block: Any, target: Target, get: Read, allocate: bool) -> Write:
        kind, inner = (
            target.kind,
            self.writer(block, self.structures.declared[target.kind.base], allocate=allocate),
        )
        cls = self.structures[kind.base]

        def one(place: Place, value: Any) -> None:
            found = get(place)
            if found is None and allocate:
                found = cls()
                setattr(_owner(place, target.path), target.name, found)
            if found is not None:
                inner(found, value)

        def several(place: Place, values: Any) -> None:
            cells = room_for(get(place), cls, len(values))
            for cell, value in zip(cells, values, strict=True):
                inner(cell, value)

        return several if kind.length else one

    def _capacity(self, block: Any, target: Target) -> Read:
        """How many bytes the program's memory has."""
        length = getattr(block, "length", None)
        return self._size(length, target.owner) if isinstance(length, str) else lambda place: None

    def _find(self, field: str, declared: Declared) -> Target | None:
        """Where C has a field: in the place, or in a structure in it that has no name of its own."""
        members = declared.members
        other = _OTHER_NAMES.get((declared.name, field), field)
        for name in (other, _OLDER_NAMES.get(other, other), f"p_{field}", f"pp_{field}"):
            if name in members:
                return Target((name,), members[name], declared)
        for member, kind in members.items():
            if kind.base == f"{declared.name}_{member}":
                inner = self._find(field, self.structures.declared[kind.base])
                if inner is not None:
                    return inner._replace(path=(member, *inner.path))
        return None


def innermost_list(block: Any) -> Any:
    """The list in a block; else its innermost."""
    while hasattr(block, "subcon") and not hasattr(block, "count"):
        block = block.subcon
    return block


def _owner(place: Place, path: tuple[str, ...]) -> Any:
    for name in path[:-1]:
        place = getattr(place, name)
    return place


def _getter(path: tuple[str, ...]) -> Read:
    if len(path) == 1:
        name = path[0]
        return lambda place: getattr(place, name)
    return lambda place: getattr(_owner(place, path), path[-1])


def _raw(path: tuple[str, ...]) -> Read:
    return _getter((*path[:-1], f"c_{path[-1]}"))


def _given(get: Read) -> Read:
    return lambda place: get(place) is not None


def _unless_none(get: Read, convert: Callable[[Any], Any], count: Read | None = None) -> Read:
    def read(place: Place) -> Any:
        value = get(place)
        if value is None:
            return None
        return convert(value) if count is None else tuple(value[: count(place)])

    return read


def _bytes(get: Read, size: Read) -> Read:
    def read(place: Place) -> bytes | None:
        pointer = get(place)
        return None if pointer is None else ctypes.string_at(pointer, size(place) or 0)

    return read


def _number(path: tuple[str, ...]) -> Write:
    name = f"c_{path[-1]}"

    def write(place: Place, value: Any) -> None:
        setattr(_owner(place, path), name, value)

    return write


def _count(path: tuple[str, ...], name: str) -> Write:
    counter = _number((*path[:-1], name))
    return lambda place, value: counter(place, len(value))


def _copied(get: Read) -> Write:
    def write(place: Place, value: bytes) -> None:
        cells = get(place)
        ctypes.memmove(cells, value, min(len(value), room_behind(cells)))

    return write


def _behind(get: Read, capacity: Read) -> Write:
    """Into memory that the program gave, as much as fits."""

    def write(place: Place, value: Any) -> None:
        pointer = get(place)
        if pointer is None:
            return
        if isinstance(value, bytes):
            most = capacity(place)
            size = len(value) if most is None else min(len(value), most)
            ctypes.memmove(pointer, value, min(size, pointer.count))
        else:
            pointer[0] = value

    return write


def _allocated(path: tuple[str, ...], base: str) -> Write:
    """Into memory that comes with the event."""
    item = NUMBERS[base].ctype if base in NUMBERS else ctypes.c_char

    def write(place: Place, value: bytes) -> None:
        cells = (item * len(value)).from_buffer_copy(value)
        setattr(_owner(place, path), path[-1], ctypes.cast(cells, POINTERS[base]))

    return write
