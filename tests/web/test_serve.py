"""``gatts-codec web``: the built page on this machine, and a clear word where it has not been built."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("click", reason="needs the cli extra")

from gatts_codec.cli import main
from gatts_codec.cli.web import Handler, policy_of

POLICY = "default-src 'none'; script-src 'self'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    (tmp_path / "index.html").write_text(meta, "utf-8")
    (tmp_path / "packages.zip").write_bytes(b"")
    (tmp_path / "worker.mjs").write_text("", "utf-8")
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[ThreadingHTTPServer]:
    handler = partial(Handler, policy=policy_of(folder), directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def get(server: ThreadingHTTPServer, path: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_every_file_comes_with_the_policy_of_the_page(server: ThreadingHTTPServer) -> None:
    for path, kind in (("/", "text/html"), ("/worker.mjs", "text/javascript")):
        response = get(server, path)
        assert response.status == 200
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["Content-Type"] == kind


def test_nothing_outside_the_folder_is_served(server: ThreadingHTTPServer) -> None:
    assert get(server, "/../../etc/passwd").status == 404


def test_a_folder_without_the_page_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["web", str(tmp_path)]) == 2
    assert f"python -m tools.web {tmp_path}" in capsys.readouterr().err
