"""The job of docs/howto/ci.md, run by bash as a CI system would, with hosts that work and hosts that do not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import Runner
from docs.blocks import blocks

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")
pytestmark = [
    pytest.mark.skipif(shutil.which("bash") is None, reason="the job is a shell's"),
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's"),
]

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "howto" / "ci.md"

SERVER = f"""
import sys
sys.path[:0] = {[str(ROOT / "examples"), str(ROOT / "tests")]}
import heart_rate_server, patience
patience.be_patient()
heart_rate_server.main(sys.argv[1:])
"""
NOTHING = "pass"


def job(
    folder: Path, host: str, *, timeout: str = "900", options: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the page's job in a folder that has the page's script and a host in Python."""
    found = list(blocks(PAGE))
    (recipe,) = (block.source for block in found if "./my-host" in block.source)
    (phone,) = (block.source for block in found if block.source.startswith("wait advertising"))
    (folder / "phone.txt").write_text(phone)
    program = folder / "my-host"
    program.write_text(f"#!{sys.executable}\n{host}")
    program.chmod(0o755)
    assert "--timeout 60" in recipe
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", *options.split(), "-c", recipe.replace("--timeout 60", f"--timeout {timeout}")],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [pytest.param("", marks=pytest.mark.soak), "-e -o pipefail"])
def test_a_host_that_serves_the_phone_passes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: str
) -> None:
    done = job(tmp_path, SERVER, options=options)
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    # Nothing wrong, unless this machine is so slow that one end had to repeat itself.
    assert done.stdout.endswith(Runner(capsys, monkeypatch)("doctor", "wire.jsonl").out)
    assert not os.path.lexists(tmp_path / "chip")


@pytest.mark.parametrize("options", ["", pytest.param("-e -o pipefail", marks=pytest.mark.soak)])
def test_a_host_that_does_nothing_fails(tmp_path: Path, options: str) -> None:
    done = job(tmp_path, NOTHING, timeout="1", options=options)
    assert done.returncode == 1, done.stdout
    assert "-- script: not finished: line 1: wait advertising\n" in done.stderr


def test_a_chip_that_does_not_start_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl").mkdir()  # where the recording should go
    assert job(tmp_path, NOTHING).returncode == 1
