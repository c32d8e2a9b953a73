"""MkDocs hook: adds the pages generated from the tables in specs/, the code, and the benchmarks' results; prepares
console blocks for the copy button.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # the tables' loader is the tests' own

from tools.site import (  # noqa: E402
    code_pages,
    console_copy,
    dialect_page,
    group_pages,
    link_page,
    packet_pages,
    performance_page,
)

_PACKETS = "Packets"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the packet pages where the navigation says ``Packets``."""
    assert config.nav is not None
    config.nav = [_with_packets(entry) for entry in config.nav]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for source in (packet_pages, dialect_page, code_pages, group_pages, link_page, performance_page):
        for path, text in source.pages().items():
            files.append(File.generated(config, path, content=text))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the copy button take the commands of console blocks."""
    return console_copy.with_commands(html)


def _with_packets(entry: object) -> object:
    if isinstance(entry, dict):
        return {
            title: packet_pages.nav() if title == _PACKETS else _with_packets(below)
            for title, below in entry.items()
        }
    return [_with_packets(each) for each in entry] if isinstance(entry, list) else entry
