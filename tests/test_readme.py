"""The README's picture shows what the commands say today, its links lead somewhere. Its code is run by tests/docs."""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

import pytest

pytest.importorskip("rich", reason="needs the cli extra")

ROOT = Path(__file__).parent.parent
# The tools lie beside the package, which must still be imported from where it is installed.
sys.path.append(str(ROOT))

from tools.picture import COMMANDS, PICTURE, said, text_of  # noqa: E402

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
README = ROOT / "README.md"


def test_the_picture_says_what_the_commands_say_today() -> None:
    shown = text_of(PICTURE.read_text("utf-8"))
    for command, output in zip(COMMANDS, said(), strict=True):
        assert text_of(f"$ gatts-codec {command}\n{escape(_COLOUR.sub('', output))}") in shown


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)", README.read_text("utf-8"))
    assert len(links) > 10
    assert [link for link in links if not (README.parent / link).exists()] == []
