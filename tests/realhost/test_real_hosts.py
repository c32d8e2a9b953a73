"""Hosts that are not ours against the virtual chip: blatann's own example, and a session on pc-ble-driver-py."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from realhost.hosts import PATIENCE_S, Host, needs_blatann, needs_package, on_each_driver

from gatts_codec.device import ChipRunner
from gatts_codec.device.discovery import find_value
from gatts_codec.link.events import Rebooted

SESSION = Path(__file__).with_name("driver_session.py")
Start = Callable[[str], ChipRunner]


def advertising(
    start: Start, host: Callable[..., Host], dialect: str, *arguments: str
) -> tuple[ChipRunner, list[str], Host]:
    """A chip, why it rebooted, and a host that has got as far as advertising on it."""
    runner = start(dialect)
    causes = reboots(runner)
    application = host(*arguments, runner.transport.name)
    try:
        runner.peer.wait_for_advertising()
    finally:
        print(*application.lines, sep="\n")
    return runner, causes, application


def reboots(runner: ChipRunner) -> list[str]:
    """From now on: why the chip rebooted."""
    causes: list[str] = []
    runner.chip.observers.append(
        lambda what: causes.append(what.cause) if isinstance(what, Rebooted) else None
    )
    return causes


@needs_blatann
@on_each_driver
def test_blatanns_peripheral_example(start: Start, host: Callable[..., Host]) -> None:
    example_of = ("-m", "blatann.examples", "peripheral")
    runner, causes, example = advertising(start, host, "sd_api_v5_pc", *example_of)
    peer = runner.peer
    peer.connect()
    example.wait_for("Connected to peer")
    services = peer.discover()
    hex_converter = find_value(services, 0xBEAA).value_handle
    counter = find_value(services, 0x1234).value_handle
    clock = find_value(services, 0xDDDD).value_handle
    assert peer.read(3) == b"Peripheral Example"

    peer.subscribe(hex_converter)
    peer.write(hex_converter, b"\x0d\xc0\xdb")
    assert "0dc0db" in example.wait_for("Got characteristic write")
    (value,) = peer.wait_for_value()
    assert (value.handle, value.data) == (hex_converter, b"0dc0db")
    assert peer.read(hex_converter) == b"0dc0db"
    assert peer.read(clock).startswith(b"Time: ")

    peer.subscribe(counter)
    counted = [
        struct.unpack("<I", value.data)[0] for value in peer.wait_for_value(17) if value.handle == counter
    ]
    assert counted[:16] == list(range(1, 17))

    long_value = bytes(range(60))
    peer.write_long(hex_converter, long_value)
    example.wait_for("Got characteristic write", long_value.hex())
    assert peer.read_long(hex_converter) == long_value.hex().encode()

    peer.disconnect()
    example.wait_for("Disconnected from peer", "remote_user_terminated_connection")
    peer.wait_for_advertising()  # it starts again by itself
    assert causes == ["RESET packet"]
    assert not [line for line in example.lines if "Traceback" in line or "[ERROR]" in line]


@needs_package
@on_each_driver
@pytest.mark.parametrize(("chip", "dialect"), [("NRF52", "sd_api_v5_pc"), ("NRF51", "sd_api_v2_pc")])
def test_a_session_on_pc_ble_driver_py(
    start: Start, host: Callable[..., Host], chip: str, dialect: str
) -> None:
    runner, causes, session = advertising(start, host, dialect, str(SESSION), chip)
    peer = runner.peer
    peer.connect("c6:05:04:03:02:01")
    session.wait_for('"ready"')
    value = find_value(peer.discover(), 0x2A37).value_handle
    assert peer.read(value) == b"\x01\x02\x03"
    peer.subscribe(value, indications=True)
    peer.write(value, b"\x0d\xc0\xdb")
    heard = peer.wait_for_value(2)
    assert [(got.data, got.indication) for got in heard] == [(b"\x00\x48", False), (b"\x00\x49", True)]
    session.wait_for('"confirmed"')
    peer.disconnect()
    session.wait_for('"done"')
    assert session.process.wait(PATIENCE_S) == 0
    late = dialect == "sd_api_v5_pc"
    said = [json.loads(line) for line in session.lines if line.startswith("{")]
    check_what_it_saw(said, value, link_layer=9 if late else 8, service=14 if late else 12)
    assert causes == (["RESET packet"] if late else [])  # which firmware of SDK 11 ignores


def check_what_it_saw(said: list[dict[str, Any]], value: int, *, link_layer: int, service: int) -> None:
    """What the driver decoded of our packets, by its own layouts."""
    by_name: dict[str, dict[str, Any]] = {}
    for line in said:
        by_name.setdefault(line["what"], line)
    assert by_name["version"] == {"what": "version", "number": link_layer, "company": 0x59}
    assert by_name["address"]["address"] == [0xC0, 0xCD, 0xEF, 0x12, 0x34, 0x56]
    assert by_name["service"] == {"what": "service", "service": service, "value": value, "cccd": value + 1}
    connected = {"conn": 0, "peer": [0xC6, 5, 4, 3, 2, 1], "role": "periph", "interval_ms": 30.0}
    assert by_name["connected"] == {"what": "connected", **connected}
    writes = [line for line in said if line["what"] == "write"]
    assert [line["data"] for line in writes] == [[3, 0], [0x0D, 0xC0, 0xDB]]
    assert by_name["sent"]["count"] == 1
    assert by_name["confirmed"]["handle"] == value
    assert by_name["disconnected"]["reason"] == "remote_user_terminated_connection"
    bad = [line for line in said if line["what"] == "status" and "Error" in line["code"]]
    assert bad == []
