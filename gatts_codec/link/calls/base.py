"""How a class, of a message or a plan, becomes a method of both clients."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar, get_args, overload

from gatts_codec.schema.classes import init_of
from gatts_codec.schema.message import Command, Response

if TYPE_CHECKING:
    from gatts_codec.plans.plan import Plan

P = ParamSpec("P")
R = TypeVar("R", bound=Response)
T = TypeVar("T")
WayT = TypeVar("WayT")


class Blocking:
    """Marks calls that return their response."""


class Awaited:
    """Marks calls that return an awaitable of it."""


class Calls(Generic[WayT]):
    """Methods made by ``command``. ``WayT`` says how they answer."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Send a command and return its response; each kind of calls has its own way."""
        raise NotImplementedError


class View(Calls[WayT]):
    """Calls that go through another object's ``call``: a group of commands, or other options."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the other object's ``call`` does, in the way of this view."""
        return self._call(*args, **kwargs)


class Made(Generic[P, T]):
    """A class as a method, whose parameters are the class's own and whose result is what comes of an instance."""

    through: ClassVar[str]
    """The method of the calls that takes the instance."""

    def __init__(self, cls: Callable[P, object]) -> None:
        self.cls = cls
        self.name: str = ""
        self._owner: type = object

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self._owner = name, owner

    @overload
    def __get__(self, calls: None, owner: object = None) -> Callable[..., Any]: ...

    @overload
    def __get__(self, calls: Calls[Blocking], owner: object = None) -> Callable[P, T]: ...

    @overload
    def __get__(self, calls: Calls[Awaited], owner: object = None) -> Callable[P, Awaitable[T]]: ...

    def __get__(self, calls: Any, owner: object = None) -> Any:
        """At the first use the function takes this object's place in the class: from then on it is found there."""
        function = self._function()
        setattr(self._owner, self.name, function)
        return function if calls is None else function.__get__(calls)

    def _function(self) -> Any:
        """A plain function with the class's own parameters: what is quickest, and what help() and debuggers know."""
        init, answer = init_of(self.cls), _outcome_of(self.cls)
        taken = list(signature(init).parameters.values())[1:]
        named = [each.name for each in taken if each.kind is each.KEYWORD_ONLY]
        given = [each.name for each in taken if each.kind is not each.KEYWORD_ONLY]
        listed = ", ".join(["self", *given, *(["*", *named] if named else [])])
        passed = ", ".join([*given, *(f"{name}={name}" for name in named)])
        text = f"def {self.name}({listed}): return self.{self.through}(_cls({passed}))"
        # In the class's module, where its annotations are read.
        home = vars(sys.modules[self.cls.__module__])
        scope: dict[str, Any] = {}
        exec(f"def make(_cls):\n {text}\n return {self.name}", home, scope)  # names from our own classes
        made = scope["make"](self.cls)
        made.__defaults__, made.__kwdefaults__ = init.__defaults__, init.__kwdefaults__
        made.__annotations__ = {**init.__annotations__, "return": answer}
        made.__qualname__, made.__doc__ = f"Calls.{self.name}", self.cls.__doc__
        return made


class command(Made[P, R]):  # noqa: N801  it is used like a function
    """A message class as a method that sends one, and returns its response."""

    through = "call"

    def __init__(self, cls: Callable[P, Command[R]]) -> None:
        super().__init__(cls)


class plan(Made[P, T]):  # noqa: N801  as command
    """A plan's class as a method that carries one out, and returns what comes of it."""

    through = "carry_out"

    def __init__(self, cls: Callable[P, Plan[T]]) -> None:
        super().__init__(cls)


def _outcome_of(cls: Any) -> str:
    (outcome,) = get_args(cls.__orig_bases__[0])
    return "None" if outcome is type(None) else str(outcome.__forward_arg__)
