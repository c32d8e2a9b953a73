"""Run the tests on Python for WebAssembly: ``python -m tools.wasm [--pyodide VERSION] [pytest's arguments]``.

Pyodide comes from npm and runs in Node; the packages come from the index, all of them without compiled parts. What
needs threads, processes, sockets or a terminal is not run: docs/project/versions.md lists it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.web.build import PYODIDE, ROOT, copy_runtime, install, pack

TESTS = (
    "tests/framing",
    "tests/schema",
    "tests/capture",
    "tests/device",
    "tests/link/test_chip.py",
    "tests/link/test_host.py",
    "tests/link/test_replay_chip.py",
    "tests/link/test_replay_host.py",
    "tests/link/test_session.py",
    "tests/link/test_simulated_line.py",
    "tests/link/test_tables.py",
    "tests/plans/test_advertising.py",
    "tests/plans/test_commands.py",
    "tests/test_annotate.py",
    "tests/test_cfg_set.py",
    "tests/test_constants.py",
    "tests/test_constants_explain.py",
    "tests/test_dialects.py",
    "tests/test_encode_anything.py",
    "tests/test_messages.py",
    "tests/test_opaque.py",
    "tests/test_round_trip.py",
    "tests/test_vectors.py",
    "tests/web/test_screen.py",
)
_HERE = Path(__file__).parent
_NEEDED = (".[cli,wireshark]", "pytest", "hypothesis==6.155.0")  # later ones have compiled parts


def main() -> int:
    """The command. Returns the tests' exit status, 0 where there is no Node to run them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--pyodide", default=PYODIDE, help="its version on npm, %(default)s by default")
    arguments, wanted = parser.parse_known_args()
    named = any(not word.startswith("-") for word in wanted)
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            return 0
    with tempfile.TemporaryDirectory() as scratch:
        runtime, packages = Path(scratch) / "runtime", Path(scratch) / "packages.zip"
        copy_runtime(runtime, arguments.pyodide)
        pack(install(Path(scratch) / "site", *_NEEDED), packages)
        node = ["node", "--stack-size=6000", str(_HERE / "run.mjs"), str(runtime), str(packages), str(ROOT)]
        tests = wanted if named else [*wanted, *TESTS]
        return subprocess.run([*node, "-c", "tools/wasm/pytest.ini", *tests], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
