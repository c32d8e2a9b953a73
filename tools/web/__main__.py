"""Build the page that reads logs in the browser: ``python -m tools.web [OUT]``.

OUT, build/web by default, is a folder for any static host: the page, Python for WebAssembly (Pyodide, from npm), and
gatts-codec with what it needs (from the package index), all of it copied now, so that the page loads nothing from
anywhere else. Needs npm and pip. ``gatts-codec web`` serves it on this machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.web.build import PYODIDE, build


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("out", nargs="?", type=Path, default=Path("build/web"), help="the folder to make")
    parser.add_argument("--pyodide", default=PYODIDE, help="its version on npm, %(default)s by default")
    arguments = parser.parse_args()
    build(arguments.out, arguments.pyodide)
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    print(f"{arguments.out}: {size / 1e6:.1f} MB. See it: gatts-codec web {arguments.out}")


if __name__ == "__main__":
    main()
