"""Running the command line in the test's own process."""

from __future__ import annotations

import io
import json
from typing import Any, NamedTuple

import pytest

from gatts_codec.cli import main


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def piped(text: str) -> io.TextIOWrapper:
    """A standard input as a shell gives it, surrogates standing for bytes that are no UTF-8."""
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogateescape")), "utf-8", "surrogateescape")


class Runner:
    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *args: str, stdin: str | None = None) -> Outcome:
        """Run with ``args``; without ``stdin`` the standard input is a terminal."""
        source = Terminal() if stdin is None else piped(stdin)
        with self._monkeypatch.context() as patched:
            patched.setattr("sys.stdin", source)
            status = main(args)
        captured = self._capsys.readouterr()
        return Outcome(status, captured.out, captured.err)
