"""Which commands a plan is in each dialect, their bytes against golden vectors' and a real host's."""

from __future__ import annotations

from typing import Any

import pytest
from every import every
from golden import records

from gatts_codec import DIALECTS, AdvData, Codec, CommandFailed, EncodeError, NrfError
from gatts_codec.common import EnableV3
from gatts_codec.constants.table import short_name
from gatts_codec.gap import (
    Addr,
    AdvSetConfigure,
    AdvStartV5,
    AdvType,
    AdvTypeV5,
    Connect,
    ScanStart,
    ScanStartV5,
)
from gatts_codec.plans import (
    Advertise,
    ConnectTo,
    Plan,
    ResumeScanning,
    Scan,
    Start,
    StopAdvertising,
    StopScanning,
)
from gatts_codec.schema.message import Response

HEART = AdvData(name="Heart", services=[0x180D])
HEART_BYTES = "02010603030d1806094865617274"
CENTRALS = [name for name, dialect in DIALECTS.items() if dialect.can_be_central]
PLANS: list[Plan[Any]] = [
    Start(),
    Start(device_name="Heart", appearance=833, service_changed=False, attr_tab_size=2048),
    Advertise(HEART),
    Advertise(HEART, AdvData(name="Heart"), connectable=False, interval_ms=1000, timeout_s=10),
    StopAdvertising(),
]
CENTRAL_PLANS: list[Plan[Any]] = [
    Start(periph_role_count=0, central_role_count=1),
    Scan(active=True, timeout_s=5),
    ResumeScanning(),
    ConnectTo("F0:12:34:56:78:9A", timeout_s=5),
]


