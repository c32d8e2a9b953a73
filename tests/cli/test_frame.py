"""The command line as a whole: errors on one line, exit statuses, pipes, terminals, missing extras."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from cli.commands import Runner

from gatts_codec import __version__
from gatts_codec.cli import main
from gatts_codec.cli.app import READER_GONE, SUBCOMMANDS, cli
from gatts_codec.constants.table import tables
from gatts_codec.dialects import DIALECTS

GATTS_CODEC = [sys.executable, "-m", "gatts_codec"]
# As most people have it: what is left in the buffer is written when the interpreter ends.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
VECTORS = str(Path(__file__).parent.parent / "vectors" / "sd_api_v2_pc")


def test_version_and_help(run: Runner) -> None:
    assert run("--version").out == f"gatts-codec, version {__version__}\n"
    helped = run("--help")
    assert helped.status == 0
    assert all(name in helped.out for name in SUBCOMMANDS)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help(run: Runner, name: str) -> None:
    assert run(name, "--help").out.startswith(f"Usage: gatts-codec {name}")
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help


def test_help_loads_no_subcommand() -> None:
    code = (
        "import sys; from gatts_codec.cli import main; main(['--help'])\n"
        "assert 'construct' not in sys.modules, 'construct'\n"
        f"assert not [n for n in {list(SUBCOMMANDS)!r} if 'gatts_codec.cli.' + n in sys.modules]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_the_known_dialects_are_the_librarys() -> None:
    assert list(tables()) == list(DIALECTS)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nope",), "No such command 'nope'"),
        (("explain",), "Missing argument"),
        (("explain", "0", "--dialect", "v4"), "'sd_api_v7'"),
        (("encode", "hvx"), "Missing option '-d'"),
        (("vectors", "no/such/file"), "does not exist"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(run: Runner, args: tuple[str, ...], says: str) -> None:
    outcome = run(*args)
    assert (outcome.status, outcome.out) == (2, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("gatts-codec: ")
    assert says in line
    assert "--help" in line


def test_without_arguments_it_shows_the_help(run: Runner) -> None:
    outcome = run()
    assert outcome.status == 2
    assert "Usage: gatts-codec" in outcome.err + outcome.out


def test_an_unreadable_file_is_one_line_and_status_1(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(import_module("gatts_codec.cli.vectors"), "check_file", unreadable)
    outcome = run("vectors", __file__)
    assert (outcome.status, outcome.err) == (1, f"gatts-codec: {__file__}: Permission denied\n")


def test_an_interrupt_has_its_own_status(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("gatts_codec.cli.vectors"), "check_file", interrupted)
    assert run("vectors", __file__).status == 130


@pytest.mark.parametrize("module", ["click", "rich"])
def test_without_the_extra_it_says_which_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["--help"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install click rich" in line
    assert module in line


@pytest.mark.parametrize("args", [["vectors", VECTORS], ["vectors", "--json", VECTORS]])
def test_a_reader_that_goes_away_is_no_error(args: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody_reads:
        done = subprocess.run(
            [*GATTS_CODEC, *args],
            stdout=nobody_reads,
            stderr=subprocess.PIPE,
            env=BUFFERED,
            check=False,
        )
    assert (done.returncode, done.stderr) == (READER_GONE, b"")


def test_a_full_disk_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*GATTS_CODEC, "explain", "0"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=BUFFERED,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"gatts-codec: ")
    assert done.stderr.count(b"\n") == 1


def test_colour_only_where_it_is_wanted(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run("explain", "hvx").out
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in run("explain", "hvx").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("explain", "hvx").out


def test_lines_fold_in_a_narrow_terminal_and_not_in_a_pipe(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = run("explain", "0x8005")
    assert "open the link again before the next call" in piped.lines[2]
    monkeypatch.setenv("COLUMNS", "30")
    narrow = run("explain", "0x8005")
    assert max(map(len, narrow.lines)) <= 30
    assert "".join(narrow.out.split()) == "".join(piped.out.split())


def test_an_encoding_that_lacks_a_character_gets_its_escape() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*GATTS_CODEC, "explain", "añb"], env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"nothing known about" in done.stderr
