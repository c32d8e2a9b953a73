"""``sd_ble_*``: arguments of C to a command, its response to what the arguments point to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.dialects import layout_of
from gatts_codec.drop_in.convert import Converter, Read, Write
from gatts_codec.drop_in.declared import Declared, Type
from gatts_codec.drop_in.memory import NUMBERS, POINTERS, Refuse, Structures, c_name, check_number
from gatts_codec.schema.record import Record

Check = Callable[[Any], Any]
ITERATOR = "sd_ble_gattc_evt_char_val_by_uuid_read_rsp_iter"


def arguments_class(declared: Declared) -> type[Any]:
    """What holds a call's arguments by name."""
    names = list(declared.members)
    lines = [
        "class Arguments:",
        f"    __slots__ = {tuple(names)!r}",
        f"    def __init__({', '.join(['self', *names])}):",
    ]
    lines += [f"        self.{name} = {name}" for name in names] or ["        pass"]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)  # names of arguments, from our own files
    made: type[Any] = scope["Arguments"]
    return made


def checks(declared: Declared, structures: Structures) -> list[Check]:
    """What refuses arguments of another type, one for each argument. They raise TypeError and OverflowError."""
    return [
        _check(kind, structures, Refuse(declared.name, at + 2, c_name(kind)))
        for at, kind in enumerate(declared.members.values())
    ]


def _check(kind: Type, structures: Structures, refuse: Refuse) -> Check:
    if not kind.stars and kind.base in NUMBERS:
        return check_number(NUMBERS[kind.base], refuse)
    if kind.stars > 1:
        wanted: type[Any] = type(None)
    else:
        wanted = POINTERS[kind.base] if kind.base in POINTERS else structures[kind.base]

    def check(value: Any) -> Any:
        if value is not None and not isinstance(value, wanted):
            raise refuse.type()
        return value

    return check


@dataclass
class Lent:
    """What a program lends a chip, by connection: places for keys, and memory for queued writes."""

    keysets: dict[int, Any] = field(default_factory=dict)
    memory: dict[int, Any] = field(default_factory=dict)


class Form:
    """One call: its arguments' checks, and the converters between them and the messages, made when they are needed.

    ``before`` keeps what the program lends until the chip is done with it.
    """

    def __init__(self, declared: Declared, converter: Converter, codec: Codec) -> None:
        self.declared, self._converter, self._codec = declared, converter, codec
        self.arguments = arguments_class(declared)
        self.checks = checks(declared, converter.structures)
        self.before = _LENT.get(declared.name)

    @cached_property
    def read(self) -> Read:
        """The command of a call's arguments."""
        return self._converter.reader(self._layout("command"), self.declared)

    @cached_property
    def write(self) -> Write:
        """What the response says, to where the arguments point."""
        return self._converter.writer(self._layout("response"), self.declared)

    def _layout(self, kind: str) -> Record:
        return layout_of(self._codec.message_class(kind, self.declared.name), self._codec.dialect)


def _lend_keys(lent: Lent, arguments: Any) -> None:
    if arguments.p_sec_keyset is not None:
        lent.keysets[arguments.conn_handle] = arguments.p_sec_keyset


def _lend_memory(lent: Lent, arguments: Any) -> None:
    if arguments.p_block is not None:
        lent.memory[arguments.conn_handle] = arguments.p_block


_LENT: dict[str, Callable[[Lent, Any], None]] = {
    "sd_ble_gap_sec_params_reply": _lend_keys,
    "sd_ble_user_mem_reply": _lend_memory,
}
