"""``python -m gatts_codec.drop_in``: runs a program that was written for pc-ble-driver-py."""

from __future__ import annotations

import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

from gatts_codec.drop_in import install

USAGE = """\
usage: python -m gatts_codec.drop_in -m MODULE [ARGUMENT ..]
       python -m gatts_codec.drop_in SCRIPT [ARGUMENT ..]

Runs a program as python does, with pc-ble-driver-py's native module replaced by one in pure Python:

    python -m gatts_codec.drop_in -m blatann.examples peripheral /dev/ttyACM0"""


def main(arguments: list[str]) -> None:
    """Run the program that the arguments name. Raises SystemExit when it cannot be found, and what it raises."""
    match arguments:
        case ["-m", module, *rest]:
            install()
            _run_module(module, rest)
        case ["-h" | "--help"]:
            print(USAGE)
        case [script, *rest] if not script.startswith("-"):
            install()
            _run_script(script, rest)
        case _:
            print(USAGE, file=sys.stderr)
            raise SystemExit(2)


def _run_module(name: str, arguments: list[str]) -> None:
    if not _exists(name):
        raise SystemExit(f"{sys.executable}: no module named {name}")
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError as error:
        if error.name is not None and module.startswith(error.name):  # the package that it would be in
            return False
        raise


def _run_script(path: str, arguments: list[str]) -> None:
    if not Path(path).exists():
        raise SystemExit(f"{sys.executable}: no such file: {path}")
    sys.argv = [path, *arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = str(Path(path).resolve().parent)
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
