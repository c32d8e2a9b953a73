"""What is public: every name in an ``__all__``, and the methods of those classes. And what each of them raises."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, get_origin

import gatts_codec
from gatts_codec import errors
from gatts_codec.errors import GattsError

ERRORS = {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, GattsError)
}
LAZY = (
    "gatts_codec",
    "gatts_codec.capture",
    "gatts_codec.constants",
    "gatts_codec.device",
    "gatts_codec.common",
    "gatts_codec.gap",
    "gatts_codec.gattc",
    "gatts_codec.l2cap",
    "gatts_codec.link",
    "gatts_codec.plans",
)
"""What loads a name when it is asked for."""
PUBLIC = (
    *LAZY,
    "gatts_codec.drop_in",
    "gatts_codec.errors",
    "gatts_codec.framing",
    "gatts_codec.pytest_plugin",
)
"""What docs/project/policy.md promises to keep."""


class Callable(NamedTuple):
    """A public function or method: its name, itself, and the class whose docstring speaks for it too."""

    name: str
    function: FunctionType
    owner: type | None

    @property
    def text(self) -> str:
        """All that ``help`` says of it."""
        owners = () if self.owner is None else self.owner.__mro__
        return "\n".join(filter(None, [self.function.__doc__, *(owner.__doc__ for owner in owners)]))


@cache
def public_objects() -> dict[str, Any]:
    """Every class, function and module that somebody is meant to use, by where it is found."""
    found: dict[str, Any] = {}
    for package in (*PUBLIC, "gatts_codec.link.transports"):
        module = importlib.import_module(package)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            is_alias = get_origin(value) is not None  # a class to Python 3.10
            if (
                isinstance(value, type | FunctionType | ModuleType)
                and not is_alias
                and value not in found.values()
            ):
                found[f"{package}.{name}"] = value
    return found


@cache
def public_callables() -> list[Callable]:
    """The functions, and the methods, properties and constructors of the classes."""
    found: list[Callable] = []
    for name, value in public_objects().items():
        if isinstance(value, type):
            found += _methods(name, value)
        elif isinstance(value, ModuleType):
            found += [Callable(f"{name}.{inner}", f, None) for inner, f in _functions(value)]
        else:
            found.append(Callable(name, value, None))
    return found


def inner_callables() -> Iterator[Callable]:
    """Those of every module but the commands', also where nobody outside is meant to call them."""
    for module in _modules():
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
                continue
            if isinstance(value, type):
                yield from _methods(f"{module.__name__}.{name}", value)
            elif isinstance(value, FunctionType):
                yield Callable(f"{module.__name__}.{name}", value, None)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(gatts_codec.__path__, "gatts_codec.", onerror=lambda _: None):
        if ".cli" not in found.name and not found.name.endswith("__main__"):
            try:
                yield importlib.import_module(found.name)
            except ImportError:  # an extra that is not installed
                continue


def _functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for name, value in vars(module).items():
        if (
            isinstance(value, FunctionType)
            and value.__module__ == module.__name__
            and not name.startswith("_")
        ):
            yield name, value


def _methods(path: str, cls: type) -> Iterator[Callable]:
    for owner in cls.__mro__:
        for name, value in vars(owner).items():
            function = _function_of(value)
            if (
                function is not None
                and _is_ours(function)
                and (name == "__init__" or not name.startswith("_"))
            ):
                yield Callable(f"{path}.{name}", function, cls)


def _function_of(value: object) -> FunctionType | None:
    inner = getattr(value, "fget", None) or getattr(value, "__func__", value)
    return inner if isinstance(inner, FunctionType) else None


def _is_ours(function: FunctionType) -> bool:
    """Not Python's, and not made by ``dataclass``, which leaves no source."""
    return function.__module__.startswith("gatts_codec") and function.__code__.co_filename != "<string>"


def raised(function: Any, owner: type | None) -> set[str]:
    """The errors of ours that a function raises by itself or by private helpers beside it."""
    return _raised(function, owner, frozenset())


def _raised(
    function: FunctionType, owner: type | None, seen: frozenset[FunctionType] = frozenset()
) -> set[str]:
    if function in seen:
        return set()
    names: set[str] = set()
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            names |= _error_names(node.exc, function)
        elif isinstance(node, ast.Call):
            helper = _helper(node.func, function, owner)
            if helper is not None:
                names |= _raised(helper, owner, seen | {function})
    return names


@cache
def _tree(function: FunctionType) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _error_names(raised: ast.expr, function: FunctionType) -> set[str]:
    """``raise X(..)``, and ``raise helper(..)`` where the helper returns an error."""
    called = raised.func if isinstance(raised, ast.Call) else raised
    name = called.id if isinstance(called, ast.Name) else ""
    target = function.__globals__.get(name, getattr(builtins, name, None))
    if isinstance(target, FunctionType):
        name = str(target.__annotations__.get("return", ""))
    return {name} & ERRORS


def _helper(called: ast.expr, function: FunctionType, owner: type | None) -> FunctionType | None:
    """A private function of the same module, or a private method of the same object."""
    if isinstance(called, ast.Name) and called.id.startswith("_"):
        found = function.__globals__.get(called.id)
        return found if isinstance(found, FunctionType) and found.__module__ == function.__module__ else None
    is_own = (
        isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "self"
    )
    if is_own and called.attr.startswith("_") and owner is not None:  # type: ignore[attr-defined]
        return _function_of(inspect.getattr_static(owner, called.attr, None))  # type: ignore[attr-defined]
    return None
