"""Arguments of public functions: one of a wrong type is an EncodeError that names it and what is wanted.

    @checked
    def move(self, one: VirtualChip, other: VirtualChip, *, rssi: int) -> None: ..

The annotations say what is right; what they leave open, such as a range, is the function's. Not for what is called for
each packet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, wraps
from inspect import Parameter, Signature, signature
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, BinaryIO, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from gatts_codec.errors import EncodeError, brief

P = ParamSpec("P")
R = TypeVar("R")

# ``find_dialect`` judges it, and names the dialects there are.
_JUDGED_LATER = "dialect"
_KINDS: dict[object, tuple[Any, str]] = {
    bool: (bool, "True or False"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    bytes: ((bytes, bytearray, memoryview), "bytes"),
    str: (str, "text"),
    NoneType: (NoneType, "None"),
    Callable: (Callable, "a function"),
}
# Text is a sequence of texts, and never meant as one.
_SEQUENCES = (Iterable, Iterator, Sequence)
_ADVICE = {"Transport": "; open_transport() opens one by its URL"}


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Raise EncodeError for an argument that is not of the type its annotation has."""

    @wraps(function)
    def judged(*args: P.args, **kwargs: P.kwargs) -> R:
        called, hints = _expected(function)
        try:
            given = called.bind(*args, **kwargs).arguments
        except TypeError:  # too few or too many: Python's own words name the function
            return function(*args, **kwargs)
        made = type(given["self"]).__name__ if function.__name__ == "__init__" else ""
        _judge(given, hints, made or function.__qualname__)
        return function(*args, **kwargs)

    return judged


def check_fields(instance: object) -> None:
    """Raise EncodeError for a field of a dataclass that is not of its type."""
    cls: Callable[..., object] = type(instance)
    hints = _fields(cls)
    _judge({name: getattr(instance, name) for name in hints}, hints, cls.__name__)


def check_share(path: str, share: float) -> None:
    """Raise EncodeError for a probability or a part that is not 0 to 1."""
    if not 0 <= share <= 1:
        raise EncodeError(f"must be 0 to 1, not {brief(share)}", path=path, value=share)


@cache
def _expected(function: Callable[..., object]) -> tuple[Signature, dict[str, Any]]:
    called, hints = signature(function), get_type_hints(function)
    plain = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    names = (name for name, one in called.parameters.items() if one.kind in plain)
    return called, {name: hints[name] for name in names if name in hints and name != _JUDGED_LATER}


@cache
def _fields(cls: Callable[..., object]) -> dict[str, Any]:
    return get_type_hints(cls)


def _judge(given: Mapping[str, object], hints: Mapping[str, Any], where: str) -> None:
    for name, value in given.items():
        if name in hints and not _fits(value, hints[name]):
            wanted = _words(hints[name])
            if name.endswith("_s"):
                wanted = wanted.replace("a number", "a number of seconds")
            advice = next((more for kind, more in _ADVICE.items() if f" {kind}" in wanted), "")
            raise EncodeError(
                f"must be {wanted}, not {brief(value)}{advice}", path=name, value=value, packet=where
            )


def _fits(value: object, hint: Any) -> bool:
    kind = get_origin(hint) or hint
    if kind in (Union, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if kind is Literal:
        return isinstance(value, str) and value in get_args(hint)
    if isinstance(kind, TypeVar) and kind.__constraints__:
        return any(_fits(value, one) for one in kind.__constraints__)
    if kind is Any or isinstance(kind, TypeVar) or _is_shape(kind):
        return True
    if kind is bool:
        return isinstance(value, Integral) and value in (0, 1)
    if kind is BinaryIO:  # no class of Python's is one
        return hasattr(value, "read")
    if kind in _SEQUENCES and isinstance(value, str | bytes):
        return False
    return isinstance(value, _KINDS.get(kind, (kind, ""))[0])


def _is_shape(kind: Any) -> bool:
    """A protocol that no object can be asked about."""
    return getattr(kind, "_is_protocol", False) and not getattr(kind, "_is_runtime_protocol", False)


def _words(hint: Any) -> str:
    kind = get_origin(hint) or hint
    if kind in (Union, UnionType):
        return " or ".join(_words(one) for one in get_args(hint))
    if kind is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if isinstance(kind, TypeVar):
        return " or ".join(map(_words, kind.__constraints__))
    name = kind.__name__
    return _KINDS[kind][1] if kind in _KINDS else f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
