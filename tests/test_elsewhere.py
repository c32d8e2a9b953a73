"""Windows and macOS, as far as Linux can pretend to be them: what they lack is missed nowhere, or missed in words."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from every import every

import gatts_codec

TESTS = Path(__file__).parent
PACKAGE = Path(gatts_codec.__file__).parent
FILES = sorted(
    path for root in (PACKAGE, TESTS) for path in root.rglob("*") if "__pycache__" not in path.parts
)
# The longest path that Windows takes by default is 260 characters; a checkout or site-packages has to fit before ours.
ROOM = 130

NO_PTY = "gatts-codec: Windows has no pseudo-terminals; a virtual chip can be on TCP (chip --tcp PORT)\n"
NO_TAP = "gatts-codec: the host program would need a pseudo-terminal, and Windows has none\n"
ENDS: dict[tuple[str, str], tuple[int, str]] = {
    ("win32", "chip"): (1, NO_PTY),
    ("win32", "chip --unix"): (1, "gatts-codec: Windows has no Unix sockets here; use TCP\n"),
    ("win32", "call"): (1, "gatts-codec: this system has no Unix sockets; use tcp:127.0.0.1:PORT\n"),
    ("win32", "tap"): (1, NO_TAP),
    ("win32", "ports"): (1, "gatts-codec: no serial port; is the board plugged in and switched on?\n"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="pretends to be elsewhere, on Linux")
@pytest.mark.parametrize("platform", ["win32", pytest.param("darwin", marks=pytest.mark.soak)])
def test_what_a_system_lacks(tmp_path: Path, platform: str) -> None:
    for extra in ("click", "rich", "pyarrow"):
        pytest.importorskip(extra)
    line = [sys.executable, str(TESTS / "elsewhere.py"), platform, str(tmp_path)]
    ours = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=False, env=ours)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["imported"] == sum(path.suffix == ".py" for path in PACKAGE.rglob("*.py")) - 1
    assert found["line_ends"] == []
    for run in found["ran"]:
        command = run["args"][0] + (" --unix" if "--unix" in run["args"] else "")
        if "--help" not in run["args"] and (platform, command) in ENDS:
            assert (run["status"], run["err"]) == ENDS[platform, command]
        elif command == "doctor":
            assert (run["status"], run["err"]) == (1, ""), "there is something wrong in that recording"
        elif command == "call":
            assert run["err"].endswith("does not exist: is the server running, and is this its path?\n")
        else:
            assert run["status"] == 0, run


def test_every_file_can_be_had_everywhere() -> None:
    names = [path.relative_to(PACKAGE.parent) for path in FILES if path.is_relative_to(PACKAGE.parent)]
    assert [name for name in names if set(name.as_posix()) & set(':*?"<>|\\')] == []
    assert [name for name in names if any(map(_is_reserved, name.parts))] == []
    assert [name for name in names if len(str(name)) > ROOM] == []
    assert [name for name, count in Counter(str(name).lower() for name in names).items() if count > 1] == []


def _is_reserved(part: str) -> bool:
    return part.endswith((" ", ".")) or PureWindowsPath(part).stem.split(".")[0].upper() in {
        *("AUX", "CON", "NUL", "PRN"),
        *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10)),
    }


@every("path", sorted(PACKAGE.rglob("*.py")))
def test_text_is_written_with_line_ends_of_its_own(path: Path) -> None:
    """Text that programs read is the same everywhere: no call leaves its line ends to the system."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {keyword.arg for keyword in node.keywords}
        if called == "write_text":
            assert "newline" in named, f"{path}:{node.lineno}"
        if called == "open" and "os.devnull" not in ast.unparse(node):
            modes = {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
            assert not modes & {"w", "wt", "a", "at", "x", "w+"}, f"{path}:{node.lineno}"
