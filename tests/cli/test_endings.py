"""However a command ends, nothing of what it had begun is left: no half files, no processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from capture.recordings import RECORDINGS
from patience import PATIENCE_S

from gatts_codec.capture.files.whole import part_name
from gatts_codec.errors import CaptureError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes are POSIX's")
if sys.platform == "win32":
    pytest.skip("signals and named pipes are POSIX's", allow_module_level=True)

RECORDING = next(
    path for path in RECORDINGS if path.parts[-3:] == ("real_firmware", "sd_api_v5", "e_events.jsonl")
)
FULL = Path("/dev/full")
SIGNALS = [
    signal.SIGTERM,
    *(pytest.param(by, marks=pytest.mark.soak) for by in (signal.SIGHUP, signal.SIGINT)),
]


class Endless:
    """Two recordings that do not come to their end before ``end``."""

    def __init__(self, folder: Path) -> None:
        self.names = [str(folder / name) for name in "ab"]
        for name in self.names:
            os.mkfifo(name)
        # For reading too: else this would wait for a reader.
        self._writers = [os.open(name, os.O_RDWR) for name in self.names]
        for writer in self._writers:
            os.write(writer, RECORDING.read_bytes()[:4000])

    def end(self) -> None:
        while self._writers:
            os.close(self._writers.pop())


@pytest.fixture
def recordings(tmp_path: Path) -> Iterator[Endless]:
    found = Endless(tmp_path)
    yield found
    found.end()


@contextmanager
def begun(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command in a session of its own, as at a terminal of its own. All its processes hold its output."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gatts_codec", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_S)


def parts(folder: Path) -> list[Path]:
    return list(folder.rglob(".part-*"))


def until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


def check_ended(process: subprocess.Popen[str], status: int, folder: Path) -> None:
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said.strip()) == (status, "")
    assert parts(folder) == []


@pytest.mark.parametrize("by", SIGNALS)
def test_decode_to_a_file(tmp_path: Path, recordings: Endless, by: signal.Signals) -> None:
    output = tmp_path / "out.csv"
    output.write_text("before")
    with begun("decode", recordings.names[0], "-d", "sd_api_v5", "-o", str(output)) as process:
        until(lambda: parts(tmp_path), process)
        process.send_signal(by)
        check_ended(process, 128 + by, tmp_path)
    assert output.read_text() == "before"


@pytest.mark.parametrize("by", SIGNALS)
@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.soak), 2])
def test_convert(tmp_path: Path, recordings: Endless, jobs: int, by: signal.Signals) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    command = ("convert", "-d", "sd_api_v5", "-j", str(jobs), *recordings.names, str(tmp_path / "out"))
    with begun(*command) as process:
        until(lambda: len(parts(tmp_path)) == jobs, process)
        os.killpg(process.pid, by)  # as a terminal does
        recordings.end()  # a thread that reads is waited for
        check_ended(process, 128 + by, tmp_path)


def test_a_killed_worker_is_one_line_and_a_rerun_goes_on(tmp_path: Path, recordings: Endless) -> None:
    many = pytest.importorskip("gatts_codec.capture.bulk.many", reason="the extra parquet is not installed")
    processes = import_module("gatts_codec.capture.bulk.processes")
    convert = partial(many.convert_many, folder=str(tmp_path / "out"), dialect="sd_api_v5")
    done = []

    def kill_one(result: Any, before: bool) -> None:
        done.append(result.source)
        while len(parts(tmp_path)) < 2:  # both write
            time.sleep(0.01)
        active_children()[0].kill()

    sources = [str(RECORDING), *recordings.names]
    with pytest.raises(CaptureError, match=r"^a worker process was killed, 2 of 3 recordings") as raised:
        convert(sources, run=partial(processes.run_processes, jobs=2), on_result=kill_one)
    assert "\n" not in str(raised.value)
    assert active_children() == []
    assert parts(tmp_path) == []
    before = []
    convert(sources[:1], run=many.run_here, on_result=lambda _, done_before: before.append(done_before))
    assert (done, before) == ([str(RECORDING)], [True])


TERMINATED_AGAIN = """
import os, signal, sys
from types import SimpleNamespace
from gatts_codec.capture.bulk import processes, storage

