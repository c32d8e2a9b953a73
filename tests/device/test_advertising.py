"""What a chip refuses of advertising, scanning and connecting, and what extended advertising shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from device.bench import ALL, Bench
from device.test_air import (
    CENTRALS,
    NAME,
    SOMEBODY,
    TIMING,
    address,
    advertise,
    api,
    initiate,
    listening,
    pair,
    scan,
)

from gatts_codec import BleError, NrfError
from gatts_codec.common import CfgSet, ConnGap, RoleCount
from gatts_codec.constants.gap import AdvDataStatus, AdvFilterPolicy, AdvType, AdvTypeV5, Phy
from gatts_codec.gap import (
    Addr,
    AdvParams,
    AdvParamsV2,
    AdvParamsV5,
    AdvProperties,
    AdvReportEvent,
    AdvSetConfigure,
    AdvSetData,
    AdvStart,
    AdvStartV5,
    BleData,
    Connect,
    ConnectedEvent,
    ConnParams,
    ScanStart,
    ScanStartV5,
    WhitelistSet,
)

UP_TO_V5 = [name for name in ALL if not name.startswith(("sd_api_v6", "sd_api_v7"))]
FROM_V6 = [name for name in ALL if name not in UP_TO_V5]
LISTS = [name for name in CENTRALS if name not in ("s130_v1", "sd_api_v2", "sd_api_v2_pc")]
UNHEARD = AdvSetData(scan_rsp_data=BleData(2, data=NAME))
LONG = bytes.fromhex("020106") + bytes([201, 0xFF]) + bytes(200)


def configure(bench: Bench, kind: AdvType = AdvType.CONNECTABLE_SCANNABLE_UNDIRECTED, **more: Any) -> int:
    data = more.pop("data", AdvSetData())
    return bench.result(AdvSetConfigure(0xFF, data, AdvParams(AdvProperties(kind), **more)))


def extend(bench: Bench, kind: AdvType, data: AdvSetData, **more: Any) -> None:
    assert configure(bench, kind, data=data, **more) == 0
    bench.ok(AdvStart(0))


# -- refused


@pytest.mark.parametrize("dialect", UP_TO_V5)
@pytest.mark.parametrize(
    "wrong",
    [
        {"interval": 0x1F},
        {"interval": 0x4001},
        {"timeout": 0x4000},
        {"fp": 4},
        {"type": 4},
        {"type": AdvTypeV5.ADV_DIRECT_IND},
        {"type": AdvTypeV5.ADV_DIRECT_IND, "peer_addr": SOMEBODY, "interval": 0, "timeout": 1},
    ],
)
def test_up_to_v5_parameters_out_of_range_are_refused(dialect: str, wrong: dict[str, Any]) -> None:
    bench = Bench(dialect)
    form = AdvParamsV5 if api(bench) >= 3 else AdvParamsV2
    assert bench.result(AdvStartV5(form(**wrong))) == NrfError.INVALID_PARAM
    bench.ok(AdvStartV5(form()))


@pytest.mark.parametrize("dialect", UP_TO_V5)
def test_what_nobody_connects_to_is_slow_up_to_v4(dialect: str) -> None:
    bench = Bench(dialect)
    form = AdvParamsV5 if api(bench) >= 3 else AdvParamsV2
    expected = 0 if api(bench) == 5 else NrfError.INVALID_PARAM
    assert bench.result(AdvStartV5(form(type=AdvTypeV5.ADV_NONCONN_IND, interval=0x9F))) == expected


@pytest.mark.parametrize("dialect", FROM_V6)
@pytest.mark.parametrize(
    ("wrong", "result"),
    [
        ({"interval": 0x1F}, NrfError.INVALID_PARAM),
        ({"kind": 12}, NrfError.INVALID_PARAM),
        ({"kind": AdvType.CONNECTABLE_NONSCANNABLE_DIRECTED}, NrfError.INVALID_PARAM),
        ({"filter_policy": AdvFilterPolicy.FILTER_BOTH}, NrfError.INVALID_PARAM),
        ({"primary_phy": Phy.CODED}, NrfError.NOT_SUPPORTED),
        ({"data": AdvSetData(BleData(1, data=bytes(32)))}, NrfError.INVALID_LENGTH),
        (
            {"kind": AdvType.NONCONNECTABLE_NONSCANNABLE_UNDIRECTED, "data": UNHEARD},
            NrfError.INVALID_PARAM,
        ),
        (
            {
                "kind": AdvType.EXTENDED_NONCONNECTABLE_SCANNABLE_UNDIRECTED,
                "data": AdvSetData(BleData(1, data=NAME)),
            },
            NrfError.INVALID_PARAM,
        ),
    ],
)
def test_from_v6_on_a_set_that_makes_no_sense_is_refused(
    dialect: str, wrong: dict[str, Any], result: int
) -> None:
    bench = Bench(dialect)
    assert configure(bench, **wrong) == result
    assert configure(bench) == 0


def test_there_is_one_set_and_it_keeps_its_parameters_while_it_runs() -> None:
    bench = Bench("sd_api_v7")
    assert configure(bench) == 0
    assert configure(bench) == NrfError.NO_MEM
    bench.ok(AdvStart(0))
    again = AdvSetConfigure(0, AdvSetData(BleData(3, data=NAME)), AdvParams())
    assert bench.result(again) == NrfError.INVALID_STATE
    bench.ok(replace(again, adv_params=None))
    assert bench.device.gap.advertised == (NAME, b"")


@pytest.mark.parametrize("dialect", CENTRALS)
def test_scanning_and_connecting_have_ranges(dialect: str) -> None:
    bench = Bench(dialect)
    good = listening(bench)
    for wrong in ({"interval": 3, "window": 3}, {"window": 161}, {"window": 0}):
        params = replace(good, **wrong)
        start = ScanStart(params, BleData(1, 31)) if api(bench) >= 6 else ScanStartV5(params)
        for command in (start, Connect(SOMEBODY, params, TIMING)):
            assert bench.result(command) == NrfError.INVALID_PARAM
    for timing in (ConnParams(5, 24, 0, 400), ConnParams(24, 24, 0, 9), ConnParams(100, 100, 40, 400)):
        assert bench.result(Connect(SOMEBODY, good, timing)) == NrfError.INVALID_PARAM
    if api(bench) >= 6:
        for short, extended in ((30, 0), (254, 1)):
            command = ScanStart(replace(good, extended=extended), BleData(1, short))
            assert bench.result(command) == NrfError.INVALID_LENGTH
    bench.ok(Connect(SOMEBODY, good, TIMING))


@pytest.mark.parametrize("dialect", LISTS)
def test_a_whitelist_stays_while_somebody_uses_it(dialect: str) -> None:
    bench = Bench(dialect)
    assert bench.result(WhitelistSet(())) == NrfError.DATA_SIZE
    assert bench.result(WhitelistSet((Addr(bytes(6), 4),))) == BleError.GAP_INVALID_BLE_ADDR
    bench.ok(WhitelistSet((SOMEBODY,)))
    advertise(bench, filter_policy=AdvFilterPolicy.FILTER_CONNREQ)
    assert bench.result(WhitelistSet(None)) == BleError.GAP_WHITELIST_IN_USE
    assert [listed.addr for listed in bench.device.gap.whitelist] == [SOMEBODY.addr]


# -- how many connections


@pytest.mark.parametrize("limit", [RoleCount(1, central_role_count=1), ConnGap(1, 3)])
def test_connections_are_counted_by_role_and_by_configuration(limit: RoleCount | ConnGap) -> None:
    _, peripheral, central = pair()
    for bench in (peripheral, central):
        bench.ok(CfgSet(limit))
        bench.ok(CfgSet(ConnGap(2, 3, conn_cfg_tag=2)))
    peripheral.ok(AdvStartV5(AdvParamsV5(), 1))
    initiate(central, peripheral, tag=1)
    peripheral.after(0)
    for bench in (peripheral, central):
        bench.event(ConnectedEvent)
    assert peripheral.result(AdvStartV5(AdvParamsV5(), 1)) == NrfError.CONN_COUNT
    assert central.result(Connect(SOMEBODY, listening(central), TIMING, 1)) == NrfError.CONN_COUNT
    by_role = isinstance(limit, RoleCount)
    other_role = Connect(SOMEBODY, listening(peripheral), TIMING, 1)
    assert peripheral.result(other_role) == (0 if by_role else NrfError.CONN_COUNT)
    other_tag = Connect(SOMEBODY, listening(central), TIMING, 2)
    assert central.result(other_tag) == (NrfError.CONN_COUNT if by_role else 0)


def test_more_connections_than_the_chip_has_cannot_be_configured() -> None:
    bench = Bench()
    assert bench.result(CfgSet(RoleCount(11, central_role_count=10))) == NrfError.CONN_COUNT
    assert bench.result(CfgSet(ConnGap(0, 3))) == NrfError.CONN_COUNT


# -- extended advertising


@pytest.mark.parametrize("dialect", FROM_V6)
def test_extended_advertising_is_for_scanners_that_ask_for_it(dialect: str) -> None:
    _, sender, scanner = pair("sd_api_v7", dialect)
    kind = AdvType.EXTENDED_NONCONNECTABLE_NONSCANNABLE_UNDIRECTED
    extend(sender, kind, AdvSetData(BleData(1, data=LONG)), set_id=5, secondary_phy=Phy.MBPS_2)
    scan(scanner)
    sender.after(0)
    assert scanner.events() == []
    scanner.device.gap.scanner = replace(scanner.device.gap.scanner, extended=True)
    scanner.device.gap.scan_room = 255
    sender.after(0.2)
    report = scanner.event(AdvReportEvent)
    assert (report.type.extended_pdu, report.type.status) == (1, AdvDataStatus.COMPLETE)
    assert (report.set_id, report.primary_phy, report.secondary_phy) == (5, Phy.MBPS_1, Phy.MBPS_2)
    assert report.data.data == LONG


def test_extended_data_longer_than_the_buffer_are_cut() -> None:
    _, sender, scanner = pair("sd_api_v7", "sd_api_v7")
    kind = AdvType.EXTENDED_NONCONNECTABLE_SCANNABLE_UNDIRECTED
    extend(sender, kind, AdvSetData(scan_rsp_data=BleData(2, data=LONG)))
    params = listening(scanner, extended=1, active=1)
    scanner.ok(ScanStart(params, BleData(1, 255)))
    scanner.device.gap.scan_room = 100
    sender.after(0)
    assert scanner.event(AdvReportEvent).type.scannable == 1
    scanner.ok(ScanStart(None, BleData(1, 255)))
    answer = scanner.event(AdvReportEvent)
    assert (answer.type.scan_response, answer.type.status) == (1, AdvDataStatus.INCOMPLETE_TRUNCATED)
    assert answer.data.data == LONG[:100]


def test_an_early_scanner_hears_nothing_of_it_and_a_late_one_connects() -> None:
    _, sender, early = pair("sd_api_v7", "sd_api_v5")
    extend(sender, AdvType.EXTENDED_CONNECTABLE_NONSCANNABLE_UNDIRECTED, AdvSetData())
    initiate(early, sender)
    sender.after(0.2)
    assert early.events() == []
    late = Bench("sd_api_v6")
    assert sender.device.ether is not None
    sender.device.ether.add(late.device)  # type: ignore[attr-defined]
    late.ok(Connect(address(sender), listening(late, extended=1), TIMING))
    sender.after(0.2)
    late.event(ConnectedEvent)
