"""What a native module has and how it behaves, found by using it: as JSON, which two modules are compared by.

python probe.py v2|v5      says what pc-ble-driver-py's module of that version answers
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

NATIVE = "pc_ble_driver_py.lib.nrf_ble_driver_sd_api_{}"
VALUES: dict[str, Any] = {
    **{
        str(number): number
        for number in (0, 1, 2, 3, 9, 127, 128, 255, 256, 65535, 65536, 0xFFFF_FFFF, 2**32, 2**70)
    },
    **{str(number): number for number in (-1, -128, -129)},
    **{repr(value): value for value in (True, None, 1.5, "1", b"ab", [1])},
}
_TYPE = re.compile(r"of type '(?P<type>[^']*)'")
_TAKES_ANYTHING = {"sd_rpc_open"}  # as handlers, and then it opens


def probe(module: ModuleType) -> dict[str, Any]:
    """Everything, by name; fields that behave alike have the same kind."""
    public = {name: value for name, value in sorted(vars(module).items()) if not name.startswith("_")}
    classes = {n: c for n, c in public.items() if isinstance(c, type)}
    behaviours = {
        name: {key: field(module, cls, key) for key in fields_of(cls)} for name, cls in classes.items()
    }
    kinds = sorted({tuple(said) for fields in behaviours.values() for _, *said in fields.values()})
    return {
        "constants": {name: value for name, value in public.items() if isinstance(value, (int, str))},
        "functions": {name: function(f) for name, f in public.items() if inspect.isfunction(f)},
        "structures": {
            name: {key: (c, kinds.index(tuple(said))) for key, (c, *said) in fields.items()}
            for name, fields in behaviours.items()
        },
        "methods": {name: [parameters(cls), methods(cls)] for name, cls in classes.items()},
        "kinds": kinds,
    }


def fields_of(cls: type) -> list[str]:
    names = sorted(set(dir(cls)) - {"this", "thisown"})
    return [name for name in names if isinstance(getattr(cls, name), property)]


def methods(cls: type) -> list[str]:
    return sorted(
        key for key in dir(cls) if not key.startswith("_") and callable(getattr(cls, key)) and key != "this"
    )


def parameters(cls: type) -> list[str]:
    return [key for key in inspect.signature(vars(cls).get("__init__", cls)).parameters if key != "self"]


def field(module: ModuleType, cls: Any, key: str) -> list[str]:
    """Its type, what it is at first, and what it is after each value was given, or the error."""
    first = getattr(cls(), key)
    refusal = after(cls, key, object())
    c = _TYPE.search(refusal)
    is_structure = type(first) in vars(module).values()
    values = {
        name: value for name, value in VALUES.items() if not (is_structure and value is None)
    }  # a crash
    arrays = [name for name in ("uint8_array", "uint16_array") if hasattr(module, name)]
    values |= {name: pointer(module, name) for name in arrays}
    own = getattr(module, c["type"].split()[0], None) if c else None
    values |= {"its own": own()} if own else {}
    said = [
        f"at first {show(first)}",
        *(f"{name}: {after(cls, key, value)}" for name, value in values.items()),
    ]
    if not c:
        return ["", *said]
    names = {f"'{c['type']}'": "ITS TYPE", f"'{key}'": "ITS NAME", c["type"].split()[0]: "ITS STRUCTURE"}
    return [c["type"], *(replaced(line, names) for line in said)]


def replaced(text: str, names: dict[str, str]) -> str:
    for name, instead in names.items():
        text = text.replace(name, instead)
    return text


def pointer(module: ModuleType, array: str) -> Any:
    """To 64 elements, which count up."""
    cells = getattr(module, array)(64)
    for index in range(64):
        cells[index] = index
    return cells.cast()


def after(cls: Any, key: str, value: Any) -> str:
    item = cls()

    def give() -> Any:
        setattr(item, key, value)
        return getattr(item, key)

    return outcome(give).replace(f"{cls.__name__}_{key}_set", "SET")


def outcome(action: Callable[[], Any]) -> str:
    """What it gives, or the error that it ends in."""
    try:
        return show(action())
    except AttributeError:  # each Python has words of its own
        return "AttributeError"
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        return f"{type(error).__name__}: {error}"


def show(value: Any) -> str:
    """A value without addresses."""
    if value is None or isinstance(value, (int, str)):
        return repr(value)
    name = type(value).__name__
    return "pointer" if name == "SwigPyObject" or name.endswith("_pointer") else name


def function(f: Any) -> dict[str, list[str]]:
    """Its parameters, and what it says of arguments of a wrong type, one after the other; it is never really called.

    What a right one is, the error says.
    """
    names = list(inspect.signature(f).parameters)
    if f.__name__ in _TAKES_ANYTHING:
        return {"parameters": names, "refuses": []}
    arguments: list[Any] = [object()] * len(names)
    said: list[str] = []
    while names and len(said) < 2 * len(names):
        text = outcome(lambda: f(*arguments))
        said.append(text.replace(f.__name__, "CALL"))
        place = re.search(r"argument (\d+) of type '([^']*)'", text)
        if place is None or int(place[1]) >= len(names):
            break
        arguments[int(place[1]) - 1] = None if "*" in place[2] else 0
    return {"parameters": names, "refuses": said}


def main(version: str) -> None:
    print(json.dumps(probe(importlib.import_module(NATIVE.format(version)))))


if __name__ == "__main__":
    main(sys.argv[1])
