"""Write every generated file: ``python -m tools.generate``; with ``--check`` only name those that are not up to date.

They follow from packet layouts, docstrings and constants: the tables in specs/ (those of GATTS are written by hand),
``explain``'s words on packets, and the layouts for Wireshark and sigrok.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from gatts_codec.dissectors.install import plugin_path
from gatts_codec.dissectors.wireshark import plugin
from tools import packet_tables, sigrok_tables


def files() -> Iterator[tuple[Path, str]]:
    """Each generated file, and the text that it should have."""
    yield from packet_tables.files()
    yield plugin_path(), plugin()
    yield sigrok_tables.TABLES, sigrok_tables.tables()


def outdated() -> Iterator[tuple[Path, str]]:
    """Those whose text is another."""
    for path, text in files():
        if not path.exists() or path.read_text("utf-8") != text:
            yield path, text


def main(check: bool) -> int:
    """The exit status: with ``check`` whether anything is not up to date."""
    found = list(outdated())
    for path, text in found:
        print(path)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
    return int(check and bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
