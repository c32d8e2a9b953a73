"""Inputs that people really have: damaged recordings, binary files for hex, streams the shell has closed."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import Runner

from gatts_codec.cli import main

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
    path.write_text("c0000500fbc0" * 20_000)
    outcome = run("decode", str(path), "--errors")
    assert (outcome.status, outcome.lines[-1]) == (0, "20000 frames, all good")


def test_no_words_are_no_input(run: Runner) -> None:
    assert run("decode", "").status == 2


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize(
    ("command", "status"), [("decode - <&-", 1), ("explain 5 >&-", 0), ("decode c0000500fbc0 2>&-", 0)]
)
def test_streams_that_the_shell_has_closed(command: str, status: int) -> None:
    line = f"{sys.executable} -m gatts_codec {command}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)


class _Pipe(io.TextIOWrapper):
    """Standard output when nobody reads it: what the system says then."""

    def __init__(self, error: OSError) -> None:
        super().__init__(io.BytesIO(), "utf-8")
        self._error = error

    def write(self, text: str) -> int:
        raise self._error


@pytest.mark.parametrize(
    ("platform", "error", "status"),
    [
        ("linux", BrokenPipeError(errno.EPIPE, "Broken pipe"), 141),
        ("win32", OSError(errno.EINVAL, "Invalid argument"), 141),
        ("linux", OSError(errno.EINVAL, "Invalid argument"), 1),
    ],
)
@pytest.mark.parametrize("more", [(), ("--plain",), ("--json",)], ids=str)
def test_nobody_reads_the_output(
    run: Runner,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    error: OSError,
    status: int,
    more: tuple[str, ...],
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("sys.stdout", _Pipe(error))
    assert run("decode", str(CAPTURE), *more).status == status


def test_a_file_that_cannot_have_its_name_is_called_by_it(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")

    def refuse(part: Path, path: Path) -> Path:
        raise PermissionError(errno.EACCES, "Access is denied", str(part), None, str(path))

    monkeypatch.setattr(Path, "replace", refuse)  # as on Windows while another program has the old file open
    outcome = run("convert", str(CAPTURE), str(tmp_path / "out.parquet"))
    assert outcome.err == f"gatts-codec: {tmp_path / 'out.parquet'}: Access is denied\n"
    assert list(tmp_path.iterdir()) == []


def test_windows_leaves_wildcards_to_programs(
    run: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("hvx", "hvc"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    wanted = run("explain", "hvx").out
    assert wanted
    monkeypatch.setattr("sys.argv", ["gatts-codec", "explain", "h?x"])
    with monkeypatch.context() as patched:
        patched.setattr("os.name", "nt")
        assert main() == 0
    assert capsys.readouterr().out == wanted


def test_hex_longer_than_any_name(run: Runner) -> None:
    outcome = run("decode", "c0000500fbc0" * 1000)
    assert (outcome.status, outcome.lines[-1]) == (0, "1000 frames, all good")


CALL = ("value_get", "-d", "sd_api_v5", "conn_handle=1", "handle=1", "value=null")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("decode", "--to", "nope", "00"), 2, "unknown output 'nope'; known are jsonl"),
        (("decode", "--to", "", "00"), 2, "unknown output ''"),
        (("decode", "-o", "", "00"), 2, "unknown output ''"),
        (("decode", "-o", "x.unknown", "c0000500fbc0"), 2, "unknown output 'unknown'"),
        (("decode", "--format", "", "c0000500fbc0"), 2, "No format ''; known are pcap"),
        (("decode", "--only", "[", "c0000500fbc0"), 2, "nothing is called '['"),
        (("convert", "a.jsonl", ""), 2, "OUT is empty"),
        (("chip", "-d", "sd_api_v5", "--fault", "nope"), 2, "unknown fault 'nope'"),
        (("chip", "-d", "sd_api_v5", "--fault", "delay-ack=1@nan"), 2, "the form is delay-ack=WHEN@SECONDS"),
        (("chip", "-d", "sd_api_v5", "--set", "table_size=-1"), 2, "table_size: must be at least 248"),
        (("chip", "-d", "sd_api_v5", "--set", "connection_interval_s=nan"), 2, "must be 0..86400, not nan"),
        (("chip", "-d", "sd_api_v5", "--set", "max_mtu=0"), 2, "must be 23..65535"),
        (("chip", "-d", "sd_api_v5", "--ack-delay-ms", "nan"), 2, "'nan' is not a time"),
        (("chip", "-d", "sd_api_v5", "--ack-delay-ms", "inf"), 2, "'inf' is not a time"),
        (("chip", "-d", "sd_api_v5", "--script", "/dev/zero"), 1, "is not a script: it has more than"),
        (("call", "loop://", *CALL, "--timeout", "nan"), 2, "'nan' is not a time"),
        (("call", "loop://", *CALL, "--timeout", "-1"), 2, "not in the range x>=0"),
        (("monitor", "loop://", "-d", "sd_api_v5", "--for", "nan"), 2, "'nan' is not a time"),
        (("call", "hwgrep://(((", *CALL), 1, "cannot open hwgrep://(((: missing )"),
        (("call", "loop://?nope=1", *CALL), 1, "cannot open loop://"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_words_that_make_no_sense(run: Runner, words: tuple[str, ...], status: int, said: str) -> None:
    done = run(*words)
    assert (done.status, done.out) == (status, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not legal there")
@pytest.mark.parametrize("command", ["decode", "doctor"])
def test_a_file_s_name_cannot_steer_the_terminal(run: Runner, tmp_path: Path, command: str) -> None:
    path = tmp_path / "x\x1b]0;owned\x07\x1b[2J\u202e\x9b.jsonl"
    path.write_bytes(CAPTURE.read_bytes())
    for name in (path, path.with_suffix(".missing")):
        done = run(command, str(name))
        shown = (done.out + done.err).replace("\n", "")
        assert shown.isprintable()
        assert r"x\x1b]0;owned\x07\x1b[2J\u202e\x9b" in shown


@pytest.mark.parametrize("where", ["file", "standard input"])
def test_of_a_body_no_more_is_read_than_a_packet_can_take(run: Runner, tmp_path: Path, where: str) -> None:
    text, path = "a4 " * 400_000, tmp_path / "body"
    path.write_text(text)
    name = str(path) if where == "file" else "-"
    outcome = run("decode", name, "--kind", "command", "-d", "sd_api_v5", stdin=text)
    assert outcome.status == 1
    assert "no packet is so long" in outcome.err
    assert outcome.err.count("\n") == 1


def test_what_nobody_knows_is_shown_as_it_was_read_with_the_closest_form(run: Runner) -> None:
    for text, said in (
        ("Dear diary, a UART\x1b[2J\nx", "no hex in it"),
        ("id 12 and 0x7f", "no packet can be made"),
    ):
        outcome = run("doctor", "-", stdin=text)
        assert (outcome.status, outcome.out) == (1, "")
        first, looked, begins, *lines, closest = outcome.err.splitlines()
        assert "not a recording of a known format" in first
        assert looked.startswith("Looked for")
        assert begins.startswith("It begins")
        assert lines[0].startswith("    1: " + text[:8])
        assert said in closest
        assert "c0 00 05 00 fb c0" in closest
        assert "\x1b" not in outcome.err


@pytest.mark.parametrize("command", ["decode", "doctor"])
def test_a_log_s_line_is_read_as_an_argument(run: Runner, command: str) -> None:
    line = "Error sending packet to target. Code: 0x802a"
    outcome = run(command, line)
    assert outcome.status == 1
    assert "Code: 0x802a" in outcome.out + outcome.err


def test_a_line_with_marks_around_its_bytes_is_read_as_an_argument(run: Runner) -> None:
    outcome = run("decode", "[10:00:00.123] TX -> uint8_t p[] = {0xC0, 0, 5, 0, 0xFB, 0xC0};", "--json")
    (row,) = outcome.records
    assert (row["type"], row["dir"]) == ("RESET", "host->device")


def test_framing_can_be_told(run: Runner) -> None:
    outcome = run("decode", "--framing", "length", "02 00 00 60", "--json", "-d", "sd_api_v5")
    assert [row["payload"] for row in outcome.records] == ["0060"]
