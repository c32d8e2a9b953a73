"""The text of one generated function: its lines, its names, the constants it uses, and turning it into a function.

The text is registered with ``linecache``, so that a debugger and a traceback show it. It is made from the layout
alone and never holds anything of a packet.
"""

from __future__ import annotations

import builtins
import keyword
import linecache
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import chain, count
from struct import Struct
from struct import error as struct_error
from typing import Any

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.errors import printable
from gatts_codec.schema.message import Message

_INDENT = "    "
_FRAME = """\
# {title}
{constants}

def {name}({argument}):
    try:
{body}
    except {doubtful}:
        pass  # the interpreted layout says what is wrong, or has the right answer
    return interpret({argument})
"""


class FunctionSource:
    """A function of one argument, as it is being written.

    ``interpret`` does the same by interpreting the layout; ``doubtful`` are the exceptions after which it is asked.
    """

    def __init__(
        self, name: str, title: str, argument: str, doubtful: str, interpret: Callable[[Any], Any]
    ) -> None:
        self.name, self.title, self.argument, self.doubtful = name, printable(title), argument, doubtful
        self._namespace: dict[str, Any] = {
            "Struct": Struct,
            "StructError": struct_error,
            "interpret": interpret,
        }
        self._constants: dict[str, str] = {}
        self._lines: list[str] = []
        self._depth = 2

    def line(self, text: str) -> None:
        """A statement at the current indentation."""
        self._lines.append(_INDENT * self._depth + text)

    def let(self, variable: str, value: str) -> None:
        """An assignment, unless it is so already."""
        if variable != value:
            self.line(f"{variable} = {value}")

    @contextmanager
    def block(self, opening: str) -> Iterator[None]:
        """What depends on ``opening``: an if, elif or else."""
        self.line(f"{opening}:")
        self._depth += 1
        yield
        self._depth -= 1

    def doubt(self, condition: str = "") -> None:
        """Leave it to the interpreted layout, where the condition holds."""
        self.line(f"if {condition}: {self.give_up}" if condition else self.give_up)

    @property
    def give_up(self) -> str:
        return f"return interpret({self.argument})"

    def constant(self, name: str, value: Any) -> str:
        """A name for an object that the function uses: a class, a table."""
        name = name if name.isidentifier() else "constant"  # a class may be called anything
        known = next(known for known in _numbered(name) if self._is(known, value))
        return self._define(known, value, f"# {known}: {printable(_brief(value))}")

    def _is(self, name: str, value: Any) -> bool:
        """Whether a name is free, or that of this object. Tables are compared only where they are short."""
        found = self._namespace.get(name, value)
        return found is value or (type(found) is type(value) is tuple and found == value)

    def struct(self, method: str, codes: str) -> str:
        """A name for a method of a precompiled little-endian Struct."""
        name = f"{method}_{codes.replace('?', 'T')}"
        shown = f'{name} = Struct("<{codes}").{method}'
        return self._define(name, getattr(Struct(f"<{codes}"), method), shown)

    def sized_packs(self, codes: str, position: int) -> str:
        """A name for the pack methods of the Structs with bytes at ``{}``, which is that argument, by their size."""
        name = f"pack_{codes.replace('?', 'T').replace('{}', 'n')}"
        return self._define(name, _sized_packs(codes, position), f'# {name}: Struct("<{codes}").pack by size')

    def twin(self, cls: type[Message]) -> str:
        """A name for the class that ``cls`` is built as."""
        return self.constant(f"New{cls.__name__}", twin_of(cls))

    def _define(self, name: str, value: Any, shown: str) -> str:
        self._namespace[name], self._constants[name] = value, shown
        return name

    def text(self) -> str:
        """The whole text."""
        return _FRAME.format(
            title=self.title,
            constants="\n".join(self._constants.values()),
            name=self.name,
            argument=self.argument,
            body="\n".join(self._lines),
            doubtful=self.doubtful,
        )

    def function(self) -> Callable[[Any], Any]:
        """The finished function."""
        text, file = self.text(), f"<{self.title}>"
        exec(compile(text, file, "exec"), self._namespace)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        function: Callable[[Any], Any] = self._namespace[self.name]
        return function


_TWINS: dict[type[Message], type[Message]] = {}


def twin_of(cls: type[Message]) -> type[Message]:
    """A class with the slots of a frozen message class and without its freezing.

    An object is filled as one of these and then given its class: half the price of the frozen class's constructor.
    Nothing that decoding needs may live in a ``__post_init__``, which is not called.
    """
    if cls not in _TWINS:
        # What Message does for frozen ones; its __init__ would look for a class of its own each time.
        names = ("__init__", "__setattr__", "__delattr__")
        unfrozen = {name: getattr(object, name) for name in names}
        _TWINS[cls] = type(f"New{cls.__name__}", cls.__bases__, {"__slots__": cls.__slots__, **unfrozen})
    return _TWINS[cls]


def _sized_packs(codes: str, position: int) -> list[Callable[..., bytes]]:
    """For each size up to the longest value a Struct's pack method, made when it is first wanted."""

    def first(*arguments: Any) -> bytes:
        size = len(arguments[position])
        packs[size] = Struct(f"<{codes.format(f'{size}s')}").pack
        return packs[size](*arguments)

    packs: list[Callable[..., bytes]] = [first] * (MAX_VALUE_LEN + 1)
    return packs


def unused(names: Collection[str], wanted: str) -> str:
    """A name for a variable, like ``wanted``."""
    if keyword.iskeyword(wanted) or hasattr(builtins, wanted):
        wanted += "_"
    return next(name for name in _numbered(wanted) if name not in names)


def _numbered(name: str) -> Iterator[str]:
    return chain([name], (f"{name}_{number}" for number in count(2)))


def _brief(value: Any) -> str:
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, dict):
        return "a table"
    shown = repr(value)
    return shown if len(shown) < 80 else f"{shown[:76]} ..."
