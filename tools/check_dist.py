"""Build sdist and wheel, check both, and use the wheel as a stranger does: in an empty environment, without extras.

python tools/check_dist.py        needs build, twine and check-wheel-contents
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent

# What the library alone must do; -W error makes every warning an exception.
USE = """
import sys
import gatts_codec
heavy = {"construct", "click", "rich", "serial", "asyncio", "numpy"} & set(sys.modules)
assert not heavy, f"import gatts_codec imports {heavy}"
for name in gatts_codec.__all__:
    getattr(gatts_codec, name)
for dialect in gatts_codec.DIALECTS:
    codec = gatts_codec.Codec(dialect)
    message = gatts_codec.ServiceAdd(1, gatts_codec.Uuid(0x180D))
    assert codec.decode_command(codec.encode(message)) == message
print(gatts_codec.__version__)
"""


def main() -> int:
    """Run every check; the first that fails ends the program with its output."""
    with tempfile.TemporaryDirectory() as folder:
        dist, clean = Path(folder, "dist"), Path(folder, "clean")
        run(sys.executable, "-m", "build", "--outdir", str(dist), str(ROOT))
        built = sorted(str(path) for path in dist.iterdir())
        run(sys.executable, "-m", "twine", "check", "--strict", *built)
        (wheel,) = (path for path in built if path.endswith(".whl"))
        run(sys.executable, "-m", "check_wheel_contents", wheel)
        venv.create(clean, with_pip=True)
        python = str(next(clean.glob("[bS]*/python*")))
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
        run(python, "-W", "error", "-c", USE, cwd=folder)
        expect_advice(python, "cli", folder)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[cli]")
        run(python, "-m", "gatts_codec", "explain", "13313", cwd=folder)
    print("dist: sdist and wheel are good")
    return 0


def run(*command: str, cwd: str | None = None) -> None:
    """Run a command, quietly unless it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=_environment())
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def expect_advice(python: str, extra: str, folder: str) -> None:
    """The command line without what it needs: status 2 and one line that says which extra to install."""
    done = subprocess.run(
        [python, "-m", "gatts_codec", "decode", "c0"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    if done.returncode != 2 or f"needs the {extra} extra" not in done.stderr or done.stderr.count("\n") != 1:
        sys.exit(f"without the {extra} extra: status {done.returncode}\n{done.stdout}{done.stderr}")


def _environment() -> dict[str, str]:
    # What belongs to the caller's environment must not leak into the clean one.
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


if __name__ == "__main__":
    sys.exit(main())
