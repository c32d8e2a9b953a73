"""One test for many rows hides none of them."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from every import every


def test_each_case_that_breaks_the_rule_is_named() -> None:
    @every("number", [1, 2, 3, 0], ids=lambda number: f"number {number}")
    def odd(number: int) -> None:
        assert 6 // number % 2 == 0, "is not"

    with pytest.raises(AssertionError) as caught:
        odd()
    lines = str(caught.value)
    assert "number 1" not in lines
    assert "number 2: AssertionError: is not" in lines
    assert "number 0: ZeroDivisionError: " in lines
    assert isinstance(caught.value.__cause__, AssertionError)


@every("one, other", [(1, 1), (2, 2)])
def test_it_takes_several_names_and_fixtures(tmp_path: Path, one: int, other: int) -> None:
    assert one == other
    assert tmp_path.is_dir()


def test_what_is_left_are_the_fixtures() -> None:
    assert list(inspect.signature(test_it_takes_several_names_and_fixtures).parameters) == ["tmp_path"]


@every("number", lambda: [1])
def test_cases_may_be_read_late(number: int) -> None:
    assert number == 1


def test_a_rule_for_nothing_fails() -> None:
    with pytest.raises(AssertionError, match="nothing to hold against"):
        every("number", [])(lambda number: None)()


def test_a_share_is_the_default_and_all_is_a_soak() -> None:
    seen: list[int] = []

    @every("number", range(7), share=3)
    def see(number: int) -> None:
        seen.append(number)

    for step in (1, 3):
        see(step=step)
    assert seen == [*range(7), 0, 3, 6]
    all_of_it, a_share = see.pytestmark[0].args[1]
    assert ([mark.name for mark in all_of_it.marks], list(a_share.marks)) == (["soak"], [])
