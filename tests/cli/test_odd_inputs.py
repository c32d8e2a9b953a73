"""Inputs that people really have: damaged recordings, binary files for hex, streams the shell has closed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import Runner

CAPTURE = Path(__file__).parents[1] / "captures" / "scripted_chip" / "sd_api_v5" / "f_drop_ack.jsonl"
BROKEN = b'{"t_us":9,"dir":"host->device","hex":"c0\xff"}\n'


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b"garbage\n", b""), (b"", bytes(200)), (BROKEN, b""), (b'{"t_us": 1}\n', b"")],
    ids=["text", "zeros", "not utf-8", "no hex"],
)
def test_a_damaged_line_never_hides_a_recording(
    run: Runner, tmp_path: Path, before: bytes, behind: bytes
) -> None:
    whole = run("decode", str(CAPTURE), "--plain").lines
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(before + CAPTURE.read_bytes() + behind)
    outcome = run("decode", str(path), "--plain")
    assert outcome.status == 1
    assert "26 frames, 1 unreadable line" in outcome.out or "1 unreadable line, 26 frames" in outcome.out
    assert set(whole[1:26]) <= set(outcome.lines)


def test_a_binary_file_for_a_body_is_one_line(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"\xa4\xff\xff")
    outcome = run("decode", str(path), "--kind", "command", "-d", "sd_api_v5")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert "is not hex" in outcome.err


def test_hex_of_a_whole_recording_on_one_line(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "long.hex"
    path.write_text("c0000500fbc0" * 100_000)
    outcome = run("decode", str(path), "--errors")
    assert (outcome.status, outcome.lines[-1]) == (0, "100000 frames, all good")


def test_no_words_are_no_input(run: Runner) -> None:
    assert run("decode", "").status == 2


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize(
    ("command", "status"), [("decode - <&-", 1), ("explain 5 >&-", 0), ("decode c0000500fbc0 2>&-", 0)]
)
def test_streams_that_the_shell_has_closed(command: str, status: int) -> None:
    line = f"{sys.executable} -m gatts_codec {command}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
