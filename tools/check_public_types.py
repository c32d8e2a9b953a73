"""Whether pyright knows the type of every public name, as ``pyright --verifytypes`` sees it from outside.

Public is what ``docs/project/policy.md`` says: the names that its packages and modules list in ``__all__``, and their
members. Needs pyright; run it in the environment in which the package is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from public_names import PUBLIC


def main() -> int:
    """Print every public symbol whose type is unknown or open to interpretation; 1 if there is one."""
    symbols = verify()
    homes = public_homes()
    public = [symbol for symbol in symbols if is_public(symbol["name"], homes)]
    bad = [symbol for symbol in public if not symbol["isTypeKnown"] or symbol["isTypeAmbiguous"]]
    for symbol in bad:
        reasons = " ".join(
            line.strip() for each in symbol["diagnostics"] for line in each["message"].splitlines()
        )
        print(f"{symbol['name']}: {reasons or 'something it is made of'}")
    print(f"{len(public) - len(bad)} of {len(public)} public symbols have a known type")
    return 1 if bad or not public else 0


def verify() -> list[dict[str, Any]]:
    """Every symbol of the package with what pyright makes of it."""
    command = ["pyright", "--verifytypes", "gatts_codec", "--ignoreexternal", "--outputjson"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["typeCompleteness"]["symbols"]
    except (ValueError, KeyError):
        sys.exit(f"pyright did not run (it needs Node.js): {done.stdout}{done.stderr}")
    return found


def public_homes() -> set[str]:
    """The full names of the public names, where they are defined."""
    found = set()
    for package in PUBLIC:
        module = import_module(package)
        for name in module.__all__:
            value = getattr(module, name)
            home = getattr(value, "__module__", package)
            found.add(f"{home}.{getattr(value, '__qualname__', name)}")
    return {name for name in found if name.startswith("gatts_codec.")}


def is_public(name: str, homes: set[str]) -> bool:
    """Whether a symbol is a public name or a member of one."""
    parts = name.split(".")
    return any(".".join(parts[:count]) in homes for count in range(2, len(parts) + 1))


if __name__ == "__main__":
    sys.exit(main())
