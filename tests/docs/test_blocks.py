"""Every code block of the README and of the site's pages does what the page says."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from docs.blocks import Page

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.skipif(shutil.which("bash") is None, reason="console blocks need bash")
@pytest.mark.skipif(sys.platform == "win32", reason="console blocks are written for a POSIX shell")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_code_blocks_do_what_it_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    Page(path, tmp_path).run()
