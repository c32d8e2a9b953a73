"""``gatts-codec convert``: what it writes, what it tells, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from capture.recordings import RECORDINGS, records_of
from cli.commands import Runner

pytest.importorskip("pyarrow", reason="the extra parquet is not installed")

import pyarrow.dataset as ds

RECORDING = next(
    path for path in RECORDINGS if path.parts[-3:] == ("real_firmware", "sd_api_v5", "e_events.jsonl")
)
FRAMES = len(records_of(RECORDING))


def test_the_command(run: Runner, tmp_path: Path) -> None:
    outcome = run("convert", str(RECORDING), str(tmp_path / "out.parquet"), "-d", "sd_api_v5")
    assert (outcome.status, outcome.out) == (0, f"{tmp_path}/out.parquet: {FRAMES} packets, sd_api_v5\n")
    outcome = run("convert", str(RECORDING.parent / "*.jsonl"), str(tmp_path / "out"), "-d", "auto", "--json")
    assert outcome.status == 0
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert {line["dialect"] for line in found} == {"sd_api_v5"}
    assert (
        sum(line["rows"] for line in found) == ds.dataset(tmp_path / "out", partitioning="hive").count_rows()
    )


def test_the_command_tells_what_it_left_out(run: Runner, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_bytes(RECORDING.read_bytes() + b"not a line\n")
    outcome = run("convert", str(damaged), str(tmp_path / "out.parquet"), "-d", "sd_api_v5")
    assert outcome.status == 1
    assert f"damaged.jsonl:{len(RECORDING.read_bytes().splitlines()) + 1}: not JSON" in outcome.err
    assert "1 unreadable lines" in outcome.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.jsonl", "b.jsonl", "out.parquet"], "need a folder"),
        (["a.jsonl", "out.parquet", "--scheduler", "tcp://localhost:1"], "needs a folder"),
        (["none-*.jsonl", "out"], "no file matches"),
        (["none.jsonl", "out.parquet"], "No such file"),
        (["nowhere://x", "out.parquet"], "nowhere"),
    ],
)
def test_the_command_refuses(
    run: Runner, words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("convert", *words)
    assert outcome.status != 0
    assert told in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_without_arrow_it_says_what_to_install(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatts_codec.cli.convert.find_spec", lambda _: None)
    outcome = run("convert", "a", "b.parquet")
    assert "pip install pyarrow numpy" in outcome.err
