"""Nothing that a stranger wrote steers the terminal: not out of recordings, files, names, ports or the command line."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from capture.recordings import RECORDINGS
from cli.commands import Runner
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec import errors
from gatts_codec.errors import GattsError, printable
from gatts_codec.link.transports import ports

# Escape sequences of C0 and C1, what moves the cursor, lines of other kinds, directions, zero width, fillers.
STEERS = (
    "\x1b[2J\x1b]52;c;cHduZWQ=\x07\x9b31m\x9d0;x\x9c\x85\x7f\b\t\v\f\r\n"
    "\u2028\u2029\u202e\u2066\u200b\u200d\ufeff\u034f\u115f\u3164\ufe0f\udc9b\U000e0041[/][bold]"
)
NAME = STEERS.replace("/", "")
LOG = Path(__file__).parents[1] / "captures" / "driver_logs" / "sd_api_v5.c_values.log"
RECORDING = next(
    path for path in RECORDINGS if path.parts[-3:] == ("real_firmware", "sd_api_v5", "e_events.jsonl")
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
V5 = ("-d", "sd_api_v5")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")


def check(text: str) -> None:
    """Text of a command, colours aside, is lines of what can be shown."""
    for line in COLOUR.sub("", text).split("\n"):
        assert printable(line) == line, ascii(line)


@pytest.fixture(params=["pipe", "terminal"])
def strange(
    run: Runner, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Run a command; what it has said, checked."""
    if request.param == "terminal":
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "60")

    def call(*words: str, stdin: str | None = None) -> str:
        said = run(*words, stdin=stdin)
        check(said.out)
        check(said.err)
        assert "Traceback" not in said.err
        return said.out + said.err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    return str(path)


@posix
@pytest.mark.parametrize(
    "words",
    [
        *(
            ("decode",),
            ("decode", "--calls"),
            ("decode", "-v", "--errors"),
            ("decode", "--json"),
            ("doctor",),
        ),
        *(
            ("doctor", "--json"),
            ("decode", *V5, "-o", f"out{NAME}.csv"),
            ("vectors",),
            ("encode", "--json"),
        ),
        *(
            ("chip", *V5, "--script"),
            ("call", *V5),
            ("monitor", *V5),
        ),
        ("tap", *V5, "--pty", "link"),
    ],
    ids=" ".join,
)
def test_in_the_name_of_a_file(strange: Callable[..., str], folder: Path, words: tuple[str, ...]) -> None:
    for text in (RECORDING.read_bytes(), b"nothing that anybody knows\n"):
        said = strange(*words, written(folder / f"in{NAME}", text))
    assert said


