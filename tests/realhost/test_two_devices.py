"""Two blatann devices on the native driver, on chips of one air: ``tox -e realhost``, as ``test_real_hosts``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WHY = "needs blatann and pc-ble-driver-py 0.17.0, which have wheels for Python 3.10 on x86-64 Linux: tox -e realhost"
pytest.importorskip("pc_ble_driver_py", reason=WHY)
pytest.importorskip("blatann", reason=WHY)

DEVICES = Path(__file__).with_name("two_devices.py")
PATIENCE_S = 120
EXPECTED = [
    {"what": "found"},
    {"what": "connected", "there": True},
    {"what": "discovered", "status": "success", "there": True},
    {"what": "read", "value": "first"},
    {"what": "written", "status": "success", "value": "second"},
    {"what": "notified", "value": "third"},
    {"what": "disconnected"},
]


def what_two_devices_say(folder: Path) -> str:
    """All that they print, on two new chips."""
    air = [sys.executable, "-m", "gatts_codec", "air", "-d", "sd_api_v5", "--ack-delay-ms", "1"]
    chips = subprocess.Popen([*air, "--pty", str(folder / "chip{n}")], stderr=subprocess.PIPE, text=True)
    try:
        assert chips.stderr is not None
        while "Ctrl-C" not in (line := chips.stderr.readline()):
            assert line, "it has ended"
        ports = [str((folder / name).resolve()) for name in ("chip1", "chip2")]
        host = subprocess.run(
            [sys.executable, "-u", str(DEVICES), *ports],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return host.stdout
    finally:
        chips.terminate()
        chips.communicate()


def test_they_find_discover_read_write_and_notify(tmp_path: Path) -> None:
    """The driver in these wheels loses an ACK now and then, and its call has no response: that run is made again."""
    said = what_two_devices_say(tmp_path)
    for _ in range(2):
        if "rpc_no_response" in said:
            said = what_two_devices_say(tmp_path)
    assert [json.loads(line) for line in said.splitlines() if line.startswith("{")] == EXPECTED, said
