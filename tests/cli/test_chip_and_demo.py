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
from patience import PATIENCE_S

from gatts_codec import Attr, AttrMd, CharMd, CharProps, SysAttrMissingEvent, Uuid
from gatts_codec.errors import GattsError, LinkClosed, LinkReset, LinkTimeout
from gatts_codec.link.client import connect
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX's")
ENDS = [
    signal.SIGINT,
    *(
        pytest.param(by, marks=pytest.mark.soak)
        for by in (signal.SIGTERM, *([] if sys.platform == "win32" else [signal.SIGHUP]))
    ),
]
ON_TCP = pytest.param(("--tcp", "0"), marks=pytest.mark.soak)
CHIP = ("chip", "-d", "sd_api_v5")
Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a chip with some arguments; the process, and the URL that it says it is on."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "gatts_codec", *CHIP, *arguments]
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


def interrupted(process: subprocess.Popen[str], by: int = signal.SIGINT, status: int = 0) -> tuple[str, str]:
    process.send_signal(by)
    out, err = process.communicate()
    assert process.returncode == status
    return out, err


@posix
@pytest.mark.parametrize("by", ENDS)
def test_a_chip_on_a_pty_with_traffic_script_and_recording(start: Start, tmp_path: Path, by: int) -> None:
    script, record, link = tmp_path / "phone", tmp_path / "wire.jsonl", tmp_path / "chip"
    script.write_text("wait link\nconnect\nread 0x0003\ndisconnect\n", "utf-8")
    process, url = start("--pty", str(link), "--script", str(script), "--record", str(record))
    assert url == f"serial:{link}"
    with connect(url, "sd_api_v5") as client:
        assert client.service_add(1, Uuid(0x180D)).handle == 14
        next(client.events(timeout_s=PATIENCE_S))  # the phone has come
    out, err = interrupted(process, by)
    assert "service_add" in out
    assert "CONNECTED" in out
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
            assert client.service_add(1, Uuid(0x180D)).handle == 11
    if sys.platform == "win32":
        process.kill()
        return
    out, err = interrupted(process)
    assert out == ""
    assert err == "-- stopped\n"
    assert record.exists()
    assert (tmp_path / "wire-2.jsonl").exists()


@posix
@pytest.mark.parametrize("place", [pytest.param("tcp", marks=pytest.mark.soak), "unix"])
def test_a_second_host_is_told_that_the_chip_is_busy(start: Start, tmp_path: Path, place: str) -> None:
    process, url = start(f"--{place}", "0" if place == "tcp" else str(tmp_path / "chip"), "--quiet")
    with connect(url, "sd_api_v5") as first:
        with pytest.raises(LinkClosed, match="went away"):
            connect(url, "sd_api_v5")
        assert first.service_add(1, Uuid(0x180D)).handle == 14
    assert "-- busy: one host at a time, refused" in interrupted(process)[1]


@posix
@pytest.mark.parametrize(
    ("on_fault", "said", "error"),
    [("hang", "hangs until it is switched off", LinkTimeout), ("restart", "reboot", LinkReset)],
)
def test_what_a_fault_does_is_an_option(
    start: Start, on_fault: str, said: str, error: type[GattsError]
) -> None:
    process, url = start("--tcp", "0", "--on-fault", on_fault)
    with connect(url, "sd_api_v5") as sd, pytest.raises(error):
        sd.send_raw(b"\0\xa4", timeout_s=1.0 if on_fault == "hang" else PATIENCE_S)
    assert process.stderr is not None
    assert any(said in line for line in process.stderr)