@posix
def test_in_the_names_of_tables(strange: Callable[..., str], folder: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    good, bad = written(folder / f"in{NAME}", RECORDING.read_bytes()), written(folder / f"bad{NAME}", b"?")
    assert "packets" in strange("convert", good, f"out{NAME}.parquet")
    assert "packets" in strange("convert", good, bad, f"out{NAME}")


def with_remark(lines: list[str]) -> str:
    """A driver's log with a stranger's words behind a line that is a remark, and behind one of traffic."""
    return "\n".join(f"{line}{STEERS}" for line in lines)


@pytest.mark.parametrize("words", [(), ("--calls",), ("--json",), ("--errors",), ("-v",)], ids=" ".join)
def test_in_a_recording(strange: Callable[..., str], folder: Path, words: tuple[str, ...]) -> None:
    log = written(folder / "driver.log", with_remark(LOG.read_text("utf-8", "replace").splitlines()[:60]))
    assert strange("decode", log, *V5, *words)
    lines = RECORDING.read_text("ascii").splitlines()[:20]
    damaged = written(folder / "damaged.jsonl", "\n".join(lines) + f'\n{STEERS}\n{{"dir": "{STEERS}"}}')
    assert strange("decode", damaged, *V5, *words)
    assert strange("decode", "-", *V5, *words, stdin=STEERS + "c0 00")


@pytest.mark.parametrize("command", ["doctor", "vectors"])
def test_in_a_file_that_is_judged(strange: Callable[..., str], folder: Path, command: str) -> None:
    vector = {"name": STEERS, "kind": STEERS, "dialect": STEERS, "hex": STEERS, "fields": {STEERS: STEERS}}
    assert strange(command, written(folder / "in.jsonl", json.dumps(vector) + "\n" + STEERS))


def test_in_a_script(strange: Callable[..., str], folder: Path) -> None:
    assert "line 1" in strange("chip", *V5, "--script", written(folder / "script", STEERS))


@pytest.mark.parametrize(
    "words",
    [
        *((STEERS,), ("explain", STEERS), ("decode", STEERS), ("decode", f"--{STEERS}"), ("convert", STEERS, "out")),
        *(("decode", "c0", option, STEERS) for option in ("-d", "--format", "--only", "--to")),
        *(("decode", "c0", "-o", f"x.{STEERS}"), ("explain", "hvx", "-d", STEERS), ("vectors", STEERS)),
        *(("encode", *V5, what, f"handle={STEERS}", f"{STEERS}=1") for what in (STEERS, "value_get")),
        *(("call", STEERS, *V5, "value_get"), ("monitor", f"{STEERS}:x", *V5)),
        *(("tap", f"tcp:{STEERS}", *V5, "--pty", STEERS), ("wireshark", "install", STEERS), ("chip", "-d", STEERS)),
        *(("chip", *V5, f"--{option}", STEERS) for option in ("tcp", "set", "fault", "pty", "unix", "script")),
        ("demo", "--record", f"nowhere/{STEERS}"),
    ],
    ids=lambda words: "-".join(word for word in words if word.isascii() and word.isprintable()),
)  # fmt: skip
def test_on_the_command_line(strange: Callable[..., str], folder: Path, words: tuple[str, ...]) -> None:
    assert strange(*words)


def test_in_what_a_board_says_it_is(strange: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    board = ports.SerialPort(f"/dev/tty{STEERS}", STEERS, 1, 2, STEERS)
    monkeypatch.setattr("gatts_codec.cli.ports.list_serial_ports", lambda: [board])
    assert "description" in strange("ports")
    assert strange("ports", "--json")


def test_in_what_the_library_warns_of(strange: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    def warn() -> list[ports.SerialPort]:
        logging.getLogger("gatts_codec.link").warning("heard %s", STEERS)
        return []

    monkeypatch.setattr("gatts_codec.cli.ports.list_serial_ports", warn)
    # Else pytest keeps what was logged, and no process can send the surrogate in it to another.
    monkeypatch.setattr(logging.getLogger("gatts_codec"), "propagate", False)
    assert "gatts-codec: warning: heard" in strange("ports")


def test_in_a_farewell(strange: Callable[..., str], folder: Path) -> None:
    name = "record" + ("" if sys.platform == "win32" else NAME)
    assert "read it again" in strange("demo", "--no-bytes", "--record", name)


@pytest.mark.parametrize("name", [name for name in errors.__all__ if isinstance(getattr(errors, name), type)])
def test_in_an_error(name: str) -> None:
    made: dict[str, Any] = {
        "CaptureError": {"file": STEERS},
        "CommandFailed": {"result": 1, "name": STEERS, "hint": STEERS},
        "EncodeError": {"path": STEERS, "packet": STEERS, "dialect": STEERS},
        "FramingError": {"layer": "h5", "code": "crc"},
    }
    decode = {"path": STEERS, "packet": STEERS, "dialect": STEERS, "data": b"\x9b"}
    cls = getattr(errors, name)
    error: GattsError = cls(STEERS, **(decode if issubclass(cls, errors.DecodeError) else made.get(name, {})))
    assert str(error).count("\n") <= 1
    check(str(error))


@given(st.text())
def test_what_is_printable_stays_and_the_rest_is_told(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    if text.isascii() and text.isprintable():
        assert shown == text
    if "\\" not in text:
        assert shown.encode("utf-8").decode("unicode_escape", "surrogatepass") == text or not shown.isascii()


class _Terminal(io.StringIO):
    """Where a person watches. What is written is there at once, which a pseudo-terminal does not promise."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_with_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar moves the cursor itself; the name beside it does not."""
    from gatts_codec.cli.progress import bar

    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with bar("[/][bold]\x1b[2J\x9b\u202e\u2028\x07", 1) as advance_to:
        advance_to(1)
    said = terminal.getvalue()
    assert "\x1b[?25l" in said, "no bar was drawn"
    assert r"[/][bold]\x1b[2J\x9b\u202e\u2028\x07" in said
    assert not set("\x9b\u202e\u2028\x07") & set(said)
