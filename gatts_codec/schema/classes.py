"""``@dataclass(frozen=True, slots=True, repr=False)`` for messages: the same class at a fifth of the price.

The standard decorator compiles five functions for each class, which is most of what importing a packet costs. Here four
are inherited from ``Message``, once for all, and ``__init__`` is made when a class is first called. Type checkers see
the standard decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from inspect import Signature, signature
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, repr: bool) -> Callable[[type[T]], type[T]]:
        """A frozen, slotted class without a ``repr`` of its own, below ``Message``; anything else is a mistake."""
        assert (frozen, slots, repr) == (True, True, False)
        return _made


def _made(cls: type[T]) -> type[T]:
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    # What is inherited counts as made: subclasses by the standard decorator look here.
    made.__dataclass_params__.init = made.__dataclass_params__.eq = made.__dataclass_params__.frozen = True
    names = tuple(field.name for field in dataclasses.fields(made))
    made._values = attrgetter(*names) if names else no_values
    return made  # type: ignore[no-any-return]


def no_values(_: object) -> tuple[()]:
    """The fields of a message that has none."""
    return ()


class LazySignature:
    """``inspect.signature(SomeMessage)``, though its ``__init__`` may not have been made yet."""

    def __get__(self, instance: object, owner: type) -> Signature:
        whole = signature(init_of(owner))
        return whole.replace(parameters=list(whole.parameters.values())[1:])


def init_of(cls: Any) -> Callable[..., None]:
    """The ``__init__`` of a message class, from now on its own."""
    home: Any = next((each for each in cls.__mro__ if "__dataclass_fields__" in vars(each)), object)
    if "__init__" not in vars(home):
        home.__init__ = _init(home)
    init: Callable[..., None] = home.__init__
    return init


def _init(cls: Any) -> Callable[..., None]:
    """What the standard library makes of the same fields, which takes three times as long."""
    fields = dataclasses.fields(cls)
    assert all(field.default_factory is dataclasses.MISSING and not field.kw_only for field in fields)
    defaults = {
        f"_{field.name}": field.default for field in fields if field.default is not dataclasses.MISSING
    }
    parameters = [field.name + f"=_{field.name}" * (f"_{field.name}" in defaults) for field in fields]
    steps = [f"_set(self, {field.name!r}, {field.name})" for field in fields]
    text = f"def __init__({', '.join(('self', *parameters))}): {'; '.join((*steps, 'self.__post_init__()'))}"
    namespace: dict[str, Any] = {"_set": object.__setattr__, **defaults}
    exec(text, namespace)
    init: Callable[..., None] = namespace["__init__"]
    init.__module__, init.__qualname__ = cls.__module__, f"{cls.__name__}.__init__"
    init.__annotations__ = {**{field.name: field.type for field in fields}, "return": None}
    return init
