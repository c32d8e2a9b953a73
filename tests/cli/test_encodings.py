"""Output that cannot show every character: Windows' code pages, the C locale. Nothing is lost, nothing ends early."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gatts_codec.cli import main

CAPTURE = Path(__file__).parents[1] / "captures" / "scripted_chip" / "sd_api_v5" / "f_drop_ack.jsonl"
ODD_NAME = "\u00fcbung \u2713 \u65e5.jsonl"
COMMANDS = {
    "decode": ("decode", ODD_NAME),
    "fields": ("decode", ODD_NAME, "-v"),
    "calls": ("decode", ODD_NAME, "--calls", "--plain"),
    "json": ("decode", ODD_NAME, "--json"),
    "csv": ("decode", ODD_NAME, "--to", "csv"),
    "html": ("decode", ODD_NAME, "--to", "html"),
    "doctor": ("doctor", ODD_NAME),
    "doctor json": ("doctor", ODD_NAME, "--json"),
    "vectors": ("vectors", ODD_NAME),
    "help": ("chip", "--help"),
    "explain": ("explain", "\u2713"),
    "encode": ("encode", "\u2713", "-d", "sd_api_v5"),
    "call": ("call", "unix:\u2713", "value_get", "-d", "sd_api_v5"),
}


@pytest.fixture(autouse=True)
def _recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        shutil.copyfile(CAPTURE, tmp_path / ODD_NAME)
    except UnicodeError:
        pytest.skip("this system's file names have no such characters")
    monkeypatch.chdir(tmp_path)


def _shown(monkeypatch: pytest.MonkeyPatch, encoding: str, *args: str) -> tuple[int, bytes, bytes]:
    out, err = io.BytesIO(), io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", io.TextIOWrapper(out, encoding, newline="\n"))
        patched.setattr("sys.stderr", io.TextIOWrapper(err, encoding, newline="\n"))
        status = main(args)
        sys.stdout.flush()
        sys.stderr.flush()
        return status, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_what_an_encoding_lacks_is_escaped(
    monkeypatch: pytest.MonkeyPatch, encoding: str, args: tuple[str, ...]
) -> None:
    wanted = _shown(monkeypatch, "utf-8", *args)
    found = _shown(monkeypatch, encoding, *args)
    assert found[0] == wanted[0]
    assert found[2] == wanted[2].decode().encode(encoding, "backslashreplace")
    # What others read has an encoding of its own.
    read_by_programs = "--to" in args
    assert found[1] == (
        wanted[1] if read_by_programs else wanted[1].decode().encode(encoding, "backslashreplace")
    )


def test_the_demo_draws_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = _shown(monkeypatch, "cp1252", "demo")
    assert status == 0
    assert b"---->" in out
    assert b"\\u" not in out


@pytest.mark.parametrize("args", [("decode", ODD_NAME, "--json"), ("doctor", ODD_NAME, "--json")])
def test_json_is_ascii(monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]) -> None:
    _, out, _ = _shown(monkeypatch, "cp1252", *args)
    assert [json.loads(line) for line in out.decode("ascii").splitlines()]


@pytest.mark.parametrize(
    "setting",
    [
        {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        pytest.param({"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, marks=pytest.mark.soak),
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=["code page", "ascii", "C locale"],
)
def test_a_process_in_such_surroundings(setting: dict[str, str]) -> None:
    for args, status, shown in (
        (("explain", "\u2713"), 1, b"gatts-codec: nothing known about "),
        (("decode", ODD_NAME), 0, b"26 frames, all good"),
    ):
        line = [sys.executable, "-m", "gatts_codec", *args]
        done = subprocess.run(line, capture_output=True, check=False, env={**os.environ, **setting})
        assert done.returncode == status
        assert shown in done.stdout + done.stderr


def test_json_on_standard_input_is_utf_8_with_or_without_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = b'\xef\xbb\xbf{"conn_handle": 0, "hvx_params": {"handle": 14}}'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), "cp1252"))
    assert _shown(monkeypatch, "cp1252", "encode", "hvx", "-d", "sd_api_v5")[::2] == (0, b"")
