"""The module that stands for the native one: ``module("v5")`` is ``pc_ble_driver_py.lib.nrf_ble_driver_sd_api_v5``.

Constants come from ``gatts_codec.constants``, structures and calls from ``structures/``, what calls do from the codec's
layouts.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

from gatts_codec.constants.table import table
from gatts_codec.drop_in import rpc
from gatts_codec.drop_in.arrays import array_names, cell_names
from gatts_codec.drop_in.declared import declarations
from gatts_codec.drop_in.memory import Structures

_DIALECTS = {"v2": "sd_api_v2_pc", "v5": "sd_api_v5_pc"}
# The dialect whose headers have the controller's codes; they are Bluetooth's, and the same everywhere.
_WITH_HCI = "sd_api_v6"


@cache
def module(version: str) -> ModuleType:
    """The module of an SD API version, always the same one. Raises KeyError for a version that does not exist."""
    name = f"pc_ble_driver_py.lib.nrf_ble_driver_sd_api_{version}"
    made = ModuleType(name, f"The native module of SD API {version}, in Python: {__name__}.")
    vars(made).update(_names(version))
    return made


def _names(version: str) -> dict[str, Any]:
    declared = declarations(version)
    structures = Structures(declared)
    dialect = _DIALECTS[version]
    hci = {name: code for name, code in table(_WITH_HCI).items() if name.startswith("BLE_HCI_")}
    names: dict[str, Any] = {**hci, **table(dialect), **rpc.CONSTANTS, **structures.classes}
    for name, kind in declared.arrays.items():
        names.update(array_names(name, kind, structures))
    for name, kind in declared.cells.items():
        names.update(cell_names(name, kind, structures))
    names.update(rpc.functions(structures, dialect, declared))
    return names
