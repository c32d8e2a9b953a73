"""What the subcommands share on the way out and in: a console that behaves in pipes, JSON lines, the dialect option."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import click
from rich.console import Console

from gatts_codec.constants.table import tables

F = TypeVar("F", bound=Callable[..., Any])

_PIPE_WIDTH = 500  # columns: a pipe has no edge to fold at, and whoever greps wants whole lines


class _Output(Console):
    def on_broken_pipe(self) -> None:
        # Rich would end the program here with status 1, which says that the data is bad.
        raise BrokenPipeError


def console() -> Console:
    """Standard output for people. Rich honours TERM and COLUMNS; nothing is ever cut off."""
    # Rich alone would leave bold in place under NO_COLOR.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    plain = _Output(highlight=False, emoji=False, markup=False, color_system=colours)
    if not plain.is_terminal and "COLUMNS" not in os.environ:
        plain.width = _PIPE_WIDTH
    return plain


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own."""
    click.echo(json.dumps(record))


def dialect_option(required: bool = True) -> Callable[[F], F]:
    """``--dialect NAME``; a wrong name lists the known ones."""
    return click.option(
        "-d",
        "--dialect",
        type=click.Choice(list(tables())),
        required=required,
        metavar="NAME",
        help=f"Version of the protocol: {', '.join(tables())}.",
    )


json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")


def reads_terminal() -> bool:
    """Whether standard input is a person, who would have to be asked to type."""
    return sys.stdin is None or sys.stdin.isatty()
