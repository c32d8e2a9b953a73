"""Commands that pages, hints and errors name: any pip takes them, and the package need be on no index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from every import every

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PACKAGE = sorted((ROOT / "gatts_codec").rglob("*.py"))
FILES = [*PAGES, *PACKAGE, *sorted((ROOT / "examples").glob("*.py"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
INSTALL = re.compile(r"pip install ([^`\n&#]*)")
HINT = re.compile(r"pip install ((?:[\w-]+|\"[\w\[\]-]+\")(?: [\w-]+)*)")


def names(requirement: str) -> str:
    return re.split(r"[ >=<;]", requirement)[0]


EXTRAS = {names(each) for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra}


@every("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_any_pip_takes_what_is_installed(path: Path) -> None:
    for line in INSTALL.findall(path.read_text("utf-8")):
        assert "--group" not in line
        assert not re.search(r"(^|[\s'\"])gatts-codec", line), "it is on no index yet"


def test_a_hint_names_what_an_extra_has() -> None:
    hints = [hint for path in PACKAGE for hint in HINT.findall(path.read_text("utf-8"))]
    wanted = {word.strip('"') for hint in hints for word in hint.split()}
    assert {
        "click",
        "rich",
        "pyarrow",
        "numpy",
        "python-pcapng",
        "fsspec",
        "dask[distributed]",
        "cryptography",
    } <= wanted
    assert wanted <= EXTRAS


def test_pytest_says_which_plugin_it_lacks() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q"],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 4
    (line,) = (said.stdout + said.stderr).split("\n\n")[0].strip().splitlines()
    assert line == "ERROR: Missing required plugins: hypothesis, pytest-timeout"
