"""Console blocks: what the copy button takes are the commands, without prompts and output.

Material's button copies the attribute ``data-copy`` where there is one.
"""

from __future__ import annotations

import re
from html import escape, unescape

_BLOCK = re.compile(
    r'<div class="highlight">(?P<inside><pre><span></span><code><span class="gp">\$ .*?)</div>', re.DOTALL
)
_COMMAND = re.compile(r"^\$ (.*(?:\n>(?: .*)?)*)", re.MULTILINE)


def with_commands(page: str) -> str:
    """A page's HTML, each console block with its commands as what is to be copied."""
    return _BLOCK.sub(_marked, page)


def commands(shown: str) -> str:
    """The commands of a console session: lines behind ``$``, and behind ``>`` those that continue one."""
    return "\n".join(re.sub(r"\n> ?", "\n", command) for command in _COMMAND.findall(shown))


def _marked(block: re.Match[str]) -> str:
    inside = block["inside"]
    copied = escape(commands(unescape(re.sub(r"<[^>]*>", "", inside)))).replace("\n", "&#10;")
    return f'<div class="highlight" data-copy="{copied}">{inside}</div>'
