"""Arguments for any call of a native module, made from its types alone: each number and each byte is something."""

from __future__ import annotations

import inspect
import re
from typing import Any

_TYPE = re.compile(r"of type '([^']*)'")
_BYTES = 600


class Filler:
    """``arguments`` are the same for the same seed, on whichever module."""

    def __init__(self, module: Any, adapter: Any, seed: int) -> None:
        self._module, self._adapter, self._seed = module, adapter, seed
        self._kept: list[Any] = []  # what is pointed to: the native module does not keep it

    def arguments(self, name: str) -> list[Any]:
        """For one call, which says of what types it wants them; it is not carried out."""
        call = getattr(self._module, name)
        arguments: list[Any] = [object()] * len(inspect.signature(call).parameters)
        for at in range(len(arguments)):
            try:
                call(*arguments)
            except TypeError as error:
                arguments[at] = self._value(_type_in(error))
        return arguments

    def _value(self, c: str, depth: int = 0) -> Any:
        base = c.split()[0]
        if "**" in c or "*const *" in c:
            return None
        if "*" not in c and "[" not in c:
            numbers = {"uint8_t": self._seed % 3 + (depth > 0), "uint16_t": self._seed % 5 + 1}
            return {**numbers, "uint32_t": self._seed % 4, "int8_t": -4}.get(base, 1)
        if base == "adapter_t":
            return self._adapter
        if base in ("uint8_t", "uint16_t"):
            return self._numbers(base)
        if base == "uint32_t":
            cell = self._module.new_uint32()
            self._module.uint32_assign(cell, 3)
            return cell
        if base == "int8_t":
            return self._module.new_int8()
        cls = getattr(self._module, base, None)
        return None if cls is None else self._filled(cls(), depth + 1)

    def _numbers(self, base: str) -> Any:
        cells = getattr(self._module, base.replace("_t", "_array"))(_BYTES)
        for at in range(_BYTES):
            cells[at] = (at * 7 + self._seed) & 0xFF if base == "uint8_t" else 5
        self._kept.append(cells)
        return cells.cast()

    def _filled(self, place: Any, depth: int) -> Any:
        self._kept.append(place)
        for name in sorted(set(dir(type(place))) - {"this", "thisown"}):
            if isinstance(getattr(type(place), name), property):
                self._fill(place, name, depth)
        return place

    def _fill(self, place: Any, name: str, depth: int) -> None:
        now = getattr(place, name)
        try:
            setattr(type(place)(), name, object())
        except AttributeError:  # a union without a name of its own
            self._filled(now, depth + 1)
        except TypeError as error:
            if isinstance(now, int):
                self._fill_number(place, name)
            elif not isinstance(now, str) and (value := self._value(_type_in(error), depth)) is not None:
                setattr(place, name, value)

    def _fill_number(self, place: Any, name: str) -> None:
        lengths = {"len": 3 + self._seed, "init_len": 3 + self._seed, "dlen": 3 + self._seed, "max_len": 20}
        selects = name in ("type", "read_op")
        setattr(place, name, lengths.get(name, self._seed % 2 if selects else 1 + self._seed % 3))


def _type_in(error: TypeError) -> str:
    found = _TYPE.search(str(error))
    assert found is not None, error
    return found[1]
