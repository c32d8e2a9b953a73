"""A module imports only lower layers, or its own folder; and only some may know construct, or the time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from every import every

import gatts_codec

PACKAGE = Path(gatts_codec.__file__).parent
# Lowest first: a module imports from groups before its own, or from its own folder.
ORDER: tuple[set[str], ...] = (
    {"facade", "version"},
    {"errors"},
    {"arguments"},
    {"constants"},
    {"framing", "schema"},
    {"packets"},
    {"dialects", "common", "gap", "gattc", "l2cap", "advertising"},
    {"interpreter"},
    {"functions"},
    {"codec"},
    {"detection", "plans"},
    {"link", "capture", "vectors", "dissectors"},
    {"device", "drop_in"},
    {"cli", "pytest_plugin"},
    {"web"},
    {"__main__", "__init__"},
)
LAYERS = {unit: layer for layer, units in enumerate(ORDER) for unit in units}
# The interpreter turns construct's errors into ours; nothing above it sees construct.
CONSTRUCT = {"schema", "packets", "interpreter"}
WORLD = {
    "time",
    "socket",
    "selectors",
    "select",
    "threading",
    "asyncio",
    "serial",
    "subprocess",
    "multiprocessing",
}
FIRST_LAYER_IN_THE_WORLD = LAYERS["link"]
STATE_MACHINES = (
    "link.machine",
    "link.host_link",
    "link.chip_link",
    "link.session",
    "link.plain",
    "device.device",
    "framing.decoder",
)

MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    """``gatts_codec/schema/blocks.py`` as ``schema.blocks``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def unit(module: str) -> str:
    return module.partition(".")[0]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, at its top or anywhere in it."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(path, node.level, node.module or "")
            names = [alias.name for alias in node.names]
            yield from (_module_or_name(module, name) for name in names)


def _absolute(path: Path, level: int, module: str) -> str:
    if not level:
        return module
    package = path.parents[level - 1].relative_to(PACKAGE.parent).parts
    return ".".join((*package, module)).rstrip(".")


def _module_or_name(module: str, name: str) -> str:
    place = PACKAGE.parent.joinpath(*module.split("."), name)
    return f"{module}.{name}" if place.with_suffix(".py").exists() or place.is_dir() else module


def own(path: Path) -> set[str]:
    """What it imports of this package; the package itself is its public names."""
    found = {name for name in imports(path) if name.partition(".")[0] == "gatts_codec"}
    return {name.removeprefix("gatts_codec.") if "." in name else "__init__" for name in found}


each_module = every("path", MODULES, ids=dotted)


@each_module
def test_every_module_has_a_layer(path: Path) -> None:
    assert unit(dotted(path)) in LAYERS, f"{dotted(path)}: give it a place in ORDER, and in CONTRIBUTING.md"


@each_module
def test_imports_go_downwards(path: Path) -> None:
    here = unit(dotted(path))
    for name in own(path):
        there = unit(name)
        assert there == here or LAYERS[there] < LAYERS[here], (
            f"{dotted(path)} imports {name}, which is not below it"
        )


def test_no_modules_import_each_other() -> None:
    """Not even for types, nor through a third one; CycleError names those that do."""
    modules = {dotted(path): path for path in MODULES}
    TopologicalSorter({name: own(path) - {name} for name, path in modules.items()}).prepare()


@each_module
def test_construct_stays_below_the_codec(path: Path) -> None:
    if unit(dotted(path)) not in CONSTRUCT:
        assert "construct" not in {name.partition(".")[0] for name in imports(path)}


@each_module
def test_the_world_begins_at_the_link(path: Path) -> None:
    if LAYERS[unit(dotted(path))] < FIRST_LAYER_IN_THE_WORLD:
        assert not WORLD & {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("machine", STATE_MACHINES)
def test_a_state_machine_knows_no_clock_and_no_line(machine: str) -> None:
    paths = {dotted(path): path for path in MODULES}
    seen, waiting = set[str](), {machine}
    while waiting:
        module = waiting.pop()
        seen.add(module)
        assert not WORLD & {name.partition(".")[0] for name in imports(paths[module])}, (
            f"{machine} uses {module}"
        )
        waiting |= {name for name in own(paths[module]) if name in paths} - seen


def test_the_walk_sees_imports() -> None:
    assert "schema.blocks" in own(PACKAGE / "packets" / "gatts" / "hvx.py")
    assert "packets.gatts.hvx" in own(PACKAGE / "packets" / "gatts" / "history.py")
    assert "construct" in set(imports(PACKAGE / "schema" / "blocks.py"))
    assert unit(dotted(PACKAGE / "schema" / "__init__.py")) == "schema"
