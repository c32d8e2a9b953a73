"""What a native module has and how it behaves, found by using it: as JSON, which two modules are compared by.

python probe.py v2|v5      says what pc-ble-driver-py's module of that version answers
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

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
        "functions": {name: function(module, name) for name, f in public.items() if inspect.isfunction(f)},
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
    # None in the place of a structure is a crash.
    values = {name: value for name, value in VALUES.items() if not (is_structure and value is None)}
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
    return [plain(c["type"]), *(replaced(line, names) for line in said)]


def plain(c: str) -> str:
    """A type of C, which can be written in more than one way."""
    return replaced(c, {"*const *": "**", " const": "", "[(": "[", ")]": "]"})


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


def function(module: ModuleType, name: str) -> list[str]:
    """Its parameters, and of what type each has to be, as it says when it is not; it is never really called."""
    call = getattr(module, name)
    names = list(inspect.signature(call).parameters)
    if name in _TAKES_ANYTHING:
        return names
    arguments: list[Any] = [object()] * len(names)
    said = []
    for at in range(len(names)):
        refusal = outcome(lambda: call(*arguments))
        c = _TYPE.search(refusal)
        said.append(f"{names[at]}: {plain(replaced(refusal, {name: 'CALL'}))}")
        arguments[at] = fitting(module, c["type"] if c else "")
    return said


def fitting(module: ModuleType, c: str) -> Any:
    """Something of that type."""
    base, _, stars = c.partition(" ")
    if c == "char const *":
        return "nowhere"
    if not stars:
        return 0
    make = getattr(module, base, None) or getattr(module, f"new_{base.removesuffix('_t')}", None)
    return make() if make and stars in ("*", "[]") else None