@posix
def test_faults_and_a_script_that_fails(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "phone"
    script.write_text("wait link\nconnect\nread 0x0999\n", "utf-8")
    process, url = start("-v", "--fault", "result=service_add:NO_MEM", "--script", str(script))
    with connect(url, "sd_api_v5") as client:
        assert client.unchecked.service_add(1, Uuid(0x180D)).result == 4
    out, err = interrupted(process, status=1)
    assert "ACK" in out
    assert "-- fault: result" in err
    assert "-- script: line 3: read 0x0999: read of 0x0999: BLE_GATT_STATUS_ATTERR_INVALID_HANDLE" in err


@pytest.mark.parametrize("place", [ON_TCP, pytest.param(("--pty", "chip"), marks=posix)])
@pytest.mark.parametrize(("command", "status"), [("read 0x0003", 0), ("read 0x0999", 1)])
def test_a_chip_that_ends_with_its_script(
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[str, ...],
    command: str,
    status: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "phone"
    script.write_text(f"wait link\nconnect\n{command}\ndisconnect\n", "utf-8")
    process, url = start(
        *place, "--script", str(script), "--until-script-ends", "--timeout", "900", "--quiet"
    )
    with connect(url, "sd_api_v5") as client:
        client.wait_for(ConnectedEvent)
        if not status:  # what the script did last arrives before the chip is gone
            client.wait_for(DisconnectedEvent)
        _, err = process.communicate()
    assert process.returncode == status
    assert ("script: line 3: read 0x0999" in err) == bool(status)


@posix
@pytest.mark.parametrize("by", ENDS)
def test_a_script_that_is_not_finished_has_failed(start: Start, tmp_path: Path, by: int) -> None:
    script = tmp_path / "phone"
    script.write_text("wait advertising\nconnect\nsubscribe 2a37\n", "utf-8")
    process, url = start("--script", str(script), "--quiet")
    with connect(url, "sd_api_v5") as client:
        client.service_add(1, Uuid(0x180D))
        client.characteristic_add(0, CharMd(CharProps(notify=1)), Attr(Uuid(0x2A37), AttrMd(), 1))
        client.send_raw(bytes.fromhex("0073010000 00 a000 0000 00 01"))
        client.wait_for(SysAttrMissingEvent)
        _, err = interrupted(process, by, status=1)
    assert "-- script: not finished: line 3: subscribe 2a37: the host has to call sys_attr_set\n" in err


@pytest.mark.parametrize("place", [("--tcp", "0"), pytest.param((), marks=posix)])
def test_a_host_that_never_comes(run: Runner, tmp_path: Path, place: tuple[str, ...]) -> None:
    script = tmp_path / "phone"
    script.write_text("wait link\n", "utf-8")
    outcome = run(*CHIP, *place, "--script", str(script), "--until-script-ends", "--timeout", "0.1")
    assert outcome.status == 1
    assert "-- script: not finished: " in outcome.err


@pytest.mark.parametrize("seconds", ["inf", pytest.param("1e300", marks=pytest.mark.soak)])
@pytest.mark.parametrize("place", [ON_TCP, pytest.param(("--pty", "chip"), marks=posix)])
def test_a_time_that_never_comes(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...], seconds: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "phone").write_text("wait link\nconnect\ndisconnect\n", "utf-8")
    process, url = start(*place, "--script", "phone", "--until-script-ends", "--timeout", seconds)
    with connect(url, "sd_api_v5"):
        process.communicate()
    assert process.returncode == 0


@posix
@pytest.mark.parametrize(
    ("script", "seconds", "status"),
    [
        ("connect\ndisconnect\nrepeat\n", "2", 0),  # one round takes a slow machine some milliseconds
        ("wait link\nrepeat\n", "0.1", 1),
        ("read 0x0003\nrepeat", "0.1", 1),
        ("", "0.1", 0),
    ],
)
def test_a_script_that_repeats_has_gone_through_after_a_round(
    run: Runner, tmp_path: Path, script: str, seconds: str, status: int
) -> None:
    phone = tmp_path / "phone"
    phone.write_text(script, "utf-8")
    assert run(*CHIP, "--script", str(phone), "--timeout", seconds, "--quiet").status == status


@pytest.mark.parametrize(
    ("script", "said"), [("", "wants a --script with commands"), ("repeat", "never ends")]
)
def test_an_end_that_would_never_come_is_refused(run: Runner, tmp_path: Path, script: str, said: str) -> None:
    phone = tmp_path / "phone"
    phone.write_text(script, "utf-8")
    outcome = run(*CHIP, "--until-script-ends", "--script", str(phone))
    assert outcome.status == 2
    assert said in outcome.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--until-script-ends"], 2, "wants a --script"),
        (["--timeout", "-1"], 2, "x>=0"),
        (["--pty", "x", "--tcp", "1"], 2, "one place"),
        (["--tcp", "nowhere:port"], 2, "--tcp takes PORT or HOST:PORT"),
        (["--fault", "explode"], 2, "unknown fault 'explode'"),
        (["--script", "does-not-exist"], 1, "does-not-exist: No such file"),
        (["--firmware", "sdk9"], 2, "'sdk14.2'"),
        (["--firmware", "sdk17.1"], 2, "speaks sd_api_v7"),
        (["--set", "colour=1"], 2, "no setting 'colour'; there are table_size"),
        (["--set", "table_size=big"], 2, "table_size is a number"),
    ],
)
def test_what_cannot_be_done_is_explained(run: Runner, arguments: list[str], status: int, said: str) -> None:
    outcome = run(*CHIP, *arguments)
    assert outcome.status == status
    assert said in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize("place", [("--tcp", "0"), ("--unix", "socket")])
