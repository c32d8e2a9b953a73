"""Run the tests on Python for WebAssembly: ``python -m tools.wasm [--pyodide VERSION] [pytest's arguments]``.

Pyodide comes from npm and runs in Node; the packages come from the index, all of them without compiled parts. Tests
that need threads, processes, sockets or a terminal are not in ``TESTS``: docs/project/versions.md lists them.
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
    "tests/link",
    "tests/device",
    "tests/plans",
    "tests/web/test_screen.py",
    "tests/web/test_live.py",
)
_HERE = Path(__file__).parent
_NEEDED = (".[cli,wireshark]", "pytest", "hypothesis")


def main() -> int:
    """The command. Returns the tests' exit status, 0 where there is no Node to run them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--pyodide", default=PYODIDE, help="its version on npm, %(default)s by default")
    arguments, wanted = parser.parse_known_args()
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            return 0
    with tempfile.TemporaryDirectory() as scratch:
        runtime, packages = Path(scratch) / "runtime", Path(scratch) / "packages.zip"
        copy_runtime(runtime, arguments.pyodide)
        pack(install(Path(scratch) / "site", *_NEEDED), packages)
        command = ["node", str(_HERE / "run.mjs"), str(runtime), str(packages), str(ROOT)]
        options = ["-c", "tools/wasm/pytest.ini", "--rootdir=.", "-q", "-m", "not soak and not external"]
        return subprocess.run([*command, *options, *(wanted or TESTS)], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
