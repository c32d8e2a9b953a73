"""Fixtures of the command line's tests."""

from __future__ import annotations

import pytest
from cli.commands import Runner

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Run the command line: ``run("explain", "hvx").out``. No setting of the tester's terminal gets through."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Runner(capsys, monkeypatch)
