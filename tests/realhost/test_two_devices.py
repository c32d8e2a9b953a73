"""Two blatann devices in one process, on chips of one air."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from realhost.hosts import NATIVE, PATIENCE_S, Host, needs_blatann, on_each_driver

DEVICES = Path(__file__).with_name("two_devices.py")
EXPECTED = [
    {"what": "found"},
    {"what": "connected", "there": True},
    {"what": "discovered", "status": "success", "there": True},
    {"what": "read", "value": "first"},
    {"what": "written", "status": "success", "value": "second"},
    {"what": "notified", "value": "third"},
    {"what": "disconnected"},
]


@needs_blatann
@on_each_driver
def test_they_find_discover_read_write_and_notify(
    air: Callable[[], tuple[str, str]], host: Callable[..., Host], driver: tuple[str, ...]
) -> None:
    devices = host(str(DEVICES), *air())
    devices.process.wait(PATIENCE_S)
    devices.stop()
    if driver == NATIVE and any("rpc_no_response" in line for line in devices.lines):
        pytest.skip("the native driver has lost an ACK")
    said = [json.loads(line) for line in devices.lines if line.startswith("{")]
    assert said == EXPECTED, "\n".join(devices.lines)
