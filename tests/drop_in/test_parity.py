"""The modules have every name of the native ones, with the same values, and all of them behave alike."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from drop_in.native import FOLDER, behaviour, recorded
from realhost.hosts import native_runs

from gatts_codec.drop_in.native import module

NATIVE = {version: recorded(version) for version in ("v2", "v5")}
each_version = pytest.mark.parametrize("version", NATIVE)


@cache
def ours(version: str) -> Any:
    return behaviour(module(version))


def fields(said: Any) -> dict[str, list[str]]:
    """Each field of each structure: its type, and what came of each value."""
    return {
        f"{structure}.{name}": [c, *said["kinds"][kind]]
        for structure, members in said["structures"].items()
        for name, (c, kind) in members.items()
    }


@each_version
def test_constants(version: str) -> None:
    """There may be more: of headers that the native module leaves out."""
    constants = NATIVE[version]["constants"]
    assert {name: ours(version)["constants"].get(name) for name in constants} == constants


@each_version
@pytest.mark.parametrize("part", ["functions", "methods", "habits"])
def test_functions_classes_and_habits(version: str, part: str) -> None:
    assert ours(version)[part] == NATIVE[version][part]


@each_version
def test_structures(version: str) -> None:
    assert fields(ours(version)) == fields(NATIVE[version])


@each_version
def test_functions_know_their_names(version: str) -> None:
    made = module(version)
    assert [name for name in NATIVE[version]["functions"] if getattr(made, name).__name__ != name] == []


@native_runs
@each_version
def test_the_native_module_is_as_recorded(version: str) -> None:
    """In a process of its own: the modules of two versions do not get on in one."""
    command = [sys.executable, str(FOLDER / "native.py"), version]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    assert json.loads(said.stdout) == NATIVE[version]
