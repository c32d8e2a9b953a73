"""``gatts-codec chip`` and ``gatts-codec demo``."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.commands import Runner

from gatts_codec import Uuid
from gatts_codec.errors import LinkClosed
from gatts_codec.link.client import connect

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX's")
Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a chip with some arguments; the process, and the URL that it says it is on."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "gatts_codec", "chip", "-d", "sd_api_v5", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if match := re.search(r"chip on (\S+), Ctrl-C ends it", line):
                return process, match[1]
        raise AssertionError("".join(said))

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def interrupted(process: subprocess.Popen[str], by: int = signal.SIGINT) -> tuple[str, str]:
    process.send_signal(by)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    return out, err


@posix
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_chip_on_a_pty_with_traffic_script_and_recording(start: Start, tmp_path: Path, by: int) -> None:
    script, record, link = tmp_path / "phone", tmp_path / "wire.jsonl", tmp_path / "chip"
    script.write_text("wait link\nconnect\nread 0x0003\ndisconnect\n", "utf-8")
    process, url = start("--pty", str(link), "--script", str(script), "--record", str(record))
    assert url == f"serial:{link}"
    with connect(url, "sd_api_v5") as client:
        assert client.service_add(1, Uuid(0x180D)).handle == 12
    out, err = interrupted(process, by)
    assert "service_add" in out
    assert "GAP_CONNECTED" in out
    assert "ACK" not in out
    assert "-- link up" in err
    assert "-- script: line 3: read 0x0003 -> 6e 52 46 35 78" in err
    assert err.endswith("-- stopped\n")
    assert not os.path.lexists(link)
    chunks = [json.loads(line) for line in record.read_text("ascii").splitlines()]
    assert {chunk["dir"] for chunk in chunks} == {"host->device", "device->host"}


def test_a_chip_on_tcp_quietly_and_one_host_after_the_other(start: Start, tmp_path: Path) -> None:
    record = tmp_path / "wire.jsonl"
    process, url = start("--tcp", "0", "--quiet", "--set", "service_changed=0", "--record", str(record))
    for _ in range(2):
        with connect(url, "sd_api_v5") as client:
            assert client.service_add(1, Uuid(0x180D)).handle == 9
    if sys.platform == "win32":
        process.kill()
        return
    out, err = interrupted(process)
    assert out == ""
    assert err == "-- stopped\n"
    assert record.exists()
    assert (tmp_path / "wire-2.jsonl").exists()


@posix
@pytest.mark.parametrize("place", ["tcp", "unix"])
def test_a_second_host_is_told_that_the_chip_is_busy(start: Start, tmp_path: Path, place: str) -> None:
    process, url = start(f"--{place}", "0" if place == "tcp" else str(tmp_path / "chip"), "--quiet")
    with connect(url, "sd_api_v5") as first:
        with pytest.raises(LinkClosed, match="went away"):
            connect(url, "sd_api_v5")
        assert first.service_add(1, Uuid(0x180D)).handle == 12
    assert "-- busy: one host at a time, refused" in interrupted(process)[1]


@posix
def test_faults_and_a_script_that_fails(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "phone"
    script.write_text("wait link\nconnect\nread 0x0999\n", "utf-8")
    process, url = start("-v", "--fault", "result=service_add:NO_MEM", "--script", str(script))
    with connect(url, "sd_api_v5") as client:
        assert client.service_add(1, Uuid(0x180D), check=False).result == 4
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "ACK" in out
    assert "-- fault: result" in err
    assert "-- script: line 3: read 0x0999: read of 0x0999: BLE_GATT_STATUS_ATTERR_INVALID_HANDLE" in err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--pty", "x", "--tcp", "1"], 2, "one place"),
        (["--tcp", "nowhere:port"], 2, "--tcp takes PORT or HOST:PORT"),
        (["--fault", "explode"], 1, "unknown fault 'explode'"),
        (["--script", "does-not-exist"], 1, "does-not-exist: No such file"),
        (["--max-payload", "5"], 2, "'384'"),
        (["--set", "colour=1"], 2, "no setting 'colour'; there are table_size"),
        (["--set", "table_size=big"], 2, "table_size is a number"),
    ],
)
def test_what_cannot_be_done_is_explained(run: Runner, arguments: list[str], status: int, said: str) -> None:
    outcome = run("chip", "-d", "sd_api_v5", *arguments)
    assert outcome.status == status
    assert said in outcome.err
    assert outcome.out == ""


def test_a_script_that_is_none_is_refused_before_anything_runs(run: Runner, tmp_path: Path) -> None:
    script = tmp_path / "phone"
    script.write_text("jump\n", "utf-8")
    outcome = run("chip", "-d", "sd_api_v5", "--script", str(script))
    assert outcome.status == 1
    assert "line 1: jump: no such command" in outcome.err


def test_the_demo(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    record = tmp_path / "demo.jsonl"
    outcome = run("demo", "--record", str(record))
    assert outcome.status == 0
    assert [line for line in outcome.lines if re.match(r"\d+\. ", line)] == [
        "1. The link comes up",
        "2. The host enables BLE",
        "3. The host builds a heart rate service",
        "4. The host advertises, a phone connects",
        "5. The phone asks for a larger MTU",
        "6. The phone subscribes",
        "7. The heart beats",
        "8. A read that the host authorizes",
        "9. A write that it grants, and one that it refuses",
        "10. The phone leaves",
    ]
    assert max(map(len, outcome.lines[:-3])) <= 100
    assert "service_add  type=PRIMARY uuid=0x180d" in outcome.out
    assert "cfg_set (common)" in outcome.out
    decoded = run("decode", str(record), "-d", "sd_api_v5")
    assert decoded.status == 0
    frames = re.search(r"^(\d+) frames", outcome.out, re.MULTILINE)
    assert frames is not None
    assert f"{frames[1]} frames, all good" in decoded.out


def test_the_demo_without_bytes_and_in_another_dialect(run: Runner) -> None:
    outcome = run("demo", "--no-bytes", "-d", "s110_v8")
    assert outcome.status == 0
    assert "GAP_CONNECTED" in outcome.out
    assert not re.search(r"^\s+c0( [0-9a-f]{2})+ c0$", outcome.out, re.MULTILINE)
