"""The diagram shows every transition of the tables."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from gatts_codec.link.machine import CHIP, HOST, IGNORE, TransitionTable

TOOL = Path(__file__).parents[2] / "tools" / "draw_link.py"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(TOOL))


@pytest.mark.parametrize("table", [HOST, CHIP], ids=["host", "chip"])
def test_every_transition_is_drawn(tool: dict[str, Any], table: TransitionTable) -> None:
    drawn = tool["draw"](table).splitlines()
    assert drawn[0] == "stateDiagram-v2"
    for state, row in table.items():
        for what, (action, after) in row.items():
            if action == IGNORE or what.name in tool["EVERYWHERE"]:
                continue
            arrow = f"    {state.name} --> {after.name}: "
            lines = [
                line
                for line in drawn
                if line.startswith(arrow) and line.endswith(f"/ {action.replace('_', ' ')}")
            ]
            assert len(lines) == 1
            assert what.name in lines[0].removeprefix(arrow).split(" / ")[0].split(", ")


def test_command_line(tool: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert tool["main"](["host"]) == 0
    assert "[*] --> CLOSED" in capsys.readouterr().out
    assert tool["main"]([]) == 2
    assert "host|chip|old-chip" in capsys.readouterr().err
