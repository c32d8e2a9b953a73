"""What frees a deaf chip is not a frame, and no fault of the line either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.commands import Runner
from link.link_bytes import CONFIG, CONFIG_RSP, RELEASE, RESET, SYNC, SYNC_RSP


@pytest.fixture(name="recording")
def _recording(tmp_path: Path) -> str:
    """A link-up, and four releases in a row."""
    chunks = [("host->device", RELEASE + frame) for frame in (RESET, SYNC, CONFIG)]
    chunks += [("device->host", SYNC_RSP + CONFIG_RSP)] + [("host->device", RELEASE)] * 4
    rows = [{"t_us": at, "dir": way, "hex": data.hex()} for at, (way, data) in enumerate(chunks)]
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_decode_shows_it_and_finds_nothing_wrong(run: Runner, recording: str) -> None:
    done = run("decode", recording)
    assert done.status == 0
    assert done.out.count("release  no packet") == 7
    assert "BAD" not in done.out


def test_rows_have_no_error(run: Runner, recording: str) -> None:
    rows = [json.loads(line) for line in run("decode", "--json", recording).out.splitlines()]
    assert [row["bytes"] for row in rows].count(RELEASE.hex()) == 7
    assert all(row["error"] is None for row in rows)


def test_the_doctor_does_not_accuse_the_line(run: Runner, recording: str) -> None:
    assert "damaged" not in run("doctor", recording).out


@pytest.mark.parametrize("suffix", ["html", "csv", "pcapng"])
def test_every_format_takes_it(run: Runner, recording: str, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out.{suffix}"
    assert run("decode", recording, "-o", str(output)).status == 0
    assert b"short_frame" not in output.read_bytes()
