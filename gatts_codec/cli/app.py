"""The frame around the subcommands: loading them on demand, and turning errors into one line and a status."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from gatts_codec.cli.signals import cleaned_up
from gatts_codec.errors import GattsError
from gatts_codec.version import __version__

# Each is the function `command` in the module of its name.
SUBCOMMANDS = {
    "air": "Be virtual connectivity chips that meet.",
    "call": "Send one command to a chip and show its response.",
    "chip": "Be a virtual connectivity chip.",
    "convert": "Write recordings as a table in Parquet.",
    "decode": "Show a recording, or hex, packet by packet.",
    "demo": "Show a chip and a host talking, without hardware.",
    "doctor": "Say what is wrong in a recording, why, and what to do.",
    "encode": "Print the bytes of one packet.",
    "explain": "Say what an error code, opcode or event id means.",
    "fields": "Show what a packet consists of.",
    "monitor": "Attach to a chip and show its events as they come.",
    "ports": "List serial ports, likely boards first.",
    "tap": "Sit between a host program and the chip, and show what passes.",
    "vectors": "Run golden vectors against the codec.",
    "web": "Serve the page that reads logs in the browser.",
    "wireshark": "Install the Wireshark plugin, or say where it is.",
}
INTERRUPTED, READER_GONE = 130, 141  # as shells report SIGINT and SIGPIPE
# What only a write can meet; every file of ours names itself.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class _ReaderGone(Exception):
    """The output has no reader any more. Click would turn the OSError into status 1, which says that data is bad."""


class _LogLines(logging.Handler):
    """What the library warns of, as any other message."""

    def emit(self, record: logging.LogRecord) -> None:
        from gatts_codec.cli.output import tell

        with contextlib.suppress(OSError):  # the terminal may be gone
            for line in f"{record.levelname.lower()}: {self.format(record)}".splitlines():
                tell(line)


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is used, so that each starts as fast as it can."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        command = import_module(f"gatts_codec.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if _says_reader_gone(error):
                raise _ReaderGone from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gatts-codec")
def cli() -> None:
    """Nordic SoftDevice GATT server packets: decode, encode, explain."""


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status; errors become one line on stderr."""
    _print_whatever_comes()
    try:
        with cleaned_up(), _warnings_told():
            status = cli.main(args=args, prog_name="gatts-codec", standalone_mode=False)
            sys.stdout.flush()
    except SystemExit as end:
        status = end.code
    except click.ClickException as error:
        return _refuse(error)
    except click.Abort:
        return INTERRUPTED
    except GattsError as error:
        return _fail(error)
    except (_ReaderGone, OSError) as error:
        if isinstance(error, _ReaderGone) or _says_reader_gone(error):
            _discard_output()
            return READER_GONE
        _flush_or_discard()
        return _fail(_said(error))
    return status if isinstance(status, int) else 0


@contextlib.contextmanager
def _warnings_told() -> Iterator[None]:
    log, lines = logging.getLogger("gatts_codec"), _LogLines(logging.WARNING)
    log.addHandler(lines)
    try:
        yield
    finally:
        log.removeHandler(lines)


def _said(error: OSError) -> str:
    # Of a file that could not be renamed, the name it should have.
    name = error.filename2 or error.filename or ("standard output" if error.errno in _FULL else None)
    return f"{name}: {error.strerror}" if name else str(error)


def _says_reader_gone(error: OSError) -> bool:
    # What Windows says of a pipe without a reader: an invalid argument.
    on_windows = sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None
    return on_windows or isinstance(error, BrokenPipeError)


def _refuse(error: click.ClickException) -> int:
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return error.exit_code
    message = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    _fail(message + (f" (try '{context.command_path} --help')" if context else ""))
    return error.exit_code


def _fail(message: str | GattsError) -> int:
    from gatts_codec.cli.output import (  # rich takes its time, and help and version do without it
        one_line,
        tell,
    )

    with contextlib.suppress(OSError):  # the terminal may be gone
        tell(message if isinstance(message, str) else one_line(message))
        for line in getattr(message, "more", ()):
            tell(line, said_by="")
    return 1


def _print_whatever_comes() -> None:
    # A stream that the shell has closed (>&-) is None: what goes there goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    # A terminal that cannot show a character gets its escape; it must not end the program.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush_or_discard() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _discard_output()


def _discard_output() -> None:
    # What is still buffered would fail again when the interpreter flushes it at exit.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
