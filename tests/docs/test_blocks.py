"""Every code block of the README and of the site's pages does what the page says."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docs.blocks import BOARD, Page, blocks
from patience import PATIENCE_S, PATIENT_CHIP

from gatts_codec.cli.chip_script import Script
from gatts_codec.device import ChipRunner, VirtualChip, parse_script
from gatts_codec.link.events import Rebooted
from gatts_codec.link.transports import open_transport

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")

ROOT = Path(__file__).parent.parent.parent
PHONES = {"careful": "mtu 185\nsubscribe 2a37", "in a hurry": "subscribe 2a37"}
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
    """A virtual chip with a phone that comes as soon as the chip advertises."""
    port = folder / "board"
    phone = parse_script(f"wait advertising\nconnect\n{habits}\nwait values 1\ndisconnect\n")
    chip = VirtualChip("sd_api_v5_pc", link=PATIENT_CHIP)
    script = Script(chip, phone, lambda line, important: None, once=False)
    chip.observers.append(lambda what: script.begin() if isinstance(what, Rebooted) else None)
    runner = ChipRunner(chip, open_transport("pty:"))
    runner.on_turn = script.turn
    port.symlink_to(runner.transport.name)
    script.begin()
    # Then the chip goes away, so that a page that waits for something fails.
    give_up = threading.Timer(PATIENCE_S, runner.stop)
    give_up.start()
    try:
        with runner:
            yield str(port)
    finally:
        give_up.cancel()
