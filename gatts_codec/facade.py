"""Packages whose public names load on first use, so that importing one costs next to nothing.

Such a package names its modules' public names three times: in a block that only type checkers read, in ``_HOMES``,
by which they load, and in ``__all__``. A test holds the three together.
"""

from __future__ import annotations

# Not typing's: importing that would cost more than all the rest. Type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def facade(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package. ``homes``: module below it, to the names it has, by spaces."""
    module_of = {name: module for module, names in homes.items() for name in names.split()}

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        import sys
        from importlib import import_module

        value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        import sys

        return sorted(sys.modules[package].__all__)

    return load, names
