"""Modules whose public names load on first use, so that importing one costs next to nothing.

The names stand in the stub beside the module, ``from home import Name as Name`` one by one: type checkers read them
there, and so does the module, when it is first asked for one.
"""

from __future__ import annotations

# Not typing's: importing that would cost more than all the rest. Type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def facade(module: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a module, whose stub lies beside ``file``."""
    homes: dict[str, str] = {}

    def load(name: str) -> Any:
        import sys
        from importlib import import_module

        this = sys.modules[module]
        if not homes:
            homes.update(_read(this, file))
        if name == "__all__":
            value: Any = sorted(homes)
        elif name not in homes:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        elif homes[name] == module:  # a module below this one
            value = import_module(f"{module}.{name}")
        else:
            value = getattr(import_module(homes[name]), name)
        setattr(this, name, value)
        return value

    def names() -> list[str]:
        listed: list[str] = load("__all__")
        return listed

    return load, names


def _read(module: Any, file: str) -> dict[str, str]:
    """Name to home, from the stub."""
    found, home = {}, ""
    stub: bytes = module.__loader__.get_data(file[: file.rindex(".")] + ".pyi")  # it knows archives too
    for line in stub.decode("utf-8").splitlines():
        words = line.split()
        home = words[1] if words[:1] == ["from"] else home
        if "as" in words[:-1]:
            found[words[words.index("as") - 1]] = home
    return found
