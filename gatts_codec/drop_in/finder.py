"""What makes ``import pc_ble_driver_py.lib.nrf_ble_driver_sd_api_v5`` find our module instead of the native one."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from gatts_codec.errors import GattsError

_PACKAGE = "pc_ble_driver_py"
_NATIVE = re.compile(rf"{_PACKAGE}\.lib\.nrf_ble_driver_sd_api_(v[25])")
_STAND_IN = Path(__file__).with_name("stand_in")
# What only pc-ble-driver-py has: its own layer above the native module.
_VENDORS = {f"{_PACKAGE}.{name}" for name in ("ble_adapter", "ble_driver", "ble_driver_types", "observers")}


def install() -> None:
    """Make imports of the native module of pc-ble-driver-py find the one in Python, from now on, in this process.

    Raises GattsError where the native one has been imported before. Does nothing the second time.
    """
    for name, module in sys.modules.items():
        if _NATIVE.fullmatch(name) and not isinstance(module.__loader__, _ModuleLoader):
            raise GattsError(f"{name} was imported before: install() has to come first")
    if not any(isinstance(finder, _NativeFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _NativeFinder())
        sys.meta_path.append(_PackageFinder())


class _ModuleLoader(Loader):
    """Makes the module of one SD API version."""

    def __init__(self, version: str) -> None:
        self._version = version

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        # Only now: a program that never asks for the module does not pay for it.
        from gatts_codec.drop_in.native import module

        return module(self._version)

    def exec_module(self, module: ModuleType) -> None:
        """It is complete."""


class _NativeFinder(MetaPathFinder):
    """Comes before all others: the native part is replaced also where it is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        match = _NATIVE.fullmatch(fullname)
        return ModuleSpec(fullname, _ModuleLoader(match[1])) if match else None


class _PackageFinder(MetaPathFinder):
    """Comes after all others: it is asked where pc-ble-driver-py is not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in _VENDORS:
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: it is one of pc-ble-driver-py's Python files, which have to be"
                " installed (without its native module, if that does not exist for this Python)",
                name=fullname,
            )
        if fullname != _PACKAGE:
            return None
        return spec_from_file_location(
            fullname, _STAND_IN / "__init__.py", submodule_search_locations=[str(_STAND_IN)]
        )
