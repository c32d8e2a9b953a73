"""What a chip refuses of its configuration, of options, and of what is said of it; what is refused changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from device.bench import ALL, Bench
from device.neighbours import advertise, api, initiate, pair, scan

from gatts_codec import NO_ACCESS, OPEN, AttrVloc, BleError, NrfError, SecMode
from gatts_codec.common import (
    AttrTabSizeCfg,
    AuthPayloadTimeoutOpt,
    CfgSet,
    ChMapOpt,
    CommonEnableParams,
    CompatMode2Opt,
    ConnBandwidthCounts,
    ConnBandwidthOpt,
    ConnBandwidthPair,
    ConnGap,
    ConnGatt,
    ConnL2cap,
    DeviceName,
    Enable,
    EnableParams,
    EnableV3,
    ExtLenOpt,
    GapEnableParams,
    GapEnableParamsV2,
    GattEnableParams,
    GattsEnableParams,
    OptSet,
    PasskeyOpt,
    RoleCount,
    ScanReqReportOpt,
    SlaveLatencyDisableOpt,
    TxBufferCountGet,
    TxPacketCountGet,
    VsUuidCfg,
)
from gatts_codec.constants.gap import Role, TxPowerRole
from gatts_codec.gap import (
    ConnParams,
    ConnParamUpdate,
    ConnParamUpdateEvent,
    DeviceNameSet,
    PpcpSet,
    ScanReqReportEvent,
    TxPowerSet,
)

CONFIGURED = [name for name in ALL if name.startswith("sd_") and int(name[8]) >= 4]
ENABLED_WITH = [name for name in ALL if name not in CONFIGURED]


@pytest.mark.parametrize("dialect", CONFIGURED)
@pytest.mark.parametrize(
    ("cfg", "result"),
    [
        (VsUuidCfg(255), NrfError.INVALID_PARAM),
        (AttrTabSizeCfg(244), NrfError.INVALID_LENGTH),
        (AttrTabSizeCfg(250), NrfError.INVALID_LENGTH),
        (AttrTabSizeCfg(0), NrfError.INVALID_LENGTH),
        (RoleCount(11, central_role_count=10), NrfError.CONN_COUNT),
        (RoleCount(1, central_role_count=1, central_sec_count=2), NrfError.INVALID_PARAM),
        (DeviceName(b"name", write_perm=SecMode(3, 1)), NrfError.INVALID_PARAM),
        (DeviceName(b"name", vloc=0), NrfError.INVALID_PARAM),
        (DeviceName(b"name", max_len=3), NrfError.INVALID_LENGTH),
        (DeviceName(None, max_len=249), NrfError.INVALID_LENGTH),
        (ConnGap(0, 3), NrfError.CONN_COUNT),
        (ConnGap(1, 1), NrfError.INVALID_PARAM),
        (ConnGap(1, 3, conn_cfg_tag=0), NrfError.INVALID_PARAM),
        (ConnGatt(22), NrfError.INVALID_PARAM),
    ],
)
def test_configurations_that_make_no_sense(dialect: str, cfg: Any, result: int) -> None:
    assert Bench(dialect).result(CfgSet(cfg)) == result


def test_configurations_of_later_stacks() -> None:
    bench = Bench("sd_api_v7")
    assert bench.result(CfgSet(RoleCount(1, adv_set_count=2))) == NrfError.RESOURCES
    assert bench.result(CfgSet(ConnL2cap(22, 23, 1, 1, 1))) == NrfError.INVALID_PARAM
    assert bench.result(CfgSet(ConnL2cap(23, 23, 1, 1, 65))) == NrfError.INVALID_PARAM
    bench.ok(CfgSet(ConnL2cap(0, 0, 0, 0, 0)))  # no channels: the rest is ignored
    bench.ok(CfgSet(ConnGap(200, 3)))
    assert bench.result(CfgSet(ConnGap(56, 3, conn_cfg_tag=2))) == NrfError.INVALID_PARAM
    bench.ok(CfgSet(ConnGap(255, 3)))  # in the place of those of before


def enabling(dialect: str, **wishes: Any) -> EnableV3:
    """Enabling with what the dialect's parameters have."""
    version = api(Bench(dialect))
    roles = GapEnableParams if version == 3 else GapEnableParamsV2
    return EnableV3(
        EnableParams(
            GattsEnableParams(wishes.get("service_changed", 0), wishes.get("table", 0)),
            None if version == 1 else CommonEnableParams(wishes.get("bases", 0)),
            None if version == 1 else roles(**wishes.get("roles", {})),
            GattEnableParams(wishes.get("mtu", 0)) if version == 3 else None,
        )
    )


