"""The recipes for recording name what the packages really have, where those can be installed."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "recording.md").read_text(encoding="utf-8")
RECIPES = {
    "pc_ble_driver_py.ble_driver": ("BLEDriver", "log_severity_level"),
    "blatann.device": ("BleDevice", "log_driver_comms"),
}


@pytest.mark.parametrize("module", RECIPES)
def test_a_recipe_s_argument_is_one_of_the_class(module: str) -> None:
    package, _, name = module.partition(".")
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    # Importing needs a chip's family, or a board.
    source = Path(spec.submodule_search_locations[0]) / f"{name}.py"
    class_name, argument = RECIPES[module]
    tree = ast.parse(source.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    made = [node for node in classes[0].body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    assert argument in [one.arg for one in made[0].args.args]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe[0])
def test_the_page_has_the_recipe(recipe: tuple[str, str]) -> None:
    class_name, argument = recipe
    assert re.search(rf"{class_name}\([^)]*{argument}=", PAGE)
