"""What a chip refuses of advertising, scanning and connecting, and what extended advertising shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from device.bench import ALL, Bench
from device.neighbours import (
    ANSWER,
    CENTRALS,
    HIDDEN,
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
from gatts_codec.common import CfgSet, ConnGap, Enable, RoleCount
from gatts_codec.constants.gap import AdvDataStatus, AdvFilterPolicy, AdvType, AdvTypeV5, Phy
from gatts_codec.gap import (
    Addr,
    AdvDataSet,
    AdvParams,
    AdvParamsV2,
    AdvParamsV5,
    AdvProperties,
    AdvReportEvent,
    AdvSetConfigure,
    AdvSetData,
    AdvStart,
    AdvStartV5,
    AdvStop,
    BleData,
    Connect,
    ConnectCancel,
    ConnectedEvent,
    ConnParams,
    ScanParamsV2,
    ScanStart,
    ScanStartV5,
    ScanStop,
    Whitelist,
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
    advertise(bench, data=HIDDEN, filter_policy=AdvFilterPolicy.FILTER_CONNREQ)
    assert bench.result(WhitelistSet(None)) == BleError.GAP_WHITELIST_IN_USE
    assert [listed.addr for listed in bench.device.gap.whitelist] == [SOMEBODY.addr]


@pytest.mark.parametrize("dialect", ["s130_v1", "sd_api_v2", "sd_api_v2_pc"])
def test_up_to_v2_the_list_comes_along_unless_somebody_uses_the_one_of_before(dialect: str) -> None:
    bench = Bench(dialect)
    listed, other = Whitelist((SOMEBODY,)), Whitelist((SOMEBODY, SOMEBODY))
    bench.ok(AdvStartV5(AdvParamsV2(fp=AdvFilterPolicy.FILTER_CONNREQ, whitelist=listed)))
    params = listening(bench, selective=1, whitelist=other)
    for command in (ScanStartV5(params), Connect(None, params, TIMING)):
        assert bench.result(command) == BleError.GAP_WHITELIST_IN_USE
    assert len(bench.device.gap.whitelist) == 1
    bench.ok(ScanStartV5(replace(params, whitelist=None)))
    bench.ok(AdvStop())
    again = AdvStartV5(AdvParamsV2(whitelist=other))
    assert bench.result(again) == BleError.GAP_WHITELIST_IN_USE
    bench.ok(ScanStop())
    bench.ok(again)


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
    extend(sender, kind, AdvSetData(scan_rsp_data=BleData(2, data=LONG[3:])))
    params = listening(scanner, extended=1, active=1)
    scanner.ok(ScanStart(params, BleData(1, 255)))
    scanner.device.gap.scan_room = 100
    sender.after(0)
    assert scanner.event(AdvReportEvent).type.scannable == 1
    scanner.ok(ScanStart(None, BleData(1, 255)))
    answer = scanner.event(AdvReportEvent)
    assert (answer.type.scan_response, answer.type.status) == (1, AdvDataStatus.INCOMPLETE_TRUNCATED)
    assert answer.data.data == LONG[3:103]


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


# -- what is wrong with data, addresses and lists

LIMITED = bytes.fromhex("020105")


@pytest.mark.parametrize(
    ("said", "answer", "result"),
    [
        ("0201", "", NrfError.INVALID_LENGTH),
        ("020106", "0509", NrfError.INVALID_LENGTH),
        ("020103", "", NrfError.INVALID_FLAGS),
        ("03010600", "", NrfError.INVALID_FLAGS),
        ("", "020106", NrfError.INVALID_DATA),
        ("020841", "020941", NrfError.INVALID_DATA),
        ("040318180d", "", BleError.GAP_UUID_LIST_MISMATCH),
        ("", "1007" + "00" * 15, BleError.GAP_UUID_LIST_MISMATCH),
        ("0201060000", "03190000", 0),  # a length of 0 ends them
    ],
)
@pytest.mark.parametrize("dialect", ["s110_v8", "sd_api_v5", "sd_api_v7"])
def test_data_that_make_no_sense(dialect: str, said: str, answer: str, result: int) -> None:
    bench = Bench(dialect)
    first, second = bytes.fromhex(said), bytes.fromhex(answer)
    if dialect == "sd_api_v7":
        assert configure(bench, data=AdvSetData(BleData(1, data=first), BleData(2, data=second))) == result
    else:
        assert bench.result(AdvDataSet(data=first, sr_data=second)) == result
        assert bench.device.gap.advertised == ((b"", b"") if result else (first, second))


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(("seconds", "policy"), [(0, 0), (181, 0), (180, 2)])
def test_who_can_be_discovered_for_a_limited_time_says_for_how_long_and_to_all(
    dialect: str, seconds: int, policy: int
) -> None:
    bench = Bench(dialect)
    bench.device.gap.whitelist = (SOMEBODY,)
    expected = BleError.GAP_DISCOVERABLE_WITH_WHITELIST if policy else NrfError.INVALID_PARAM
    if api(bench) >= 6:
        data = AdvSetData(BleData(1, data=LIMITED))
        assert configure(bench, data=data, duration=seconds * 100, filter_policy=policy) == expected
        assert configure(bench, data=data, duration=18000) == 0
    else:
        form = AdvParamsV5 if api(bench) >= 3 else AdvParamsV2
        bench.ok(AdvDataSet(data=LIMITED))
        assert bench.result(AdvStartV5(form(timeout=seconds, fp=policy))) == expected
        bench.ok(AdvStartV5(form(timeout=180)))


def test_a_set_needs_the_whitelist_when_it_starts_as_well() -> None:
    bench = Bench("sd_api_v6")
    bench.ok(WhitelistSet((SOMEBODY,)))
    assert configure(bench, filter_policy=AdvFilterPolicy.FILTER_CONNREQ) == 0
    bench.ok(WhitelistSet(None))
    assert bench.result(AdvStart(0)) == NrfError.INVALID_PARAM
    bench.ok(WhitelistSet((SOMEBODY,)))
    bench.ok(AdvStart(0))


def test_a_set_that_runs_gets_other_buffers() -> None:
    bench = Bench("sd_api_v6")
    data = AdvSetData(BleData(1, data=NAME), BleData(2, data=ANSWER))
    assert configure(bench, data=data) == 0
    bench.ok(AdvSetConfigure(0, data, None))
    bench.ok(AdvStart(0))
    assert bench.result(AdvSetConfigure(0, data, None)) == NrfError.INVALID_STATE
    bench.ok(AdvSetConfigure(0, AdvSetData(BleData(3, data=NAME), BleData(4, data=ANSWER)), None))


NOT_STATIC = Addr(bytes.fromhex("010203040506"), 1)


@pytest.mark.parametrize("dialect", CENTRALS)
def test_connecting_needs_a_peer_and_one_with_an_address(dialect: str) -> None:
    bench = Bench(dialect)
    good = listening(bench)
    assert bench.result(Connect(None, good, TIMING)) == NrfError.INVALID_ADDR
    assert bench.result(Connect(NOT_STATIC, good, TIMING)) == BleError.GAP_INVALID_BLE_ADDR
    assert bench.result(Connect(Addr(bytes(6), 0x7F), good, TIMING)) == BleError.GAP_INVALID_BLE_ADDR
    if api(bench) < 3:
        both = Connect(SOMEBODY, listening(bench, selective=1), TIMING)
    else:
        wish = {"filter_policy": 1} if api(bench) >= 6 else {"use_whitelist": 1}
        both = Connect(None, listening(bench, **wish), TIMING)
    assert bench.result(both) == NrfError.INVALID_PARAM  # without a list; up to v2 with a peer as well
    bench.ok(Connect(SOMEBODY, good, TIMING))
    again = NrfError.BUSY if api(bench) < 3 else NrfError.INVALID_STATE
    assert bench.result(Connect(SOMEBODY, good, TIMING)) == again
    start = ScanStart(good, BleData(1, 31)) if api(bench) >= 6 else ScanStartV5(good)
    assert bench.result(start) == NrfError.INVALID_STATE


@pytest.mark.parametrize("dialect", CENTRALS)
def test_from_v4_on_a_refused_connect_ends_scanning_too(dialect: str) -> None:
    bench = Bench(dialect)
    scan(bench)
    assert bench.result(Connect(None, listening(bench), TIMING)) == NrfError.INVALID_ADDR
    assert (bench.result(ScanStop()) == NrfError.INVALID_STATE) is (api(bench) >= 4)


def test_an_s110_is_no_central() -> None:
    bench = Bench("s110_v8")
    params = ScanParamsV2()
    for command in (ScanStartV5(params), Connect(SOMEBODY, params, TIMING), ConnectCancel()):
        assert bench.result(command) == NrfError.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("wrong", "result"),
    [
        ({"channel_mask": bytes([0, 0, 0, 0, 0xE0])}, NrfError.INVALID_PARAM),
        ({"channel_mask": bytes([1, 0, 0, 0, 0])}, NrfError.NOT_SUPPORTED),
        ({"scan_phys": Phy.MBPS_2}, NrfError.INVALID_PARAM),
        ({"scan_phys": Phy.CODED, "extended": 1}, NrfError.NOT_SUPPORTED),
        ({"filter_policy": 1}, NrfError.INVALID_PARAM),
        ({"channel_mask": bytes([0, 0, 0, 0, 0x60])}, 0),
    ],
)
def test_scan_parameters_from_v6_on(wrong: dict[str, Any], result: int) -> None:
    bench = Bench("sd_api_v7")
    assert bench.result(ScanStart(listening(bench, **wrong), BleData(1, 255))) == result


@pytest.mark.parametrize(
    "dialect", [name for name in CENTRALS if name.startswith(("sd_api_v4", "sd_api_v5"))]
)
def test_once_enabled_a_chip_knows_its_configurations(dialect: str) -> None:
    bench = Bench(dialect)
    bench.ok(CfgSet(ConnGap(1, 3)))
    bench.ok(Enable())
    assert bench.result(AdvStartV5(AdvParamsV5(), 2)) == NrfError.NOT_FOUND
    assert bench.result(Connect(SOMEBODY, listening(bench), TIMING, 2)) == NrfError.NOT_FOUND
    unconnectable = AdvParamsV5(type=AdvTypeV5.ADV_NONCONN_IND)
    bench.ok(AdvStartV5(unconnectable, 2))  # no connection comes of it
    bench.ok(Connect(SOMEBODY, listening(bench), TIMING, 1))