@pytest.mark.parametrize("dialect", ENABLED_WITH)
@pytest.mark.parametrize(
    ("since", "wrong", "result"),
    [
        (1, {"table": 217}, NrfError.INVALID_LENGTH),
        (1, {"table": 212}, NrfError.INVALID_LENGTH),
        (2, {"bases": 255}, NrfError.INVALID_PARAM),
        (2, {"roles": {"periph_conn_count": 8, "central_conn_count": 1}}, NrfError.CONN_COUNT),
        (2, {"roles": {"central_sec_count": 1}}, NrfError.INVALID_PARAM),
        (3, {"mtu": 22}, NrfError.INVALID_PARAM),
        (3, {"roles": {"device_name": DeviceName(b"abc", vloc=3)}}, NrfError.INVALID_PARAM),
        (3, {"roles": {"device_name": DeviceName(b"abc", max_len=249)}}, NrfError.INVALID_LENGTH),
    ],
)
def test_enabling_with_what_makes_no_sense(
    dialect: str, since: int, wrong: dict[str, Any], result: int
) -> None:
    bench = Bench(dialect)
    if api(bench) < since:
        return
    assert bench.result(enabling(dialect, **{"bases": 3, **wrong})) == result
    assert not bench.device.gap.enabled
    assert bench.device.bases.capacity == 10
    bench.ok(enabling(dialect))


@pytest.mark.parametrize("dialect", [name for name in ENABLED_WITH if name.startswith("sd_")])
def test_counts_of_bandwidths_crash_firmware_of_v2(dialect: str) -> None:
    bench = Bench(dialect)
    common = CommonEnableParams(0, ConnBandwidthCounts())
    params = enabling(dialect).ble_enable_params
    assert params is not None
    params = replace(params, common_enable_params=common)
    assert bench.faults_at(bench.codec.pack(EnableV3(params))) is (api(bench) == 2)


@pytest.mark.parametrize("dialect", ALL)
def test_the_size_of_the_table_unless_somebody_says_otherwise(dialect: str) -> None:
    bench = Bench(dialect)
    expected = 0x700 if api(bench) == 1 else 0x580
    assert bench.device.table.size == expected
    if dialect in ENABLED_WITH:
        bench.ok(enabling(dialect))
        assert bench.device.table.size == expected
    assert Bench(dialect, table_size=400).device.table.size == 400


# -- options

INVALID, NO_CONNECTION = NrfError.INVALID_PARAM, BleError.INVALID_CONN_HANDLE


@pytest.mark.parametrize(
    ("dialect", "opt", "result"),
    [
        ("sd_api_v2", ConnBandwidthOpt(3, ConnBandwidthPair(1, 1)), 0x3005),
        ("sd_api_v3", ConnBandwidthOpt(1, ConnBandwidthPair(1, 4)), INVALID),
        ("sd_api_v3", ConnBandwidthOpt(2, ConnBandwidthPair(1, 3)), 0),
        ("sd_api_v3", ExtLenOpt(26), INVALID),
        ("sd_api_v3", ExtLenOpt(251), 0),
        ("sd_api_v4", CompatMode2Opt(0), INVALID),
        ("sd_api_v4", CompatMode2Opt(1), 0),
        ("s110_v8", ChMapOpt(0, bytes(5)), NrfError.NOT_SUPPORTED),
        ("sd_api_v2", ConnBandwidthOpt(1, ConnBandwidthPair(0, 1)), INVALID),
        ("sd_api_v5", ChMapOpt(0, bytes(5)), 0),
        ("sd_api_v6", ChMapOpt(0, bytes([1, 0, 0, 0, 0])), INVALID),
        ("sd_api_v6", ChMapOpt(0, bytes([3, 0, 0, 0, 0x20])), INVALID),
        ("sd_api_v7", ChMapOpt(0, bytes([3, 0, 0, 0, 0x1F])), 0),
        ("sd_api_v7", PasskeyOpt(b"12345x"), INVALID),
        ("sd_api_v7", PasskeyOpt(None), 0),
        ("sd_api_v5", AuthPayloadTimeoutOpt(0, 100), NO_CONNECTION),
        ("sd_api_v5", SlaveLatencyDisableOpt(0, 1), NO_CONNECTION),
    ],
)
def test_options(dialect: str, opt: Any, result: int) -> None:
    assert Bench(dialect).result(OptSet(opt)) == result


def test_from_v6_on_a_map_of_channels_stays_a_second() -> None:
    bench = Bench("sd_api_v6")
    channels = OptSet(ChMapOpt(0, bytes([3, 0, 0, 0, 0])))
    bench.ok(channels)
    bench.after(0.9)
    assert bench.result(channels) == NrfError.BUSY
    bench.after(0.2)
    bench.ok(channels)


@pytest.mark.parametrize("dialect", ["sd_api_v2", "sd_api_v2_pc", "sd_api_v3", "sd_api_v3_pc"])
def test_in_v2_and_v3_the_roles_bandwidth_says_how_many_packets_wait(dialect: str) -> None:
    for role, by_default in ((Role.PERIPH, 7), (Role.CENTRAL, 3)):
        for bandwidth, packets in ((None, by_default), (1, 1), (2, 3), (3, 7)):
            _, peripheral, central = pair(dialect, dialect)
            bench = peripheral if role == Role.PERIPH else central
            if bandwidth is not None:
                bench.ok(OptSet(ConnBandwidthOpt(role, ConnBandwidthPair(1, bandwidth))))
            advertise(peripheral)
            initiate(central, peripheral)
            peripheral.after(0)
            assert bench.ok(TxPacketCountGet(0)).count == packets