def names(plan: Plan[Any], dialect: str) -> list[str]:
    return [short_name(command.name) for command in plan.commands(dialect)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_plan_is_packets_of_every_dialect(dialect: str) -> None:
    codec = Codec(dialect)
    for plan in PLANS + CENTRAL_PLANS * (dialect in CENTRALS):
        for command in plan.commands(dialect):
            packet = codec.encode(command)
            assert codec.encode(codec.decode_command(packet)) == packet


def test_start_is_one_command_or_many() -> None:
    plan = Start(att_mtu=247, device_name="Heart", vs_uuid_count=1, hvn_tx_queue_size=4)
    with_less = Start(device_name="Heart")
    assert names(with_less, "s110_v8") == names(with_less, "sd_api_v2") == ["enable", "gap.device_name_set"]
    assert names(plan, "sd_api_v5") == ["cfg_set"] * 5 + ["enable", "gap.device_name_set"]


# As the golden vectors have these packets: sd_ble_enable of each API, cfg_set of v5 (tests/vectors).
@pytest.mark.parametrize(
    ("dialect", "plan", "packets"),
    [
        ("s110_v8", Start(attr_tab_size=0x700), ["60 01 01 00070000"]),
        ("sd_api_v2", Start(vs_uuid_count=3, attr_tab_size=0x700), ["60 01 0300 00 01 00 00 01 00070000"]),
        (
            "sd_api_v3",
            Start(att_mtu=158, central_role_count=2, central_sec_count=1, service_changed=False),
            ["60 01 0000 00 01 02 01 00 9e00 00 00000000"],
        ),
        (
            "sd_api_v5",
            Start(att_mtu=247, vs_uuid_count=2, hvn_tx_queue_size=7, write_cmd_tx_queue_size=3, event_length=6,
                  attr_tab_size=0x700),
            [
                "69 20000000 01 01 01 0600",
                "69 22000000 01 01 07",
                "69 21000000 01 01 03",
                "69 23000000 01 01 f700",
                "69 40000000 01 01 00 00",
                "69 01000000 01 02",
                "69 a1000000 01 00070000",
                "60",
            ],
        ),
        (
            "sd_api_v7",
            Start(periph_role_count=0, service_changed=False),
            ["69 40000000 01 00 00 00 01 00", "69 a0000000 01 00", "60"],
        ),
        ("sd_api_v2", Advertise(HEART), [f"72 0e 01 {HEART_BYTES} 00 01", "73 01 00 00 00 00 a000 0000 00"]),
        ("sd_api_v5", Advertise(HEART), [f"72 0e 01 {HEART_BYTES} 00 01", "73 01 00 00 00 a000 0000 00 01"]),
        (
            "sd_api_v6",
            Advertise(HEART),
            [
                f"72 01 ff 01 01000000 0e00 01 {HEART_BYTES} 00000000 0000 00"
                "01 01 00 00 a0000000 0000 00 01 0000000000 00 01 00 00",
                "73 00 01",
            ],
        ),
        ("sd_api_v6", StopAdvertising(), ["74 00"]),
        ("sd_api_v6_pc", Scan(), ["8a 01 00 01 01 0000000000 a000 5000 0000 01 01000000 1f00"]),
        ("sd_api_v5", ResumeScanning(), []),
    ],
)  # fmt: skip
def test_a_plan_has_these_bytes(dialect: str, plan: Plan[Any], packets: list[str]) -> None:
    codec = Codec(dialect)
    found = [codec.encode(command) for command in plan.commands(dialect)]
    assert found == [bytes.fromhex(packet) for packet in packets]


def test_advertising_has_the_bytes_of_a_real_host() -> None:
    """tests/captures/python_apps/sd_api_v5/blatann_peripheral.jsonl: blatann's own example."""
    said = Advertise(
        AdvData(name="Periph Test"),
        AdvData(appearance=0x80, services=["beefdead-0123-4567-89ab-cdef01234567"], more_services=True),
    )
    packet = Codec("sd_api_v5").pack(said.commands("sd_api_v5")[0]).hex()
    assert (
        packet == "007210010201060c095065726970682054657374160103198000110667452301efcdab8967452301addeefbe"
    )


def test_extended_advertising_of_bytes_that_only_tells() -> None:
    said = Advertise(bytes.fromhex(HEART_BYTES), extended=True, connectable=False).commands("sd_api_v6")[0]
    assert isinstance(said, AdvSetConfigure)
    assert said.adv_data is not None
    assert said.adv_data.adv_data.data == bytes.fromhex(HEART_BYTES)
    assert said.adv_params is not None
    assert said.adv_params.properties.type == AdvType.EXTENDED_NONCONNECTABLE_NONSCANNABLE_UNDIRECTED


def test_the_vectors_have_an_empty_scan_response_too() -> None:
    """Which takes away what was set before."""
    found = [
        each["hex"] for each in records("sd_api_v5", "valid") if each["name"] == "sd_ble_gap_adv_data_set"
    ]
    assert any(packet.endswith("0001") for packet in found)


REFUSED: list[tuple[str, Plan[Any], str, str]] = [
    ("sd_api_v2", Start(att_mtu=247), "att_mtu", "cannot be set in sd_api_v2, only from sd_api_v3 on"),
    ("sd_api_v3", Start(hvn_tx_queue_size=2), "hvn_tx_queue_size", "only from sd_api_v4 on"),
    ("s130_v1", Start(vs_uuid_count=1), "vs_uuid_count", "only from sd_api_v2 on"),
    ("s130_v1", Start(periph_role_count=2), "periph_role_count", "one at a time"),
    ("s110_v8", Start(central_role_count=1), "central_role_count", "cannot be central"),
    ("sd_api_v5", Start(att_mtu=22), "att_mtu", "a whole number from 23 to 65535, not 22"),
    ("sd_api_v5", Start(att_mtu="247"), "att_mtu", "not '247'"),  # type: ignore[arg-type]
    ("sd_api_v5", Start(periph_role_count=-1), "periph_role_count", "from 0 to 20, not -1"),
    ("sd_api_v5", Start(service_changed=2), "service_changed", "must be True or False, not 2"),  # type: ignore[arg-type]
    ("sd_api_v5", ConnectTo(5), "address", "expected text or an Addr, got 5"),  # type: ignore[arg-type]
    ("sd_api_v5", Advertise(HEART, conn_cfg_tag=300), "conn_cfg_tag", "from 0 to 255, not 300"),
    ("sd_api_v5", Start(attr_tab_size=2047), "attr_tab_size", "a multiple of 4, 248 bytes at least"),
    ("sd_api_v2", Start(device_name="n" * 32), "device_name", "32 bytes, 31 fit"),
    ("sd_api_v5", Start(device_name=b"Heart"), "device_name", "expected text"),  # type: ignore[arg-type]
    ("sd_api_v5", Advertise(HEART, extended=True), "extended", "only from sd_api_v6 on"),
    ("sd_api_v6", Advertise(HEART, HEART, extended=True), "scan_response", "has all in data"),
    ("sd_api_v6", Advertise(AdvData(name="n" * 40)), "data", "45 bytes do not fit in 31: flags 3, complete_local_"),
    ("sd_api_v6", Advertise(HEART, bytes(32)), "scan_response", "32 bytes do not fit in 31"),
    ("sd_api_v6", Advertise("Heart"), "data", "expected AdvData or bytes, got 'Heart'"),  # type: ignore[arg-type]
    ("sd_api_v5", Advertise(HEART, interval_ms=10), "interval_ms", "from 20 to 10240, not 10"),
    ("sd_api_v4", Advertise(HEART, interval_ms=20, connectable=False), "interval_ms", "from 100 to 10240"),
    ("sd_api_v6", Advertise(HEART, timeout_s=700), "timeout_s", "0 or from 0.01 to 655.35, not 700"),
    ("sd_api_v6", Advertise(HEART, interval_ms=float("nan")), "interval_ms", "expected a number, got nan"),
    ("s110_v8", Scan(), "", "cannot be central"),
    ("s110_v8", StopScanning(), "", "does not know sd_ble_gap_scan_stop"),
    ("sd_api_v3", Scan(extended=True), "extended", "only from sd_api_v6 on"),
    ("sd_api_v3", Scan(window_ms=200), "window_ms", "cannot be longer than interval_ms"),
    ("sd_api_v3", ConnectTo("F0:12", interval_ms=5), "addr", "not an address"),
    ("sd_api_v3", ConnectTo("F0:12:34:56:78:9A", interval_ms=5), "interval_ms", "from 7.5 to 4000"),
]  # fmt: skip


@every("dialect, plan, path, reason", REFUSED, ids=lambda case: f"{case[0]} {case[1]}")
def test_what_a_dialect_cannot_do_is_refused(dialect: str, plan: Plan[Any], path: str, reason: str) -> None:
    with pytest.raises(EncodeError, match=reason) as error:
        plan.commands(dialect)
    assert error.value.path == path
    if path != "addr":
        assert str(error.value).endswith(f"{dialect} {plan.name}")


def test_every_command_is_encoded_before_the_first_is_sent() -> None:
    steps = ConnectTo(Addr(b"too short"), timeout_s=5).steps(Codec("sd_api_v5"))
    with pytest.raises(EncodeError, match=r"peer_addr\.addr") as error:
        next(steps)
    assert "sd_api_v5" in str(error.value)


def test_kinds_of_advertising() -> None:
    def kinds(**options: Any) -> tuple[int, int]:
        old, new = (Advertise(HEART, **options).commands(dialect) for dialect in ("sd_api_v5", "sd_api_v6"))
        assert isinstance(old[1], AdvStartV5)
        assert isinstance(new[0], AdvSetConfigure)
        assert old[1].adv_params is not None
        assert new[0].adv_params is not None
        return old[1].adv_params.type, new[0].adv_params.properties.type

    assert kinds() == (AdvTypeV5.ADV_IND, AdvType.CONNECTABLE_SCANNABLE_UNDIRECTED)
    assert kinds(scan_response=HEART, connectable=False) == (
        AdvTypeV5.ADV_SCAN_IND,
        AdvType.NONCONNECTABLE_SCANNABLE_UNDIRECTED,
    )
    assert kinds(connectable=False) == (
        AdvTypeV5.ADV_NONCONN_IND,
        AdvType.NONCONNECTABLE_NONSCANNABLE_UNDIRECTED,
    )


def test_extended_advertising_has_room() -> None:
    long = AdvData(manufacturer=(0x0059, bytes(220)))
    (configure, _) = Advertise(long, extended=True).commands("sd_api_v7")
    assert isinstance(configure, AdvSetConfigure)
    assert configure.adv_params is not None
    assert configure.adv_params.properties.type == AdvType.EXTENDED_CONNECTABLE_NONSCANNABLE_UNDIRECTED
    with pytest.raises(EncodeError, match="239 bytes do not fit in 238"):
        Advertise(AdvData(manufacturer=(0x0059, bytes(232))), extended=True).commands("sd_api_v7")


def test_times_are_in_the_units_of_the_dialect() -> None:
    (old,), (new,) = (
        Scan(timeout_s=5, interval_ms=200, window_ms=25).commands(d) for d in ("sd_api_v5", "sd_api_v6")
    )
    assert isinstance(old, ScanStartV5)
    assert isinstance(new, ScanStart)
    assert old.scan_params is not None
    assert new.scan_params is not None
    assert (old.scan_params.interval, old.scan_params.window, old.scan_params.timeout) == (320, 40, 5)
    assert (new.scan_params.interval, new.scan_params.window, new.scan_params.timeout) == (320, 40, 500)
    (connect,) = ConnectTo("F0:12:34:56:78:9A", interval_ms=50, timeout_s=2).commands("sd_api_v6")
    assert isinstance(connect, Connect)
    assert connect.conn_params is not None
    assert (connect.conn_params.min_conn_interval, connect.conn_params.conn_sup_timeout) == (40, 400)


def test_a_name_longer_than_the_default_room_gets_room() -> None:
    (enable, _) = Start(device_name="n" * 40).commands("sd_api_v3")
    assert isinstance(enable, EnableV3)
    packet = Codec("sd_api_v3").encode(enable)
    assert packet == bytes.fromhex("60 01 0000 00 01 00 00 01 00 01 0000 2800 00 1700 01 00000000")
    assert names(Start(device_name="n" * 40), "sd_api_v5")[-1] == "gap.device_name_set"


def test_a_set_that_is_there_already_is_configured_anew() -> None:
    steps = Advertise(HEART).steps(Codec("sd_api_v6"))
    assert next(steps) == Advertise(HEART).commands("sd_api_v6")[0]
    again = steps.throw(CommandFailed("gap.adv_set_configure", NrfError.NO_MEM))
    assert isinstance(again, AdvSetConfigure)
    assert again.adv_handle == 0
    started = steps.send(Response())
    assert short_name(started.name) == "gap.adv_start"
    with pytest.raises(CommandFailed):
        steps.throw(CommandFailed("gap.adv_start", NrfError.NO_MEM))
