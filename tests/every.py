"""A rule that everything of a list keeps to, as one test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest


def ends_first(names: Iterable[str]) -> list[Any]:
    """The first and the last of a row as parameters; those between differ little from them and are soaks."""
    first, *between, last = names
    return [first, *(pytest.param(name, marks=pytest.mark.soak) for name in between), last]


def one_in(step: int) -> pytest.MarkDecorator:
    """The argument ``step`` for slices of what is many and alike: one of so many by default, all of it as a soak."""
    each = pytest.param(1, id="all", marks=pytest.mark.soak)
    return pytest.mark.parametrize("step", [each, pytest.param(step, id=f"one in {step}")])


def every(
    names: str,
    cases: Iterable[Any] | Callable[[], Iterable[Any]],
    ids: Callable[[Any], str] = str,
    share: int = 1,
) -> Callable[[Any], Any]:
    """``pytest.mark.parametrize`` in one test, for rows that differ in nothing but their names.

    The rule runs for each case, and the failure lists every case that breaks it, the first with its traceback. It may
    use fixtures; all cases share them. A function gives cases that take long to read, once the test runs. ``share`` is
    as in ``one_in``: one of so many cases by default.
    """
    arguments = [name.strip() for name in names.split(",")]

    def decorate(rule: Callable[..., None]) -> Callable[..., None]:
        @wraps(rule)
        def test(**fixtures: Any) -> None:
            step = fixtures.pop("step") if share > 1 else 1
            listed = list(cases() if callable(cases) else cases)[::step]
            assert listed, f"there is nothing to hold against {rule.__name__}"
            broken: dict[str, Exception] = {}
            for case in listed:
                values = dict(zip(arguments, case if len(arguments) > 1 else [case], strict=True))
                try:
                    rule(**values, **fixtures)
                except Exception as error:
                    broken[ids(case)] = error
            if broken:
                lines = [f"{name}: {type(error).__name__}: {error}" for name, error in broken.items()]
                raise AssertionError("\n".join(lines)) from next(iter(broken.values()))

        signature = inspect.signature(rule)
        fixtures = [item for name, item in signature.parameters.items() if name not in arguments]
        if share > 1:
            fixtures.append(inspect.Parameter("step", inspect.Parameter.KEYWORD_ONLY))
        test.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return one_in(share)(test) if share > 1 else test

    return decorate
