"""Run fuzz harnesses: ``python -m fuzz [--seconds N] [HARNESS...]``, each in a process of its own.

With atheris (Linux: ``pip install atheris``) inputs are guided by the code they reach; without it hypothesis mutates
the seeds, blindly. A failure prints what broke and leaves the input in ``build/fuzz``; ``--input FILE`` runs it again.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from fuzz import HARNESSES

FOUND = Path("build/fuzz")


def main() -> int:
    """Run the harnesses that were asked for; 1 if any of them broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("harness", nargs="*", help=f"{', '.join(HARNESSES)}; all of them if none is given")
    parser.add_argument("--seconds", type=int, default=60, help="how long each runs (default 60)")
    parser.add_argument("--input", type=Path, help="run one harness on one file and end")
    options = parser.parse_args()
    unknown = set(options.harness) - set(HARNESSES)
    if unknown or (options.input and len(options.harness) != 1):
        parser.error(f"no harness {', '.join(unknown)}" if unknown else "--input needs one harness")
    if options.input:
        importlib.import_module(f"fuzz.{options.harness[0]}").check(options.input.read_bytes())
        return 0
    failed = [name for name in options.harness or HARNESSES if not run(name, options.seconds)]
    print(f"broken: {', '.join(failed)}" if failed else "every promise held")
    return 1 if failed else 0


def run(name: str, seconds: int) -> bool:
    """One harness for so long. What it finds is in ``build/fuzz``."""
    guided = importlib.util.find_spec("atheris") is not None
    engine = "fuzz.guided" if guided else "fuzz.blind"
    FOUND.mkdir(parents=True, exist_ok=True)
    print(
        f"{name}: {seconds} s of {'atheris' if guided else 'hypothesis, since atheris is not installed'}",
        flush=True,
    )
    command = [sys.executable, "-m", engine, name, str(seconds), str(FOUND)]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
