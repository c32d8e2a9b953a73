"""The fuzz harnesses: every seed keeps every promise, and so do some inputs near them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import HARNESSES
from fuzz.blind import mutations


@cache
def seeds(name: str) -> list[bytes]:
    found: list[bytes] = import_module(f"fuzz.{name}").seeds()
    return found


@pytest.mark.parametrize(
    ("name", "step"),
    [
        *((name, 5 if name == "codec" else 1) for name in HARNESSES),
        pytest.param("codec", 1, marks=pytest.mark.soak),
    ],
)
def test_seeds_keep_the_promises(name: str, step: int) -> None:
    harness = import_module(f"fuzz.{name}")
    assert seeds(name)
    for seed in seeds(name)[::step]:
        harness.check(seed)


@pytest.mark.parametrize("name", HARNESSES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_inputs_near_the_seeds_keep_the_promises(name: str, data: Any) -> None:
    harness = import_module(f"fuzz.{name}")
    harness.check(data.draw(mutations(seeds(name))))


@pytest.mark.parametrize("name", HARNESSES)
def test_no_input_is_too_short(name: str) -> None:
    harness = import_module(f"fuzz.{name}")
    for size in range(4):
        harness.check(bytes(size))
