"""Every code block of the README and of the site's pages does what the page says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docs.blocks import BOARD, Page, blocks

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")

ROOT = Path(__file__).parent.parent.parent
PHONES = {"careful": "mtu 185\nsubscribe 2a37", "in a hurry": "subscribe 2a37"}
START_S = 30
CHIP_S = 100  # then the chip goes away, so that a page that waits for something fails
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def wants_board(path: Path) -> bool:
    """Whether a block that is run speaks of a board."""
    return any(BOARD in block.source for block in blocks(path) if block.language in ("python", "console"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="console blocks need bash")
@pytest.mark.skipif(sys.platform == "win32", reason="console blocks are written for a POSIX shell")
@pytest.mark.parametrize(
    ("path", "phone"),
    [
        pytest.param(path, phone, id=f"{path.relative_to(ROOT)}{f', a phone {phone}' if phone else ''}")
        for path in PAGES
        for phone in (PHONES if wants_board(path) else [""])
    ],
)
def test_its_code_blocks_do_what_it_says(
    path: Path, phone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    if phone:
        with board(tmp_path, PHONES[phone]) as port:
            Page(path, tmp_path, port).run()
    else:
        Page(path, tmp_path).run()


@contextmanager
def board(folder: Path, habits: str) -> Iterator[str]:
    """A virtual chip in a process of its own, with a phone that comes as soon as the chip advertises."""
    port, script = folder / "board", folder / "phone.txt"
    script.write_text(f"wait advertising\nconnect\n{habits}\nwait values 1\ndisconnect\n")
    command = [sys.executable, "-m", "gatts_codec", "chip", "-d", "sd_api_v5", "--pty", str(port)]
    command += ["--script", str(script), "--timeout", str(CHIP_S), "--quiet"]
    chip = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_S
        while not port.exists():
            assert chip.poll() is None, "the chip ended"
            assert time.monotonic() < end, "the chip did not start"
            time.sleep(0.01)
        yield str(port)
    finally:
        chip.terminate()
        chip.wait()
