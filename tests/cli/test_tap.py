"""``gatts-codec tap`` between a host program on a pty and a chip on TCP, with captured traffic."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, cast

import pytest
from capture.formats import chunks_of
from cli.commands import Runner

from gatts_codec.capture import TO_DEVICE
from gatts_codec.link.transports import Transport, open_transport
from gatts_codec.link.transports.descriptor import socket_transport

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

RECORDING = Path(__file__).parents[1] / "captures" / "real_firmware" / "sd_api_v5" / "b_attr_table.jsonl"
_TIMEOUT_S = 300


@contextmanager
def tapping(link: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], Transport]]:
    """A running tap, and the chip's end of its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        command = [
            sys.executable,
            "-m",
            "gatts_codec",
            "tap",
            port,
            "--pty",
            str(link),
            "-d",
            "sd_api_v5",
            *options,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        listener.settimeout(_TIMEOUT_S)
        accepted, _ = listener.accept()
    try:
        with closing(socket_transport("chip", accepted)) as chip:
            assert str(link) in cast(IO[str], process.stderr).readline()
            yield process, chip
    finally:
        process.kill()
        process.communicate()


def carry(data: bytes, sender: Transport, receiver: Transport) -> bytes:
    """Write at one end, read as much at the other."""
    assert sender.write(data) == len(data)
    received = b""
    while len(received) < len(data):
        receiver.wait(_TIMEOUT_S)
        received += receiver.read()
    return received


def test_traffic_passes_untouched_decoded_and_recorded(tmp_path: Path, run: Runner) -> None:
    link, recording = tmp_path / "chip", tmp_path / "passed.jsonl"
    with tapping(link, "--json", "--record", str(recording)) as (process, chip):
        with closing(open_transport(f"serial:{link}")) as host:
            for chunk in chunks_of(RECORDING):
                sender, receiver = (host, chip) if chunk.dir == TO_DEVICE else (chip, host)
                assert carry(chunk.data, sender, receiver) == chunk.data
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    expected = run("decode", str(RECORDING), "-d", "sd_api_v5", "--json").records
    assert [(row["dir"], row["bytes"], row["fields"]) for row in rows] == [
        (row["dir"], row["bytes"], row["fields"]) for row in expected
    ]
    for way in {chunk.dir for chunk in chunks_of(RECORDING)}:
        sent = [b"".join(c.data for c in chunks_of(file) if c.dir == way) for file in (RECORDING, recording)]
        assert sent[0] == sent[1]
    assert not link.is_symlink()


def test_an_unplugged_chip_is_one_line(tmp_path: Path) -> None:
    with tapping(tmp_path / "chip") as (process, chip):
        chip.close()
        _, err = process.communicate()
        assert process.returncode == 1
        assert err.count("\n") == 1
        assert "went away" in err


def test_a_port_that_is_not_there_is_one_line(tmp_path: Path, run: Runner) -> None:
    said = run("tap", str(tmp_path / "nothing"), "--pty", str(tmp_path / "chip"), "-d", "sd_api_v5")
    assert said.status == 1
    assert said.err.count("\n") == 1


def test_a_link_that_is_somebodys_file_is_left_alone(tmp_path: Path, run: Runner) -> None:
    (tmp_path / "precious").write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        said = run("tap", port, "--pty", str(tmp_path / "precious"), "-d", "sd_api_v5")
    assert said.status == 1
    assert (tmp_path / "precious").read_text() == "mine"


FRAMES = bytes.fromhex("c0002f00d1017ec0") * 8192
FLOOD = len(FRAMES) * 10  # decoding all of it takes long


def flood(link: Path, chip: Transport) -> None:
    """Send all of it through the tap, until it has arrived: then the tap has seen it."""
    with closing(open_transport(f"serial:{link}")) as host:
        for _ in range(FLOOD // len(FRAMES)):
            rest, due = FRAMES, len(FRAMES)
            while due:
                rest = rest[host.write(rest) :]
                chip.wait(_TIMEOUT_S)
                due -= len(chip.read())


def test_a_signal_ends_it_whatever_is_still_to_be_shown(tmp_path: Path) -> None:
    with tapping(tmp_path / "chip", "--json") as (process, chip):
        flood(tmp_path / "chip", chip)
        cast(IO[str], process.stdout).readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 0
    assert out.count("\n") < FLOOD / 8 / 2
    assert "too fast to be shown" in err
    assert not (tmp_path / "chip").is_symlink()


def test_a_second_signal_ends_it_though_nobody_reads_what_it_shows(tmp_path: Path) -> None:
    with tapping(tmp_path / "chip", "--json") as (process, chip):
        flood(tmp_path / "chip", chip)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        assert not (tmp_path / "chip").is_symlink()
