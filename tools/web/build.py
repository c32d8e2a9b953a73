"""The folder: static files, Pyodide's runtime, and one archive with gatts-codec and all that it imports."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from gatts_codec.capture.writers.html.page import report_script, report_style, source_hash
from gatts_codec.dialects import DIALECTS
from gatts_codec.version import __version__
from gatts_codec.web.live import demo

PYODIDE = "314.0.7"
ROOT = Path(__file__).parents[2]
_PAGE = Path(__file__).parent / "page"
_RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
_EXAMPLES = {
    "dead-link.jsonl": "tests/captures/scripted_chip/sd_api_v5/f_no_ack_silent.jsonl",
    "nrfutil.log": "tests/verdicts/pasted/30-nrfutil-dfu-ble.log",
}
# The page, and the report in a frame of it, which inherits this: neither may reach anything but the page's own folder.
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {script}; style-src 'self' {style}; connect-src 'self'; "
    "worker-src 'self'; frame-src blob:; img-src 'self'; base-uri 'none'; form-action 'none'"
)
_LEFT_OUT = {".so", ".pyd", ".pyc"}  # made for another Python; cobs does without


def build(out: Path, pyodide: str = PYODIDE) -> None:
    """Make the folder anew. Raises CalledProcessError where npm or pip fails."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "web"
        shutil.copytree(_PAGE, made)
        _page(made)
        _examples(made / "examples")
        copy_runtime(made / "pyodide", pyodide)
        pack(install(Path(scratch) / "site", ".[cli,wireshark]"), made / "packages.zip")
        if out.exists():
            _check_ours(out)
            shutil.rmtree(out)
        shutil.copytree(made, out)


def _check_ours(out: Path) -> None:
    if any(out.iterdir()) and not (out / "packages.zip").is_file():
        raise SystemExit(f"{out} holds something else than such a page: name another folder, or empty it")


def _page(made: Path) -> None:
    policy = _POLICY.format(script=source_hash(report_script()), style=source_hash(report_style()))
    options = "".join(f'<option value="{name}">{name}</option>' for name in DIALECTS)
    page = (made / "index.html").read_text("utf-8")
    for mark, text in (("@policy", policy), ("@dialects", options), ("@version", __version__)):
        page = page.replace(mark, text)
    (made / "index.html").write_text(page, "utf-8")
    theme = files("gatts_codec.capture.writers.html") / "theme.css"
    (made / "theme.css").write_text(theme.read_text("utf-8"), "utf-8")


def _examples(folder: Path) -> None:
    folder.mkdir()
    for name, source in _EXAMPLES.items():
        shutil.copy(ROOT / source, folder / name)
    (folder / "healthy.jsonl").write_text(asyncio.run(demo("sd_api_v5")), "utf-8")


def copy_runtime(folder: Path, version: str) -> None:
    """Pyodide of this version, without what the page does not use."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is not installed: it brings Pyodide (Debian: apt install npm)")
        said = subprocess.run(
            [npm, "pack", "--json", f"pyodide@{version}"],
            cwd=scratch,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        ).stdout
        with tarfile.open(Path(scratch) / json.loads(said)[0]["filename"]) as archive:
            for name in _RUNTIME:
                member = archive.extractfile(f"package/{name}")
                assert member is not None
                (folder / name).write_bytes(member.read())


def install(folder: Path, *requirements: str) -> Path:
    """The requirements and what they need, as pip puts them into a folder."""
    options = ["install", "--quiet", "--no-compile", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *options, *requirements], cwd=ROOT, check=True)
    return folder


def pack(site: Path, archive: Path) -> None:
    """What is in a folder, without what only this machine could run."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(_wanted(site)):
            packed.write(path, path.relative_to(site))


def _wanted(site: Path) -> Iterator[Path]:
    for path in site.rglob("*"):
        if path.is_file() and path.suffix not in _LEFT_OUT and path.relative_to(site).parts[0] != "bin":
            yield path
