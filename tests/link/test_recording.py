"""Recordings: the capture format, whole lines whatever happens, both ends' point of view."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from link.wires import read_all

from gatts_codec.errors import PortError
from gatts_codec.link.transports import RecordingTransport, memory_pair, open_transport

HOST_WRITES, CHIP_WRITES = b"\xc0\x00\x05\x00\xfb\xc0", b"\xc0\x00\x2f\x00\xd1\x01\x7e\xc0"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_both_ends_record_the_same_wire(tmp_path: Path) -> None:
    host_end, chip_end = memory_pair()
    host = RecordingTransport(host_end, tmp_path / "host.jsonl")
    chip = RecordingTransport(chip_end, tmp_path / "chip.jsonl", end="chip")
    with closing(host), closing(chip):
        assert host.read() == b""
        assert host.write(HOST_WRITES) == len(HOST_WRITES)
        assert read_all(chip, len(HOST_WRITES)) == HOST_WRITES
        chip.write(CHIP_WRITES)
        assert read_all(host, len(CHIP_WRITES)) == CHIP_WRITES
    wanted = [("host->device", HOST_WRITES.hex()), ("device->host", CHIP_WRITES.hex())]
    for name in ("host.jsonl", "chip.jsonl"):
        recorded = rows(tmp_path / name)
        ways = groupby(recorded, itemgetter("dir"))  # what is read may come in parts
        assert [(way, "".join(row["hex"] for row in some)) for way, some in ways] == wanted
        assert all(list(row) == ["t_us", "dir", "hex"] for row in recorded)
        times = [row["t_us"] for row in recorded]
        assert [0, *times] == sorted([0, *times])


def test_times_are_of_the_finest_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 100_000, 12_345))
    monkeypatch.setattr("time.perf_counter_ns", lambda: next(ticks))
    monkeypatch.setattr("time.monotonic_ns", lambda: 0)  # which may stand still for 16 ms on Windows
    with closing(RecordingTransport(open_transport("loop://"), tmp_path / "wire.jsonl")) as port:
        port.write(b"one")
        port.write(b"two")
    assert [row["t_us"] for row in rows(tmp_path / "wire.jsonl")] == [12, 24]


def test_only_what_was_taken_is_recorded(tmp_path: Path) -> None:
    end, other = memory_pair()
    recorded = RecordingTransport(end, tmp_path / "full.jsonl")
    with closing(recorded), closing(other):
        total = 0
        while taken := recorded.write(bytes(100_000)):
            total += taken
    assert sum(len(row["hex"]) // 2 for row in rows(tmp_path / "full.jsonl")) == total


def test_a_killed_process_leaves_every_chunk(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from gatts_codec.link.transports import RecordingTransport, memory_pair\n"
        "end, other = memory_pair()\n"
        f"ours = RecordingTransport(end, {str(tmp_path / 'killed.jsonl')!r})\n"
        "for _ in range(3): ours.write(b'abc')\n"
        "os._exit(1)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 1
    assert [row["hex"] for row in rows(tmp_path / "killed.jsonl")] == ["616263"] * 3


def test_record_in_the_url(tmp_path: Path) -> None:
    path = tmp_path / "a recording.jsonl"
    path.write_text("of yesterday")
    with closing(open_transport(f"loop://?baud=115200&record={path}")) as port:
        port.write(b"x")
    assert [row["hex"] for row in rows(path)] == ["78"]


def test_a_recording_that_cannot_be_written_closes_the_port(tmp_path: Path) -> None:
    with pytest.raises(PortError, match=r"cannot record to .*: "):
        open_transport("loop://", record=tmp_path / "no such folder" / "x.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_the_recording_aloud_and_not_the_link(caplog: pytest.LogCaptureFixture) -> None:
    end, other = memory_pair()
    recorded = RecordingTransport(end, "/dev/full")
    with closing(recorded), closing(other), caplog.at_level(logging.ERROR):
        assert recorded.write(b"one") == 3
        assert recorded.write(b"two") == 3
        assert read_all(other, 6) == b"onetwo"
    assert [record.getMessage() for record in caplog.records] == [
        f"recording to /dev/full ends here: {os.strerror(28)}"
    ]


def test_a_line_that_is_written_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with closing(RecordingTransport(open_transport("loop://"), tmp_path / "wire.jsonl")) as port:
        monkeypatch.setattr("os.write", lambda fd, data: write(fd, data[:7]))
        port.write(b"one")
        monkeypatch.undo()
    assert [row["hex"] for row in rows(tmp_path / "wire.jsonl")] == [b"one".hex()]
