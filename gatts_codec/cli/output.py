"""What the subcommands share on the way out and in: a console that behaves in pipes, JSON lines, the dialect option."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeVar

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from gatts_codec.constants.table import NUMBERS
from gatts_codec.errors import GattsError, printable

F = TypeVar("F", bound=Callable[..., Any])

_PIPE_WIDTH = 500  # columns: a pipe has no edge to fold at, and grep wants whole lines


class _Output(Console):
    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else "\n".join(map(printable, text.split("\n"))), style, control)

    def on_broken_pipe(self) -> None:
        # Rich would end the program here with status 1, which says that the data is bad.
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Standard output, or error, for people. Rich honours TERM and COLUMNS; nothing is ever cut off.

    Whatever is printed on it, nothing of it steers the terminal.
    """
    # Rich alone would leave bold in place under NO_COLOR.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    plain = _Output(stderr=stderr, highlight=False, emoji=False, markup=False, color_system=colours)
    if not plain.is_terminal and "COLUMNS" not in os.environ:
        plain.width = _PIPE_WIDTH
    return plain


def one_line(error: GattsError) -> str:
    """An error's text on one line: its second line, which says where, in parentheses."""
    first, *rest = str(error).splitlines() or [type(error).__name__]
    return first + (f" ({' '.join(line.strip() for line in rest)})" if rest else "")


def say(line: object = "") -> None:
    """A line on standard output, whatever stands in it."""
    click.echo(printable(str(line)))


def tell(message: str, said_by: str = "gatts-codec: ") -> None:
    """A line on standard error, whatever stands in it."""
    click.echo(printable(f"{said_by}{message}"), err=True)


class Seconds(click.FloatRange):
    """A time: a number from 0 on, so neither NaN nor a negative one; ``inf`` where it ``may_be_endless``."""

    def __init__(self, may_be_endless: bool = True) -> None:
        super().__init__(min=0)
        self._may_be_endless = may_be_endless

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number) or (math.isinf(number) and not self._may_be_endless):
            self.fail(f"{value!r} is not a time", param, ctx)
        return number


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own."""
    click.echo(json.dumps(record).replace("\x7f", "\\u007f"))  # the one control character that JSON lets pass


def dialect_option(required: bool = True) -> Callable[[F], F]:
    """``--dialect NAME``; a wrong name lists the known ones."""
    return click.option(
        "-d",
        "--dialect",
        type=click.Choice(list(NUMBERS)),
        required=required,
        metavar="NAME",
        help=f"Version of the protocol: {', '.join(NUMBERS)}.",
    )


json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")


def reads_terminal() -> bool:
    """Whether standard input is a person, who would have to be asked to type."""
    return sys.stdin is None or sys.stdin.isatty()
