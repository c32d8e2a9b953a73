"""One self-contained page: template, style, script, and the data, deflated.

Nothing of the recording stands in the page as text: it travels as base64 of deflated JSON, which cannot end a script
element, and the script puts it into the page as text, never as HTML. The content security policy names the hashes of
the style and the script, and allows nothing else: no network, no other script, whatever the data says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

BLOCK_SIZE = 256  # frames whose bytes are inflated together
_SCRIPTS = ("data.js", "filter.js", "ladder.js", "plots.js", "detail.js", "main.js")
_PACKED = '<script type="application/octet-stream" id="{id}">{data}</script>\n'


class BlockPacker:
    """Packs a list of values in blocks, as they come."""

    def __init__(self) -> None:
        self._open: list[Any] = []
        self._packed: list[str] = []

    def add(self, value: Any) -> None:
        """Append a value."""
        self._open.append(value)
        if len(self._open) == BLOCK_SIZE:
            self._packed.append(_packed(self._open))
            self._open = []

    def all(self) -> list[str]:
        """The packed blocks; the last one may not be full."""
        return self._packed + ([_packed(self._open)] if self._open else [])


def page(data: dict[str, Any], blocks: BlockPacker) -> Iterator[str]:
    """The page in pieces. ``data`` is what the script's Recording holds, ``blocks`` one list of fields a frame."""
    style, script = report_style(), report_script()
    parts = {"policy": _policy(style, script), "style": style, "script": script}
    for piece in re.split(r"(@\w+)", _text("page.html")):
        if piece == "@blocks":
            yield _PACKED.format(id="report-data", data=_packed({**data, "block_size": BLOCK_SIZE}))
            for number, block in enumerate(blocks.all()):
                yield _PACKED.format(id=f"report-block-{number}", data=block)
        else:
            yield parts[piece[1:]] if piece.startswith("@") else piece


def report_style() -> str:
    """The page's style: the theme, which the browser page shares, and the report's own."""
    return "\n".join(map(_text, ("theme.css", "report.css")))


def report_script() -> str:
    """The page's script."""
    return "\n".join(["'use strict';", *map(_text, _SCRIPTS)])


def _packed(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), 6)).decode("ascii")


def _policy(style: str, script: str) -> str:
    allowed = f"style-src {source_hash(style)}; script-src {source_hash(script)}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def source_hash(text: str) -> str:
    """What a content security policy calls a style or script that may be used."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _text(name: str) -> str:
    return (files("gatts_codec.capture.writers.html") / name).read_text("utf-8")
