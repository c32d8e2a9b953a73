"""What the site's copy button takes from a console block."""

from __future__ import annotations

import sys
from html import unescape
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent.parent))  # the tools lie beside the package

from tools.site.console_copy import commands, with_commands

SESSION = """\
$ cat > first.jsonl <<'END'
> {"t_us":1,"hex":"c0"}
>
> END
$ gatts-codec decode first.jsonl
frame  time
> no command
"""
COMMANDS = """\
cat > first.jsonl <<'END'
{"t_us":1,"hex":"c0"}

END
gatts-codec decode first.jsonl"""


def test_commands_without_prompts_and_output() -> None:
    assert commands(SESSION) == COMMANDS


def test_only_console_blocks_are_marked() -> None:
    page = (
        '<p>$ no</p><div class="highlight"><pre><span></span><code>plain\n</code></pre></div>'
        '<div class="highlight"><pre><span></span><code><span class="gp">$ </span>a<span class="w"> </span>&gt;'
        '<span class="w"> </span><span class="s2">"b"</span>\n<span class="go">said</span>\n</code></pre></div>'
    )
    marked = with_commands(page)
    assert unescape(marked).count('data-copy="a > "b""') == 1
    assert marked.count("data-copy") == 1
    assert marked.replace(' data-copy="a &gt; &quot;b&quot;"', "") == page
