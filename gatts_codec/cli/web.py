"""``gatts-codec web``: the page that reads logs in the browser, served on this machine alone."""

from __future__ import annotations

import re
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

from gatts_codec.cli.output import say, tell

_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


@click.command("web")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("build/web"))
@click.option(
    "--port", type=click.IntRange(0, 0xFFFF), default=8000, show_default=True, help="0: one that is free."
)
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open it in the browser.")
def command(folder: Path, port: int, browser: bool) -> int:
    """Serve the page that reads logs in the browser, from FOLDER, on this machine alone, until Ctrl-C.

    The page is built in a checkout, by 'python -m tools.web FOLDER'; any static host can serve it. FOLDER is build/web
    by default.
    """
    policy = policy_of(folder)
    handler = partial(Handler, policy=policy, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        say(address)
        tell("serving, Ctrl-C ends it")
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("", "")
    return 0


def policy_of(folder: Path) -> str:
    """What the page allows itself; its worker is held to it only by a server."""
    page = folder / "index.html"
    found = _POLICY.search(page.read_text("utf-8")) if page.is_file() else None
    if found is None or not (folder / "packages.zip").is_file():
        raise click.UsageError(
            f"{folder} does not hold the page. Build it, in a checkout of gatts-codec: python -m tools.web {folder}"
        )
    return found[1]


class Handler(SimpleHTTPRequestHandler):
    """Files, with the page's policy for all of them, and without a log."""

    # What a system calls these is not always what a browser takes.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *arguments: object, policy: str, directory: str) -> None:
        self._policy = policy
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self._policy)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody needs to know which files a page consists of."""
