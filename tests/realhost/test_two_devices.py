"""Two blatann devices in one process, on chips of one air."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from realhost.hosts import Host, needs_blatann, on_each_driver

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
    air: Callable[[], tuple[str, str]], host: Callable[..., Host]
) -> None:
    devices = host(str(DEVICES), *air()).finish()
    assert devices.said == EXPECTED, "\n".join(devices.lines)
