"""``gatts-codec explain``."""

from __future__ import annotations

import pytest
from cli.commands import Runner

from gatts_codec.cli.explain import spoken
from gatts_codec.constants.table import tables


def test_a_code_with_a_meaning_of_its_own_in_each_dialect(run: Runner) -> None:
    outcome = run("explain", "0x3004")
    assert outcome.status == 0
    assert [line.strip() for line in outcome.lines if line.startswith("    in ")] == [
        "in s110_v8, s130_v1",
        "in sd_api_v2 to sd_api_v3",
        "in sd_api_v5",
        "in sd_api_v6, sd_api_v7",
    ]


def test_one_dialect(run: Runner) -> None:
    outcome = run("explain", "168", "--dialect", "sd_api_v7")
    assert outcome.lines == [
        "SD_BLE_GATTS_SERVICE_ADD  0x00A8 = 168  opcode of a gatts command and its response",
        "    in sd_api_v7",
        "    add a service; the response gives its handle",
    ]


def test_a_result_lists_what_it_means_for_each_call(run: Runner) -> None:
    assert "    descriptor_add: add a characteristic first" in run("explain", "NRF_ERROR_INVALID_STATE").lines


def test_json(run: Runner) -> None:
    (record,) = run("explain", "--json", "sys attr missing", "-d", "sd_api_v2").records[:1]
    assert record["code"] == 0x3401
    assert record["name"] == "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
    assert record["dialects"] == ["sd_api_v2"]


@pytest.mark.parametrize("args", [("nope",), ("0xdead",), ("exchange_mtu", "-d", "s110_v8")])
def test_what_is_not_known_is_said_and_status_1(run: Runner, args: tuple[str, ...]) -> None:
    outcome = run("explain", *args)
    assert (outcome.status, outcome.out) == (1, "")
    assert "nothing known about" in outcome.err


def test_dialects_as_a_person_says_them() -> None:
    known = tuple(tables())
    assert spoken(known) == "every dialect"
    assert spoken(known[:3]) == "s110_v8 to sd_api_v2"
    assert spoken(known[:2]) == "s110_v8, s130_v1"
    assert spoken((known[0], known[2], known[3])) == "s110_v8, sd_api_v2, sd_api_v2_pc"