def test_a_recording_that_cannot_be_made_is_refused_at_the_start(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(*CHIP, *place, "--record", "nowhere/wire.jsonl")
    assert (said.status, said.err) == (1, "gatts-codec: nowhere/wire.jsonl: No such file or directory\n")


@posix
def test_a_later_host_that_cannot_be_recorded_is_served(start: Start, tmp_path: Path) -> None:
    (tmp_path / "wire-2.jsonl").mkdir()
    process, url = start("--tcp", "0", "--quiet", "--record", str(tmp_path / "wire.jsonl"))
    for _ in range(2):
        with connect(url, "sd_api_v5") as client:
            assert client.service_add(1, Uuid(0x180D)).handle == 14
    assert "-- what this host says is not recorded" in interrupted(process)[1]


def test_a_script_that_is_none_is_refused_before_anything_runs(run: Runner, tmp_path: Path) -> None:
    script = tmp_path / "phone"
    script.write_text("jump\n", "utf-8")
    outcome = run(*CHIP, "--script", str(script))
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
    assert "service_add  type=PRIMARY uuid=Heart Rate (0x180D)" in outcome.out
    assert "cfg_set  att_mtu=247" in outcome.out
    decoded = run("decode", str(record), "-d", "sd_api_v5")
    assert decoded.status == 0
    frames = re.search(r"^(\d+) frames", outcome.out, re.MULTILINE)
    assert frames is not None
    assert f"{frames[1]} frames, all good" in decoded.out


def test_the_demo_without_bytes_and_in_another_dialect(run: Runner) -> None:
    outcome = run("demo", "--no-bytes", "-d", "s110_v8")
    assert outcome.status == 0
    assert "CONNECTED" in outcome.out
    assert not re.search(r"^\s+c0( [0-9a-f]{2})+ c0$", outcome.out, re.MULTILINE)


@pytest.mark.parametrize("dialect", ["sd_api_v2_pc", "sd_api_v5", "sd_api_v7"])
def test_two_hosts_find_each_other_pair_and_talk(run: Runner, dialect: str) -> None:
    outcome = run("demo", "--two", "-d", dialect)
    assert outcome.status == 0
    order = (
        "command  gap.connect",
        "ATTERR_INSUF_AUTHENTICATION",
        "GAP.PASSKEY_DISPLAY",
        "command  gap.auth_key_reply",
        "sec_mode=mitm",
        "GAP.AUTH_STATUS",
        "data=0048",
        "GATTC.HVX",
        "GAP.DISCONNECTED",
    )
    places = [outcome.out.index(words) for words in order if words in outcome.out]
    assert len(places) >= len(order) - 1, outcome.out
    assert places == sorted(places)


def test_what_two_hosts_cannot_show(run: Runner, tmp_path: Path) -> None:
    assert run("demo", "--two", "-d", "s110_v8").status == 2
    assert run("demo", "--two", "--record", str(tmp_path / "x.jsonl")).status == 2
