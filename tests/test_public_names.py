"""The public names: each is where the stub says; importing costs nothing."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from every import every
from public_names import LAZY, PUBLIC

import gatts_codec
from gatts_codec.codec import Codec
from gatts_codec.constants.table import group_and_name
from gatts_codec.dialects import DIALECTS

ROOT = Path(__file__).parents[1]
NAMES = [(package, name) for package in PUBLIC for name in importlib.import_module(package).__all__]
POLICY = ROOT / "docs" / "project" / "policy.md"
each_lazy = pytest.mark.parametrize("package", LAZY)


def homes(package: str) -> dict[str, str]:
    """Name to full module, as the stub says, which type checkers read."""
    path = importlib.import_module(package).__file__
    assert path is not None
    tree = ast.parse(Path(path).with_suffix(".pyi").read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert all(alias.asname == alias.name for node in found for alias in node.names)
    return {alias.name: str(node.module) for node in found for alias in node.names}


@each_lazy
def test_all_is_everything_once(package: str) -> None:
    assert importlib.import_module(package).__all__ == sorted(homes(package))


@every("package, name", NAMES)
def test_a_public_name_is_there(package: str, name: str) -> None:
    module = importlib.import_module(package)
    value = getattr(module, name)
    assert name in dir(module)
    if package in LAZY and name in homes(package):
        assert value is getattr(importlib.import_module(homes(package)[name]), name)
        assert name in vars(module)


@each_lazy
def test_no_public_name_is_also_a_module(package: str) -> None:
    """Whichever was imported first would hide the other."""
    if not hasattr(importlib.import_module(package), "__path__"):
        return
    path = importlib.import_module(package).__path__[0]
    modules = {file.stem for file in Path(path).glob("*.py")} | {
        file.parent.name for file in Path(path).glob("*/")
    }
    assert not modules & {name for name, home in homes(package).items() if home != package}


def test_every_message_is_public() -> None:
    for dialect in DIALECTS:
        for cls in Codec(dialect).message_classes():
            group, _ = group_and_name(cls.name)
            public = importlib.import_module("gatts_codec" + f".{group}" * (group != "gatts"))
            assert getattr(public, cls.__name__) is cls


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gatts_codec' has no attribute 'Codek'"):
        _ = getattr(gatts_codec, "Codek")  # noqa: B009  as code does that no type checker has read


def test_importing_the_package_loads_next_to_nothing() -> None:
    script = "import sys, gatts_codec; gatts_codec.GattsError; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    assert [name for name in loaded if name.startswith("gatts_codec")] == [
        "gatts_codec",
        "gatts_codec.errors",
        "gatts_codec.facade",
    ]
    assert not {"construct", "serial", "cobs", "asyncio", "click", "rich"} & set(loaded)


def imports_of(path: Path) -> set[tuple[str, str]]:
    """(module, name) of what the Python in a page or a program imports from the library."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    found = re.findall(r"^\s*from (gatts_codec[\w.]*) import (?:\(([^)]*)\)|(.*))$", text, re.MULTILINE)
    return {
        (module, name.split(" as ")[0].strip())
        for module, wrapped, single in found
        for name in re.sub(r"#.*", "", wrapped or single).split(",")
        if name.strip()
    }


@every(
    "path",
    [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_pages_and_examples_need_public_names_alone(path: Path) -> None:
    assert imports_of(path) <= set(NAMES)


def test_the_policy_names_what_is_public() -> None:
    said = POLICY.read_text("utf-8").partition("with its public methods")[0].rpartition("`__all__`")[2]
    modules = set(re.findall(r"`(\w+)`", said)) - {"gatts_codec"}
    assert modules == {package.partition(".")[2] for package in PUBLIC} - {""}
