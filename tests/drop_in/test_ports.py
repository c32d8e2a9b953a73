"""The serial ports of the machine, as programs ask for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gatts_codec.drop_in.native import module

FOUND = [
    SimpleNamespace(
        device="/dev/ttyACM1",
        manufacturer="SEGGER",
        serial_number="000683",
        hwid="USB VID:PID=1366:1015",
        location="1-2",
        vid=0x1366,
        pid=0x1015,
    ),
    SimpleNamespace(
        device="/dev/ttyS0",
        manufacturer=None,
        serial_number=None,
        hwid="n/a",
        location=None,
        vid=None,
        pid=None,
    ),
]


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: list(FOUND))
    monkeypatch.setattr("gatts_codec.drop_in.ports.sorted", lambda ports: ports, raising=False)
    return module("v5")


def asked(native: Any, room: int) -> tuple[int, int, Any]:
    """Result, number of ports, and the array."""
    ports, size = native.sd_rpc_serial_port_desc_array(room), native.new_uint32()
    native.uint32_assign(size, room)
    result = native.sd_rpc_serial_port_enum(ports.cast(), size)
    return result, native.uint32_value(size), ports


def test_what_is_known_of_each(native: Any) -> None:
    result, count, ports = asked(native, 3)
    assert (result, count) == (0, 2)
    assert (ports[0].port, ports[0].manufacturer, ports[0].serialNumber) == (
        "/dev/ttyACM1",
        "SEGGER",
        "000683",
    )
    assert (ports[0].vendorId, ports[0].productId, ports[0].locationId) == ("1366", "1015", "1-2")
    assert (ports[1].port, ports[1].manufacturer, ports[1].vendorId) == ("/dev/ttyS0", "", "")


def test_more_than_fit(native: Any) -> None:
    result, count, ports = asked(native, 1)
    assert (result, count, ports[0].port) == (native.NRF_ERROR_DATA_SIZE, 2, "")
