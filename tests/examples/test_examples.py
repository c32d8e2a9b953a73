"""Every example runs as it stands, without a warning, and prints what it is an example of."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PRINTS = {
    "asyncio_host": "ServiceAddResponse(result=SUCCESS, handle=0x000e)",
    "dfu_authorization": "good image: 1024 bytes arrived",
    "duckdb_query": "sd_ble_gatts_value_get                 101 calls     1 failed",
    "heart_rate_server": "the phone got 72 73 75",
    "long_write": "37 bytes in the chip's table",
}


@pytest.mark.parametrize("name", PRINTS)
def test_it_does_what_it_is_an_example_of(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = str(EXAMPLES / f"{name}.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [program])
    runpy.run_path(program, run_name="__main__")
    assert PRINTS[name] in capsys.readouterr().out


def test_every_example_is_run() -> None:
    programs = {path.stem for path in EXAMPLES.glob("*.py")}
    assert programs == {*PRINTS, "test_heart_rate", "dfu"}  # which tests of their own run
