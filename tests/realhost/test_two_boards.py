"""Two adapters of pc-ble-driver-py meet on chips of one air, on each driver: what tests need two boards for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from realhost.hosts import Host, needs_package, on_each_driver

BOARDS = Path(__file__).with_name("two_boards.py")
MEET = [{"what": "found", "name": "Two boards"}, {"what": "connected"}]
TIMING = [{"what": "timing", "interval_ms": 50.0}] * 2 + [{"what": "signal", "strong": True}]
LINK_LAYER = [
    {"what": "mtu", "mtu": 100},
    *[{"what": "lengths", "tx": 150}] * 2,
    *[{"what": "radio mode", "status": "success", "tx": 2}] * 2,
]
ATTRIBUTES = [
    {"what": "discovered", "there": True},
    {"what": "read", "status": "success", "value": [1, 2, 3]},
    {"what": "written", "value": [4, 5, 6]},
    {"what": "notified", "value": [7, 8, 9]},
]
# Just works and passkey, first legacy and then with LE Secure Connections.
PAIRED = [
    step
    for level in (2, 3, 2, 4)
    for step in [{"what": "paired", "status": "success"}, {"what": "secure", "level": level}] * 2
]
GONE = [
    {"what": "gone", "reason": "remote_user_terminated_connection"},
    {"what": "gone", "reason": "local_host_terminated_connection"},
]


@needs_package
@on_each_driver
@pytest.mark.parametrize(
    ("chip", "air"), [("NRF52", "sd_api_v5_pc"), ("NRF51", "sd_api_v2_pc")], indirect=["air"]
)
def test_they_agree_on_the_link_use_attributes_and_pair(
    chip: str, air: Callable[[], tuple[str, str]], host: Callable[..., Host]
) -> None:
    boards = host(str(BOARDS), chip, *air()).finish()
    late = LINK_LAYER if chip == "NRF52" else []
    assert boards.said == [*MEET, *TIMING, *late, *ATTRIBUTES, *PAIRED, *GONE], "\n".join(boards.lines)
