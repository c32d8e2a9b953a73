"""The code blocks of a page, run one after the other as a reader would.

    python     executed; a block without a language, or `text`, right behind it is what it must print
    console    lines after "$ " go to a shell ("> " continues one), what follows them is what they must print;
               only programs in RUNNABLE; gatts-codec by itself runs in this process
    sh         not run here (they install things, or need hardware), but each gatts-codec command must be one
    others     data to read: only the languages in READ_ONLY

``...`` in shown output stands for anything. A page's blocks share their names and a folder, in which ``examples`` is
the project's. Where they speak of BOARD, ``Page.board`` stands in for it. With GATTS_CODEC_UPDATE_DOCS=1 in the
environment shown output is rewritten instead of compared.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from sybil import Document
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from gatts_codec.cli import main

BOARD = "/dev/ttyACM0"
# Whatever else a page asks a reader to run (installers, root, hardware) has no place in a test.
RUNNABLE = {"cat", "echo", "gatts-codec", "head", "ls", "printf", "python"}
READ_ONLY = {"text", "", "json", "toml", "yaml", "ini", "diff", "mermaid", "lua", "sql", "c"}
UPDATE = os.environ.get("GATTS_CODEC_UPDATE_DOCS") == "1"

_INFO = re.compile(r"[ \t]*(?P<language>[\w+-]*)[^\n]*\n")
_COMMAND = re.compile(r"^\$ (?P<command>.*(?:\n>(?: .*)?)*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_AFTER = {"&", "|", ">", ";", "&&", "||"}
_SHELL = set("&|<>;$`*?\n\\")
_PLAIN = {"NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error"}
_CONTINUED = re.compile(r"\n> ?")
_CHECKER = doctest.OutputChecker()


class Block(NamedTuple):
    """One fenced block: its text without indentation, and where it stands in the page."""

    language: str
    source: str
    start: int
    stop: int
    line: int
    follows: bool  # nothing but white space since the block before


class Page:
    """A page in Markdown and the state its blocks share."""

    def __init__(self, path: Path, folder: Path, board: str = BOARD) -> None:
        self.path, self.folder, self.board = path, folder, board
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.edits: list[tuple[int, int, str]] = []
        self._printed: str | None = None

    def run(self) -> None:
        """Run every block. Raises AssertionError that says file and line."""
        for block in blocks(self.path):
            printed, self._printed = self._printed, None
            if printed is not None and block.follows and block.language in ("", "text"):
                self._compare(block, block.source, printed)
            elif block.language == "python":
                self._printed = self._python(block)
            elif block.language == "console":
                self._console(block)
            elif block.language == "sh":
                self._parse_only(block)
            else:
                assert block.language in READ_ONLY, f"{self._place(block)}: {block.language} is not executed"
        self._write()

    def _python(self, block: Block) -> str:
        # So that a traceback shows the page's lines.
        source = "\n" * block.line + block.source.replace(BOARD, self.board)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, str(self.path), "exec"), self.names)
        return printed.getvalue().replace(self.board, BOARD)

    def _console(self, block: Block) -> None:
        commands = list(_COMMAND.finditer(block.source))
        assert commands, f"{self._place(block)}: a console block without a line that begins with '$ '"
        shown = "".join(match["shown"] for match in commands)
        results = [self._shell(_CONTINUED.sub("\n", match["command"]), match["shown"]) for match in commands]
        if UPDATE and "..." not in shown:
            pairs = zip(commands, results, strict=True)
            self._replace(block, "".join(f"$ {match['command']}\n{result}" for match, result in pairs))
            return
        for match, result in zip(commands, results, strict=True):
            if match["shown"]:
                self._compare(block, match["shown"], result)

    def _shell(self, command: str, shown: str) -> str:
        name = command.split()[0]
        assert name in RUNNABLE, f"{command}: not to be run by a test, so the block is `sh`"
        command = command.replace(BOARD, self.board)
        run = self._in_process if name == "gatts-codec" and not _SHELL & set(command) else self._in_bash
        status, printed = run(command)
        # A page may show an error; a command whose output it does not show has to succeed.
        assert shown or UPDATE or not status, f"{command}: status {status}\n{printed}"
        return "".join(f"{line.rstrip()}\n" for line in printed.replace(self.board, BOARD).splitlines())

    def _in_process(self, command: str) -> tuple[int, str]:
        printed = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        with mock.patch.dict(os.environ, _PLAIN), mock.patch("sys.stdin", io.StringIO()):
            os.environ.pop("COLUMNS", None)
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                status = main(shlex.split(command)[1:])
        printed.flush()
        printed.seek(0)
        return status, printed.read()

    def _in_bash(self, command: str) -> tuple[int, str]:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**environment, **_PLAIN, "PATH": path, "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def _parse_only(self, block: Block) -> None:
        import click

        from gatts_codec.cli.app import cli

        for line in block.source.replace("\\\n", "").splitlines():
            words = list(takewhile(lambda word: word not in _AFTER, shlex.split(line, comments=True)))
            if words[:1] == ["gatts-codec"]:
                name, command, rest = cli.resolve_command(click.Context(cli), words[1:])
                assert command is not None
                assert name is not None
                command.make_context(name, rest)

    def _compare(self, block: Block, shown: str, found: str) -> None:
        if UPDATE and "..." not in shown:
            self._replace(block, found)
        elif not _CHECKER.check_output(shown, found, doctest.ELLIPSIS):
            example = doctest.Example("", shown)
            difference = _CHECKER.output_difference(example, found, doctest.ELLIPSIS | doctest.REPORT_NDIFF)
            raise AssertionError(f"{self._place(block)}\n{difference}")

    def _place(self, block: Block) -> str:
        return f"{self.path}:{block.line}"

    def _replace(self, block: Block, text: str) -> None:
        self.edits.append((block.start, block.stop, text))

    def _write(self) -> None:
        if not self.edits:
            return
        page = self.path.read_text("utf-8")
        for start, stop, text in reversed(self.edits):
            first, *_, last = page[start:stop].splitlines()
            indent = first[: len(first) - len(first.lstrip())]
            page = page[:start] + f"{first}\n{textwrap.indent(text, indent)}{last}" + page[stop:]
        self.path.write_text(page, "utf-8")


def blocks(path: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    document = Document(path.read_text("utf-8"), str(path))
    end = 0
    for region in RawFencedCodeBlockLexer(_INFO)(document):
        source = region.lexemes["source"]
        follows = not document.text[end : region.start].strip()
        line = document.text.count("\n", 0, region.start) + 1
        yield Block(region.lexemes["language"], str(source), region.start, region.end, line, follows)
        end = region.end