def test_s110_counts_the_packets_of_all_connections() -> None:
    assert Bench("s110_v8").ok(TxBufferCountGet()).count == 7
    assert Bench("s110_v8", notification_queue=2).ok(TxBufferCountGet()).count == 2


def test_options_at_the_wrong_time() -> None:
    bench = Bench("sd_api_v4")
    conn = bench.connected()
    assert bench.result(OptSet(AuthPayloadTimeoutOpt(conn, 48001))) == NrfError.INVALID_PARAM
    bench.ok(OptSet(AuthPayloadTimeoutOpt(conn, 48000)))
    assert bench.result(OptSet(CompatMode2Opt(1))) == NrfError.INVALID_STATE


def test_up_to_v5_scan_requests_are_reported_by_an_option() -> None:
    _, peripheral, central = pair()
    peripheral.ok(OptSet(ScanReqReportOpt(1)))
    advertise(peripheral)
    assert peripheral.result(OptSet(ScanReqReportOpt(0))) == NrfError.INVALID_STATE
    scan(central, active=1)
    peripheral.after(0.15)
    peripheral.event(ScanReqReportEvent)


# -- what the chip is, and how it talks


@pytest.mark.parametrize("dialect", ALL)
def test_a_simulated_peer_agrees_to_other_timing(dialect: str) -> None:
    bench = Bench(dialect)
    conn = bench.connected()
    bench.ok(ConnParamUpdate(conn, ConnParams(12, 24, 1, 400)))
    assert bench.event(ConnParamUpdateEvent).conn_params == ConnParams(24, 24, 1, 400)
    bench.ok(PpcpSet(ConnParams(6, 12, 0, 100)))
    bench.ok(ConnParamUpdate(conn, None))
    assert bench.event(ConnParamUpdateEvent).conn_params == ConnParams(12, 12, 0, 100)
    assert bench.result(ConnParamUpdate(conn, ConnParams(5, 24, 1, 400))) == NrfError.INVALID_PARAM


@pytest.mark.parametrize("dialect", ALL)
def test_what_the_chip_says_of_itself_is_checked(dialect: str) -> None:
    bench = Bench(dialect)
    bench.device.gap.name_room = 10
    for command, result in (
        (DeviceNameSet(None, b"x" * 11), NrfError.DATA_SIZE),
        (DeviceNameSet(SecMode(1, 5), b"x"), NrfError.INVALID_PARAM),
        (DeviceNameSet(None, None, 1), NrfError.INVALID_ADDR),
        (PpcpSet(None), NrfError.INVALID_ADDR),
        (PpcpSet(ConnParams(24, 12, 0, 400)), NrfError.INVALID_PARAM),
        (PpcpSet(ConnParams(0xFFFF, 0xFFFF, 0, 0xFFFF)), 0),
    ):
        assert bench.result(command) == result


@pytest.mark.parametrize("dialect", CONFIGURED)
def test_a_name_in_the_applications_memory_that_nobody_may_write_stays(dialect: str) -> None:
    for vloc, perm, result in (
        (AttrVloc.USER, NO_ACCESS, NrfError.FORBIDDEN),
        (AttrVloc.USER, OPEN, 0),
        (AttrVloc.STACK, NO_ACCESS, 0),
    ):
        bench = Bench(dialect)
        cfg = bench.codec.pack(CfgSet(DeviceName(b"chip", write_perm=perm)))
        at = cfg.index(b"\x01\4\0")  # vloc, which encoders let be nothing but 1, stands before the length
        bench.raw(cfg[:at] + bytes([vloc]) + cfg[at + 1 :])
        assert bench.result(DeviceNameSet(None, b"new")) == result


@pytest.mark.parametrize("dialect", CONFIGURED)
def test_a_configured_name_without_bytes_is_empty(dialect: str) -> None:
    bench = Bench(dialect)
    bench.ok(CfgSet(DeviceName(None, max_len=31)))
    bench.ok(Enable())
    assert bench.device.gap.name == b""


@pytest.mark.parametrize("dialect", ALL)
def test_transmit_powers(dialect: str) -> None:
    bench = Bench(dialect)
    api = bench.device.profile.api
    more = {"role": TxPowerRole.SCAN_INIT, "handle": 0} if api >= 6 else {}
    powers = [power for power in range(-128, 128) if bench.result(TxPowerSet(power, **more)) == 0]
    early, nordic = [-30] * (api < 5), [3] * (api >= 3)
    assert powers == sorted([-40, -20, -16, -12, -8, -4, 0, 4, *early, *nordic])
    if api >= 6:
        assert bench.result(TxPowerSet(0, 0, 0)) == NrfError.INVALID_PARAM
        assert bench.result(TxPowerSet(0, TxPowerRole.ADV, 0)) == 0x3004  # INVALID_ADV_HANDLE
        assert bench.result(TxPowerSet(0, TxPowerRole.CONN, 0)) == BleError.INVALID_CONN_HANDLE
