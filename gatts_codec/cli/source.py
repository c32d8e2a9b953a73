"""Where a recording comes from: a file, two files, standard input, or hex on the command line."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from gatts_codec.capture import TO_DEVICE, TO_HOST
from gatts_codec.capture.readers import formats
from gatts_codec.capture.readers.hextext import looks_like_hex, parse_hex
from gatts_codec.capture.readers.text.dress import wire_of
from gatts_codec.capture.recording import Recording, from_hex, from_stream, open_pair, open_recording
from gatts_codec.capture.wire.framing import FRAMINGS, FramingName
from gatts_codec.cli.output import tell
from gatts_codec.constants.table import NUMBERS
from gatts_codec.errors import CaptureError

F = TypeVar("F", bound=Callable[..., Any])

AUTO = "auto"
_NAME = re.compile(r"\S*")
_LONGEST_BODY = 1 << 20  # bytes of hex


@dataclass(frozen=True)
class Source:
    """What the command line names as input."""

    words: tuple[str, ...]
    format_name: str | None = None
    host: str | None = None
    device: str | None = None
    framing: FramingName | None = None
    follow: bool = False

    def __post_init__(self) -> None:
        if not " ".join(self.words) and not self.host and not self.device:
            raise click.UsageError(
                "Nothing to read: give a FILE, hex, - for standard input, or --host and --device."
            )
        if self.words and (self.host or self.device):
            raise click.UsageError("Give either FILE|HEX|- or --host and --device, not both.")
        if self.format_name is not None and self.format_name not in formats():
            raise click.UsageError(f"No format {self.format_name!r}; known are {', '.join(formats())}.")

    @property
    def file(self) -> str | None:
        """The file, if it is one that can be opened twice."""
        text = " ".join(self.words)
        return text if text and text != "-" and _is(Path.is_file, text) else None

    @contextlib.contextmanager
    def open(self) -> Iterator[Recording]:
        """The recording. Raises CaptureError and OSError."""
        with contextlib.ExitStack() as stack:
            yield self._recording(stack)

    def bytes(self) -> bytes:
        """The bytes that hex spells, on the command line, in a file or on standard input. Raises as ``open``."""
        text = " ".join(self.words)
        if text != "-" and not self.file:
            return parse_hex(text)
        with contextlib.nullcontext(_stdin()) if text == "-" else Path(text).open("rb") as stream:
            spelt = stream.read(_LONGEST_BODY + 1)
        if len(spelt) > _LONGEST_BODY:
            raise CaptureError(f"more than {_LONGEST_BODY} bytes: no packet is so long", file=text)
        return parse_hex(spelt.decode("utf-8-sig", errors="replace"))

    def _recording(self, stack: contextlib.ExitStack) -> Recording:
        text = " ".join(self.words)
        if self.host and self.device:
            return stack.enter_context(
                open_pair(self.host, self.device, self.format_name, framing=self.framing)
            )
        if self.host or self.device:
            path, way = (self.host, TO_DEVICE) if self.host else (str(self.device), TO_HOST)
            return stack.enter_context(
                open_recording(str(path), self.format_name, direction=way, framing=self.framing)
            )
        if text == "-":
            return from_stream(_stdin(), "standard input", self.format_name, self.framing)
        if _is(Path.exists, text):
            return stack.enter_context(
                open_recording(
                    text, self.format_name, framing=self.framing, follow=self.follow, on_change=tell
                )
            )
        if looks_like_hex(text) and not wire_of(text):
            return from_hex(text, self.framing)
        return self._pasted(text)

    def _pasted(self, text: str) -> Recording:
        """A text on the command line, read as if it were a file's."""
        try:
            stream = io.BytesIO(text.encode(errors="replace"))
            return from_stream(stream, "what was pasted", self.format_name, self.framing)
        except CaptureError:
            if _NAME.fullmatch(text):
                raise CaptureError("no such file, and not hex either", file=text) from None
            raise


def _is(what: Callable[[Path], bool], text: str) -> bool:
    # A long packet in hex is longer than any name may be, which raises.
    with contextlib.suppress(OSError, ValueError):
        return what(Path(text))
    return False


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise CaptureError("there is none: it is closed", file="standard input")
    return sys.stdin.buffer


def any_dialect_option(function: F) -> F:
    """``--dialect NAME``, by default the one that fits best."""
    return click.option(
        "-d",
        "--dialect",
        type=click.Choice([*NUMBERS, AUTO]),
        default=AUTO,
        metavar="NAME",
        help=f"Version of the protocol: {', '.join(NUMBERS)}, or auto (the default): the one that fits best.",
    )(function)


def source_options(function: F) -> F:
    """The argument and options that name a Source: words, format_name, host, device."""
    for decorate in reversed(
        (
            click.argument("words", nargs=-1, metavar="FILE|HEX|-"),
            click.option(
                "--host", metavar="FILE", help="What the host sent, where each direction has its own file."
            ),
            click.option("--device", metavar="FILE", help="What the device sent."),
            click.option(
                "--format",
                "format_name",
                metavar="NAME",
                help="Format of the recording, where detection errs.",
            ),
            click.option(
                "--framing",
                type=click.Choice(FRAMINGS),
                help="How packets are cut: h5, length (ser_phy_uart), or payload (one a line); guessed by default.",
            ),
        )
    ):
        function = decorate(function)
    return function
