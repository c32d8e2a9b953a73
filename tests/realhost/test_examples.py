"""blatann's own examples, as it ships them, on chips of one air: a peripheral, and who finds it."""

from __future__ import annotations

from collections.abc import Callable
from signal import SIGABRT

import pytest
from realhost.hosts import NATIVE, PATIENCE_S, Host, needs_blatann, on_each_driver

EXAMPLES = ("-m", "blatann.examples")

pytestmark = [needs_blatann, on_each_driver]


@pytest.mark.parametrize(
    ("peripheral", "central", "said"),
    [
        ("peripheral", "scanner", ["Name: Periph Test"]),
        (
            "peripheral_device_info_service",
            "central_device_info_service",
            ["Value: AB1234", "Software Version: 14.2.1", "Vendor ID: 88"],
        ),
        (
            "peripheral_descriptors",
            "central_descriptors",
            ["Value: UTC Time", "Exponent: 0, Unit: "],
        ),
    ],
)
def test_a_central_that_ends_by_itself(
    air: Callable[[], tuple[str, str]],
    host: Callable[..., Host],
    driver: tuple[str, ...],
    peripheral: str,
    central: str,
    said: list[str],
) -> None:
    """The native driver now and then aborts an interpreter that ends; what was said counts then."""
    ports = air()
    server = host(*EXAMPLES, peripheral, ports[0])
    server.wait_for("Advertising")
    client = host(*EXAMPLES, central, ports[1])
    status = client.process.wait(PATIENCE_S)
    assert status in ({0, -SIGABRT} if driver == NATIVE else {0}), client.lines
    for words in said:
        client.wait_for(words)
    assert not [line for line in server.lines + client.lines if "Traceback" in line or "[ERROR]" in line]


def test_a_battery_is_read(air: Callable[[], tuple[str, str]], host: Callable[..., Host]) -> None:
    ports = air()
    host(*EXAMPLES, "peripheral_battery_service", ports[0]).wait_for("Advertising")
    client = host(*EXAMPLES, "central_battery_service", ports[1])
    client.wait_for("main", "Battery: ", "%")  # 100, or what is left by the time that a slow machine reads it
    client.wait_for("Waiting 30 seconds for any battery notifications")  # it has subscribed
