"""Says as JSON how a native module of pc-ble-driver-py behaves: ``python tests/drop_in/native.py v5 > native_v5.json``.

The files beside this one are what it said of 0.17.0 on Python 3.10.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from drop_in.habits import observe
from drop_in.probe import probe

FOLDER = Path(__file__).parent


def recorded(version: str) -> Any:
    """What the native module was like."""
    return json.loads((FOLDER / f"native_{version}.json").read_text("utf-8"))


def behaviour(module: Any) -> Any:
    """All that can be seen of a module, as JSON has it."""
    return json.loads(json.dumps({**probe(module), "habits": observe(module)}))


if __name__ == "__main__":
    native = importlib.import_module(f"pc_ble_driver_py.lib.nrf_ble_driver_sd_api_{sys.argv[1]}")
    print(json.dumps(behaviour(native), sort_keys=True))