def terminated(make=storage.NamedTemporaryFile, **named):
    file = make(**named)
    os.kill(os.getpid(), signal.SIGTERM)
    return file

storage.NamedTemporaryFile = terminated
processes._under_way[:] = [SimpleNamespace(target=sys.argv[1], note=sys.argv[1], run_id="mine")]
signal.signal(signal.SIGTERM, processes._end)
os.kill(os.getpid(), signal.SIGTERM)
"""


def test_a_worker_that_is_terminated_twice_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    (tmp_path / part_name("out", "mine")).touch()
    command = [sys.executable, "-c", TERMINATED_AGAIN, str(tmp_path / "out")]
    assert subprocess.run(command, check=False).returncode == 128 + signal.SIGTERM
    assert parts(tmp_path) == []


def test_processes_end_with_the_one_that_has_begun_them(tmp_path: Path, recordings: Endless) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    command = ("convert", "-d", "sd_api_v5", "-j", "2", *recordings.names, str(tmp_path / "out"))
    with begun(*command) as process:
        until(lambda: len(parts(tmp_path)) == 2, process)
        process.kill()
        process.communicate(timeout=PATIENCE_S)  # comes to its end with the last process
    assert parts(tmp_path) == []


@pytest.mark.parametrize("by", SIGNALS)
def test_a_chip_on_a_socket(tmp_path: Path, by: signal.Signals) -> None:
    path = tmp_path / "chip"
    with begun("chip", "-d", "sd_api_v5", "--unix", str(path), "--quiet") as process:
        assert process.stdout is not None
        assert "Ctrl-C ends it" in process.stdout.readline()
        process.send_signal(by)
        assert process.communicate(timeout=PATIENCE_S)[0] == "-- stopped\n"
    assert process.returncode == 0
    assert not path.exists()


@pytest.mark.parametrize("by", SIGNALS)
def test_a_tap(tmp_path: Path, by: signal.Signals) -> None:
    link, record = tmp_path / "chip", tmp_path / "record.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as port:
        url = f"tcp:127.0.0.1:{port.getsockname()[1]}"
        with begun("tap", url, "--pty", str(link), "-d", "sd_api_v5", "--record", str(record)) as process:
            assert process.stdout is not None
            while "Ctrl+C ends" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(by)
            process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert not link.is_symlink()
    assert record.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("decode", RECORDING, "-d", "sd_api_v5"),
        *(
            pytest.param(words, marks=pytest.mark.soak)
            for words in (
                *(
                    ("decode", RECORDING, "-d", "sd_api_v5", "--json"),
                    ("doctor", RECORDING),
                    ("explain", "hvx"),
                    ("demo",),
                ),
                *(
                    ("decode", RECORDING, "-d", "sd_api_v5", "--to", name)
                    for name in ("csv", "html", "jsonl")
                ),
                *(("wireshark", "path"), ("--help",), ("--version",)),
            )
        ),
    ],
    ids=lambda words: " ".join(str(word) for word in words if word is not RECORDING),
)
@pytest.mark.skipif(not FULL.exists(), reason="there is no such device")
def test_a_full_disk_behind_the_output_is_one_line(words: tuple[object, ...]) -> None:
    with FULL.open("wb") as full:
        said = subprocess.run(
            [sys.executable, "-m", "gatts_codec", *map(str, words)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (said.returncode, said.stderr) == (1, "gatts-codec: standard output: No space left on device\n")


@pytest.mark.parametrize("ignored", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_what_nohup_has_begun_goes_on(tmp_path: Path, recordings: Endless, ignored: bool) -> None:
    output = tmp_path / "out.csv"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        with begun("decode", recordings.names[0], "-d", "sd_api_v5", "-o", str(output)) as process:
            until(lambda: parts(tmp_path), process)
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 128 + (signal.SIGTERM if ignored else signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
