"""The README's picture: what two commands say of a recorded fault. ``python -m tools.picture`` draws it again.

The recording is of a real host, pc-ble-driver, and a chip whose ACKs are lost.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "assets" / "doctor.svg"
RECORDING = ROOT / "tests" / "captures" / "scripted_chip" / "sd_api_v5" / "f_acks_lost_seq_reuse.jsonl"
COMMANDS = ("decode --calls link.jsonl", "doctor link.jsonl")
COLUMNS = 134

# Rich's own template loads a font from the network.
_TEMPLATE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-label="gatts-codec explains a recorded fault">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect fill="#0c1021" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}</g></g></svg>
"""


def said() -> list[str]:
    """What each command prints, with its colours."""
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    environment.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(RECORDING, Path(folder, "link.jsonl"))
        return [_run(command.split(), folder, environment) for command in COMMANDS]


def _run(arguments: list[str], folder: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gatts_codec", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,  # the doctor's status says that something is wrong
    )
    return done.stdout


def draw() -> str:
    """The picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for command, output in zip(COMMANDS, said(), strict=True):
        console.print(Text.assemble(("$ ", "bright_black"), (f"gatts-codec {command}", "bold")))
        console.print(Text.from_ansi(output.rstrip("\n")), end="\n\n")
    return console.export_svg(code_format=_TEMPLATE, unique_id="terminal")


def text_of(picture: str) -> str:
    """The words of a picture, to be compared: how they are drawn is rich's affair."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", picture, flags=re.DOTALL)))


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
