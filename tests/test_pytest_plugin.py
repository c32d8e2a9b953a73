"""The pytest fixtures, as a user's suite has them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
EXAMPLE = Path(__file__).parents[1] / "examples" / "test_heart_rate.py"
SUITE = """
import pytest
from gatts_codec import Uuid
from gatts_codec.gap import DisconnectedEvent
from gatts_codec.gattc import PrimSrvcDiscRspEvent

def test_default(virtual_chip, connected_client):
    assert connected_client.dialect.name == virtual_chip.dialect
    assert connected_client.service_add(1, Uuid(0x180D)).handle == 14
    print("dialect", virtual_chip.dialect)

@pytest.mark.virtual_chip("sd_api_v6", faults=["result=service_add:NO_MEM"])
def test_marked(virtual_chip, connected_client):
    assert virtual_chip.dialect == "sd_api_v6"
    assert connected_client.unchecked.service_add(1, Uuid(0x180D)).result == 4

def test_each_test_has_a_chip_of_its_own(virtual_chip, connected_client):
    assert connected_client.service_add(1, Uuid(0x180D)).handle == 14
    assert virtual_chip.peer.connect() == 0
    assert virtual_chip.runner.call(lambda: virtual_chip.chip.is_up)

@pytest.mark.parametrize("dialect", ["sd_api_v2_pc", "sd_api_v6"])
def test_a_pair(air, request, dialect):
    request.node.add_marker(pytest.mark.virtual_chip(dialect))
    pair = request.getfixturevalue("connected_pair")
    assert pair.central.dialect.name == dialect
    pair.central.gattc.primary_services_discover(pair.central_conn, 1)
    assert pair.central.wait_for(PrimSrvcDiscRspEvent).services[0].uuid.uuid == 0x1800
    air.call(lambda found: found.part(*air.chips))
    assert pair.peripheral.wait_for(DisconnectedEvent, 30).reason == 8

def test_any_host_can_open_it(virtual_chip):
    with open(virtual_chip.device, "rb", buffering=0) as port:
        assert port.isatty()
"""


def test_the_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest("-p", "gatts_codec.pytest_plugin", "--strict-markers", "-s")
    outcomes = result.parseoutcomes()
    assert outcomes.get("passed", 0) + outcomes.get("skipped", 0) == 6
    assert "failed" not in outcomes
    result.stdout.fnmatch_lines(["*dialect sd_api_v5*"])


@pytest.mark.parametrize(
    ("arguments", "ini"),
    [(["--virtual-chip-dialect", "sd_api_v3"], ""), ([], "[pytest]\nvirtual_chip_dialect = sd_api_v3")],
)
def test_the_dialect_can_be_chosen(pytester: pytest.Pytester, arguments: list[str], ini: str) -> None:
    pytester.makepyfile("def test_it(virtual_chip): assert virtual_chip.dialect == 'sd_api_v3'")
    pytester.makeini(ini or "[pytest]")
    pytester.runpytest("-p", "gatts_codec.pytest_plugin", *arguments).assert_outcomes(passed=1)


def test_a_wrong_dialect_is_explained(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(virtual_chip): pass")
    result = pytester.runpytest("-p", "gatts_codec.pytest_plugin", "--virtual-chip-dialect", "s999")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*unknown dialect 's999'; known are s110_v8*"])


def test_the_example_suite(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_heart_rate=EXAMPLE.read_text("utf-8"))
    pytester.runpytest("-p", "gatts_codec.pytest_plugin", "--strict-markers").assert_outcomes(passed=6)
