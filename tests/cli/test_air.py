"""``gatts-codec air``: chips that meet, for hosts in other processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.commands import Runner

from gatts_codec.link.client import connect
from gatts_codec.packets.gap.adv_start import AdvParamsV5, AdvStartV5
from gatts_codec.packets.gap.connect import Connect
from gatts_codec.packets.gap.connection_events import ConnectedEvent
from gatts_codec.packets.gap.scan import ScanParams
from gatts_codec.packets.gap.structs import ConnParams
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent

DIALECTS = ("sd_api_v5", "sd_api_v6")


@pytest.fixture
def chips(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Two chips in a process of their own, and their links."""
    named = [word for dialect in DIALECTS for word in ("-d", dialect)]
    command = [sys.executable, "-m", "gatts_codec", "air", *named, "--pty", str(tmp_path / "chip{n}")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "Ctrl-C" not in (said := process.stderr.readline()):
        assert said, "it has ended"
    yield process, [f"serial:{tmp_path / name}" for name in ("chip1", "chip2")]
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no pseudo-terminals")
def test_hosts_in_other_processes_meet(
    chips: tuple[subprocess.Popen[str], list[str]], tmp_path: Path
) -> None:
    process, (first, second) = chips
    with connect(first, DIALECTS[0]) as sensor, connect(second, DIALECTS[1]) as phone:
        sensor.call(AdvStartV5(AdvParamsV5(interval=32)))
        address = sensor.gap.addr_get().addr
        phone.call(Connect(address, ScanParams(interval=16, window=16), ConnParams(12, 24, 0, 400)))
        phone.wait_for(ConnectedEvent)
        phone.gattc.read(0, 3)
        assert phone.wait_for(ReadRspEvent).data == b"nRF5x"
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    assert list(tmp_path.iterdir()) == []


def test_several_chips_need_several_links(run: Runner) -> None:
    outcome = run("air", "-d", "sd_api_v5", "--chips", "3", "--pty", "/tmp/chip")
    assert outcome.status == 2
    assert "/tmp/chip{n}" in outcome.err
