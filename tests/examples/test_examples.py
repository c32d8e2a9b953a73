"""Every example runs as it stands, without a warning, and prints what it is an example of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SECONDS = 60

PRINTS = {
    "asyncio_host": "ServiceAddResponse(result=SUCCESS, handle=0x000e)",
    "dfu_authorization": "good image: 1024 bytes arrived",
    "duckdb_query": "sd_ble_gatts_value_get                 101 calls     1 failed",
    "heart_rate_server": "the phone got 72 73 75",
    "long_write": "76 bytes in the chip's table",
}


def run(*command: str, folder: Path) -> str:
    """What a program prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PRINTS)
def test_it_does_what_it_is_an_example_of(name: str, tmp_path: Path) -> None:
    assert PRINTS[name] in run(str(EXAMPLES / f"{name}.py"), folder=tmp_path)


def test_every_example_is_run() -> None:
    programs = {path.stem for path in EXAMPLES.glob("*.py")}
    assert programs == {*PRINTS, "test_heart_rate"}  # which the pytest plugin's tests run
