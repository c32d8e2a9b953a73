"""The public names: one list, their homes, and what type checkers read say the same. Importing costs nothing."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import gatts_codec
from gatts_codec.codec import Codec
from gatts_codec.dialects import DIALECTS

SOURCE = ast.parse(Path(gatts_codec.__file__).read_text("utf-8"))
HOMES = {name: module for module, names in gatts_codec._HOMES.items() for name in names.split()}


def imported(statements: list[ast.stmt]) -> dict[str, str]:
    """Name to module of every ``from gatts_codec.x import``."""
    return {
        alias.name: str(node.module).removeprefix("gatts_codec.")
        for node in statements
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("gatts_codec")
        for alias in node.names
    }


def type_checking_block() -> list[ast.stmt]:
    (block,) = (
        node
        for node in SOURCE.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    return block.body


def test_type_checkers_read_what_loads() -> None:
    assert imported(type_checking_block()) == HOMES


def test_all_is_everything_and_sorted() -> None:
    assert set(gatts_codec.__all__) == {*HOMES, *imported(SOURCE.body), "__version__"}
    assert len(gatts_codec.__all__) == len(set(gatts_codec.__all__))


@pytest.mark.parametrize("name", gatts_codec.__all__)
def test_a_public_name_is_that_of_its_home(name: str) -> None:
    value = getattr(gatts_codec, name)
    if name in HOMES:
        assert value is getattr(importlib.import_module(f"gatts_codec.{HOMES[name]}"), name)
    assert name in dir(gatts_codec)


def test_every_message_is_public() -> None:
    for dialect in DIALECTS:
        for cls in Codec(dialect).message_classes():
            assert getattr(gatts_codec, cls.__name__) is cls


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gatts_codec' has no attribute 'Codek'"):
        _ = gatts_codec.Codek


def test_importing_the_package_loads_next_to_nothing() -> None:
    script = "import sys, gatts_codec; gatts_codec.GattsError; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    assert [name for name in loaded if name.startswith("gatts_codec")] == [
        "gatts_codec",
        "gatts_codec.errors",
    ]
    assert not {"construct", "serial", "cobs", "asyncio", "click", "rich"} & set(loaded)
