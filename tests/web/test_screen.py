"""The command line as the page shows it: what a terminal would get, in coloured pieces."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")

from gatts_codec.cli import main
from gatts_codec.web import screen

DEAD = str(
    Path(__file__).parent.parent / "captures" / "scripted_chip" / "sd_api_v5" / "f_no_ack_silent.jsonl"
)


def text(pieces: list[screen.Piece]) -> str:
    return "".join(piece for piece, _ in pieces)


@pytest.mark.parametrize("command", ["doctor", "decode", "explain"])
def test_it_says_what_the_command_line_says(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(DEAD).parent)  # by a short name, since a long one is wrapped
    arguments = [command, "0x3401" if command == "explain" else Path(DEAD).name]
    status = main(arguments)
    printed = capsys.readouterr()
    shown = screen.run(arguments)
    assert (shown.status, text(shown.err), shown.more) == (status, printed.err, False)
    assert text(shown.out).split() == printed.out.split()


def test_pieces_have_the_colours_of_a_terminal() -> None:
    shown = screen.run(["doctor", DEAD])
    assert ("ERROR  ", "bold colour-1") in shown.out


def test_output_has_an_end() -> None:
    shown = screen.run(["decode", DEAD], room=500)
    assert shown.more
    assert shown.status == 0
    assert "RESET" in text(shown.out)
    assert len(text(shown.out)) < 1000


def test_errors_are_shown_and_the_environment_is_as_before() -> None:
    before = dict(os.environ)
    shown = screen.run(["decode", "no such file"])
    assert shown.status == 1
    assert "no such file" in text(shown.err)
    assert dict(os.environ) == before
