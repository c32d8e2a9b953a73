"""Packets of the common and GAP groups: what real hosts send, byte for byte, and what answers them."""

from __future__ import annotations

from typing import Any

import pytest
from device.bench import ALL, EARLY, WITH_CONTEXT, WITH_MTU, Bench

from gatts_codec import InitialUserHandleGet, NrfError, ServiceAdd, Uuid
from gatts_codec.constants.gap import HciStatus, Phy
from gatts_codec.packets.common.enable import (
    CommonEnableParams,
    EnableParams,
    EnableV3,
    GapEnableParams,
    GattEnableParams,
    GattsEnableParams,
)
from gatts_codec.packets.gap.adv_events import AdvSetTerminatedEvent
from gatts_codec.packets.gap.adv_set_configure import AdvParams, AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvParamsV2, AdvParamsV5, AdvStart, AdvStartV5
from gatts_codec.packets.gap.connection_events import (
    DataLengthUpdateEvent,
    DisconnectedEvent,
    PhyUpdateEvent,
    TimeoutEvent,
    TimeoutEventV4,
)
from gatts_codec.packets.gap.link_layer import DataLengthUpdate, PhyUpdate
from gatts_codec.packets.gap.radio import DataLengthParams, Phys
from gatts_codec.packets.gap.scan import ScanParams, ScanParamsV2, ScanParamsV5, ScanStart, ScanStartV5
from gatts_codec.packets.gap.structs import AdvSetData, BleData
from gatts_codec.schema.message import Command

# By the release notes; 8 where nothing stands here.
LINK_LAYERS = {
    "s110_v8": 7,
    "s130_v1": 7,
    "sd_api_v5": 9,
    "sd_api_v6": 9,
    "sd_api_v7": 10,
}

NUS_BASE = "9ecadcc024b5a9e093f3a3b50100406e"
OTHER_BASE = "50eada308883b89f604f15f30000c98e"

# What blatann, nrfutil and pc-ble-driver-py send, in order, with what stands behind result 0 in the response.
SESSIONS = {
    "blatann": (
        "sd_api_v5",
        [
            ("0069200000000101020600", ""),
            ("0069230000000101f700", ""),
            ("006921000000010110", ""),
            ("006922000000010110", ""),
            ("006901000000010a", ""),
            ("00694000000001010101", ""),
            ("00694100000001000100001f0000", ""),
            ("0069a00000000100", ""),
            ("0069a10000000180050000", ""),
            ("0060", ""),
            ("007c01000500016e52463578", ""),
            ("00780000", ""),
            (f"006201{NUS_BASE}01", "0102"),
            ("007210010201060c095065726970682054657374160103198000110667452301efcdab8967452301addeefbe", ""),
            ("007301000000a00000000001", ""),
            ("006d01", "02563412efcdc0"),
        ],
    ),
    "nrfutil": (
        "sd_api_v5",
        [
            ("0069230000000101f700", ""),
            ("0069200000000101010500", ""),
            ("0060", ""),
            (f"006201{OTHER_BASE}01", "0102"),
            ("008a01014001f0000a00", ""),
            ("008b", ""),
        ],
    ),
    "pc-ble-driver-py": (
        "sd_api_v2_pc",
        [
            ("0060010a00000001010100000000", ""),
            (f"006301{NUS_BASE}01", "0102"),
            ("008a0101004001f0000a00", ""),
            ("008b", ""),
        ],
    ),
}


@pytest.mark.parametrize("session", SESSIONS)
def test_what_real_hosts_send_is_answered(session: str) -> None:
    dialect, packets = SESSIONS[session]
    bench = Bench(dialect)
    for sent, outputs in packets:
        assert bench.raw(bytes.fromhex(sent)).hex() == f"01{sent[2:4]}00000000{outputs}"
    assert bench.events() == []


@pytest.mark.parametrize("dialect", ALL)
def test_unknown_opcodes(dialect: str) -> None:
    bench = Bench(dialect)
    known = {call.opcode for group in bench.device.dialect.groups.values() for call in group.calls.values()}
    for opcode in set(range(0x100)) - known:
        payload = bytes([0, opcode, 1, 2, 3])
        if bench.device.firmware.refuses_unknown:
            assert bench.raw(payload).hex() == f"01{opcode:02x}06000000"
        else:
            assert bench.faults_at(payload)


@pytest.mark.parametrize("dialect", ALL)
def test_version_get(dialect: str) -> None:
    opcode = "66" if dialect in EARLY else "65"
    answer = Bench(dialect).raw(bytes.fromhex(f"00{opcode}01"))
    assert (answer[6], answer[7:9].hex()) == (LINK_LAYERS.get(dialect.removesuffix("_pc"), 8), "5900")
    given = Bench(dialect, version=(9, 0x0059, 0x00AE)).raw(bytes.fromhex(f"00{opcode}01"))
    assert given.hex() == f"01{opcode}00000000095900ae00"


@pytest.mark.parametrize("dialect", ALL)
def test_vendor_bases_count_from_2_and_keep_their_type(dialect: str) -> None:
    bench = Bench(dialect, vendor_bases=2)
    add = "0063" if dialect in EARLY else "0062"

    def added(base: str) -> str:
        return bench.raw(bytes.fromhex(f"{add}01{base}01")).hex()[4:]

    assert added(NUS_BASE) == "000000000102"
    assert added(OTHER_BASE) == "000000000103"
    again = "000000000102"
    if dialect in WITH_CONTEXT:
        again = "0f000000"  # FORBIDDEN
    assert added(NUS_BASE) == again
    same_base = NUS_BASE[:24] + "0200" + NUS_BASE[28:]
    assert added(same_base) == again  # bytes 12 and 13 are the UUID's own
    assert added("00" * 16) == "04000000"  # NO_MEM
    assert bench.result(ServiceAdd(1, Uuid(1, 3))) == NrfError.SUCCESS
    assert bench.result(ServiceAdd(1, Uuid(1, 4))) == NrfError.INVALID_PARAM


@pytest.mark.parametrize("dialect", ALL)
def test_uuids_are_encoded_and_decoded(dialect: str) -> None:
    bench = Bench(dialect)
    early = dialect in EARLY
    add, decode, encode = ("0063", "0064", "0065") if early else ("0062", "0063", "0064")
    bench.raw(bytes.fromhex(f"{add}01{NUS_BASE}01"))
    whole = NUS_BASE[:24] + "3412" + NUS_BASE[28:]
    # captured from pc-ble-driver-py: ?{uuid}, ? length wanted, ? bytes wanted
    assert bench.raw(bytes.fromhex(f"{encode}013412020101")).hex()[4:] == "0000000010" + whole
    assert bench.raw(bytes.fromhex(f"{encode}013412010101")).hex()[4:] == "00000000023412"
    assert bench.raw(bytes.fromhex(f"{encode}013412030101")).hex()[4:] == "07000000"
    assert bench.raw(bytes.fromhex(f"{decode}1001{whole}01")).hex()[4:] == "0000000001341202"
    assert bench.raw(bytes.fromhex(f"{decode}0201341201")).hex()[4:] == "0000000001341201"
    assert bench.raw(bytes.fromhex(f"{decode}1001{OTHER_BASE}01")).hex()[4:] == "05000000"


def test_enabling_configures_the_table() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("0069a00000000100"))  # no Service Changed
    bench.raw(bytes.fromhex("0069a100000001f8000000"))  # 248 bytes
    bench.raw(bytes.fromhex("0060"))
    assert bench.ok(InitialUserHandleGet()).handle == 11
    assert bench.device.table.size == 248
    assert bench.raw(bytes.fromhex("0060")).hex() == "016008000000"  # INVALID_STATE
    assert bench.raw(bytes.fromhex("0069a00000000100")).hex() == "016908000000"


@pytest.mark.parametrize(("size", "result"), [(244, 9), (250, 9), (248, 0), (0, 9)])
def test_table_sizes(size: int, result: int) -> None:
    command = bytes.fromhex("0069a100000001") + size.to_bytes(4, "little")
    assert Bench().raw(command).hex() == f"0169{result:02x}000000"


def test_v2_enables_with_its_parameters() -> None:
    # captures/python_apps: one vendor base, no Service Changed, the default table size
    bench = Bench("sd_api_v2")
    bench.raw(bytes.fromhex("0060010100000101010000000000"))
    assert bench.ok(InitialUserHandleGet()).handle == 9
    assert bench.device.table.size == 1408
    assert bench.raw(bytes.fromhex(f"006301{NUS_BASE}01"))[2] == 0
    assert bench.raw(bytes.fromhex(f"006301{OTHER_BASE}01"))[2] == NrfError.NO_MEM


def test_connection_configurations_apply_by_tag() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("00694000000001020000"))  # two connections as peripheral
    for packet in ("0069230000000101f700", "006922000000010110", "0060", "007301000000a00000000001"):
        assert bench.raw(bytes.fromhex(packet))[2] == 0
    bench.peer.connect()
    connection = bench.device.connections.require(0)
    assert (connection.max_mtu, connection.queue_size) == (247, 16)
    bench.raw(bytes.fromhex("007301000000a00000000000"))  # the default configuration
    other = type(bench.peer)(bench.device)
    connection = bench.device.connections.require(other.connect())
    assert (connection.max_mtu, connection.queue_size) == (23, 1)


@pytest.mark.parametrize("dialect", ALL)
def test_the_name_is_what_peers_read(dialect: str) -> None:
    bench = Bench(dialect)
    bench.raw(bytes.fromhex("007c0111050001") + b"rover")
    bench.raw(bytes.fromhex("00784103"))
    bench.raw(bytes.fromhex("007a010800100000006400"))
    bench.connected()
    assert bench.peer.read(3).result() == b"rover"
    assert bench.peer.read(5).result() == bytes.fromhex("4103")
    assert bench.peer.read(7).result() == bytes.fromhex("0800100000006400")
    flag = "01" if dialect in WITH_MTU else ""
    named = "010500" if flag else "050001"
    if dialect == "sd_api_v7":
        named += "050001"
    assert bench.raw(bytes.fromhex("007d01140001")).hex()[4:] == f"00000000{named}" + b"rover".hex()
    assert bench.raw(bytes.fromhex("007901")).hex()[4:] == f"00000000{flag}4103"
    assert bench.raw(bytes.fromhex("007b01")).hex()[4:] == f"00000000{flag}0800100000006400"


def test_names_that_are_too_long_or_do_not_fit() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("007c0111050001") + b"rover")
    too_long = bytes.fromhex("007c0111200001") + bytes(32)
    assert bench.raw(too_long).hex() == "017c0c000000"
    assert bench.raw(bytes.fromhex("007d01040001")).hex() == "017d0000000000"
    assert Bench("sd_api_v2").raw(bytes.fromhex("007d01040001")).hex() == "017d00000000050000"


@pytest.mark.parametrize("dialect", ALL)
def test_addresses(dialect: str) -> None:
    bench = Bench(dialect)
    moved = dialect in WITH_MTU
    get = "006d01" if moved else "007101"
    kept = "02" if moved else "01"  # random static; from v3 on one bit higher
    assert bench.raw(bytes.fromhex(get)).hex()[12:] == f"{kept}563412efcdc0"
    bench.raw(bytes.fromhex("006c01020605040302c1" if moved else "00700001010605040302c1"))
    assert bench.raw(bytes.fromhex(get)).hex()[12:] == f"{kept}0605040302c1"


@pytest.mark.parametrize(
    ("start", "stop"), [("0073010000004000b4000000", "0074"), ("008a01014001f0000a00", "008b")]
)
def test_what_is_started_can_be_stopped_once(start: str, stop: str) -> None:
    bench = Bench()
    results = [bench.raw(bytes.fromhex(packet))[2] for packet in (stop, start, start, stop, stop)]
    assert results == [8, 0, 8, 0, 8]


def test_a_connection_ends_advertising() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("007301000000a00000000001"))
    assert bench.device.gap.advertising
    bench.peer.connect()
    assert not bench.device.gap.advertising


# CONNECTED of v5 is in captures/python_apps/sd_api_v5/blatann_peripheral, v2's is what pc-ble-driver-py decodes.
CONNECTED = {
    **dict.fromkeys(("s130_v1", "sd_api_v2", "sd_api_v2_pc"), "010102030405c601563412efcdc00100"),
    "s110_v8": "010102030405c601563412efcdc000",
    **dict.fromkeys(WITH_MTU, "020102030405c601"),
}


@pytest.mark.parametrize("dialect", ALL)
def test_connected(dialect: str) -> None:
    bench = Bench(dialect)
    bench.peer.connect("c6:05:04:03:02:01")
    head = CONNECTED[dialect]
    # The advertising handle, and two blocks of data without bytes: buffer, length and, but in pc-ble-driver's, a flag.
    blocks = {"sd_api_v6": 7, "sd_api_v7": 7, "sd_api_v6_pc": 6}.get(dialect)
    tail = "" if blocks is None else "00" * (1 + 2 * blocks)
    assert bench.device.payloads_to_send() == [bytes.fromhex(f"0210000000{head}1800180000009001{tail}")]


def test_the_recorded_connection() -> None:
    bench = Bench()
    bench.peer.connect("c6:05:04:03:02:01")
    (payload,) = bench.device.payloads_to_send()
    assert payload.hex() == "0210000000020102030405c6011800180000009001"


@pytest.mark.parametrize("dialect", ALL)
def test_the_host_can_disconnect(dialect: str) -> None:
    bench = Bench(dialect)
    conn = bench.connected()
    assert bench.raw(bytes.fromhex("0076000013")).hex() == "017600000000"
    assert bench.events() == [DisconnectedEvent(conn, 0x16)]
    assert not bench.peer.is_connected
    assert bench.raw(bytes.fromhex("0076000013")).hex() == "017602300000"


def test_security_changes_are_reported() -> None:
    bench = Bench()
    conn = bench.connected()
    bench.peer.encrypt(2)
    assert bench.device.payloads_to_send() == [bytes.fromhex(f"021a00{conn:02x}002110")]
    assert bench.raw(bytes.fromhex("0087000001")).hex() == "018700000000012110"


def test_calls_before_enable_can_be_refused() -> None:
    bench = Bench(require_enable=True)
    assert bench.result(ServiceAdd(1, Uuid(0x180D))) == 0x3001  # BLE NOT_ENABLED
    assert bench.raw(bytes.fromhex("00784103"))[2:6].hex() == "01300000"
    assert bench.raw(bytes.fromhex("006501"))[2] == 0
    bench.raw(bytes.fromhex("0060"))
    assert bench.result(ServiceAdd(1, Uuid(0x180D))) == NrfError.SUCCESS


@pytest.mark.parametrize(
    "packet", ["0062", "006203", "0062019eca", "00690100", "007c01", "00", "00a00102", "00a4"]
)
def test_commands_that_cannot_be_decoded_make_the_chip_reboot(packet: str) -> None:
    bench = Bench()
    bench.device.receive(bytes.fromhex(packet), 0.0)
    assert bench.device.payloads_to_send() == []
    assert bench.device.reboot_cause is not None
    assert "cannot be decoded" in bench.device.reboot_cause


@pytest.mark.parametrize("packet", ["0500", "0501"])
def test_reset_packets(packet: str) -> None:
    bench = Bench()
    bench.device.receive(bytes.fromhex(packet), 0.0)
    assert bench.device.reboot_cause == "reset packet"


@pytest.mark.parametrize("packet", ["03", "0301"])
def test_radio_tests_are_taken_without_effect(packet: str) -> None:
    bench = Bench()
    bench.device.receive(bytes.fromhex(packet), 0.0)
    assert bench.device.payloads_to_send() == []
    assert bench.device.reboot_cause is None


@pytest.mark.parametrize("dialect", WITH_CONTEXT)
def test_early_gatt_calls_that_came_later_are_unknown(dialect: str) -> None:
    assert Bench(dialect).raw(bytes.fromhex("00ab01")).hex() == "01ab06000000"


# As pc-ble-driver-py 0.17.0 sends them for connection 0, with what stands behind result 0.
WITHOUT_EFFECT = {
    "sd_api_v5": [
        ("007704", ""),  # transmit power
        ("008800000101", ""),  # RSSI start
        ("006e0000", ""),  # whitelist
        ("006f000000", ""),  # identities
        ("0067200000000100000000000000", ""),  # option
        ("008c01020605040302c101014001f0000a00010c0018000000900100", ""),  # connect
        ("008d", ""),
    ],
    "sd_api_v2_pc": [
        ("007704", ""),
        ("008800000101", ""),
        ("0062000001", "0107"),  # packets that may wait
        ("0068200000000100000000000000", ""),
        ("008c01010605040302c10101004001f0000a00010c00180000009001", ""),
        ("008d", ""),
    ],
}


@pytest.mark.parametrize("dialect", WITHOUT_EFFECT)
def test_calls_without_effect_succeed(dialect: str) -> None:
    bench = Bench(dialect)
    bench.connected()
    for sent, outputs in WITHOUT_EFFECT[dialect]:
        assert bench.raw(bytes.fromhex(sent)).hex() == f"01{sent[2:4]}00000000{outputs}", sent
    assert bench.events() == []


def test_a_simulated_peer_has_neither_radio_modes_nor_longer_packets() -> None:
    bench = Bench()
    bench.connected()
    bench.ok(PhyUpdate(0, Phys(Phy.MBPS_2, Phy.MBPS_2)))
    assert bench.event(PhyUpdateEvent) == PhyUpdateEvent(0, HciStatus.UNSUPPORTED_REMOTE_FEATURE, 1, 1)
    bench.ok(DataLengthUpdate(0))
    assert bench.event(DataLengthUpdateEvent).effective_params == DataLengthParams(27, 27, 328, 328)


def test_calls_of_a_connection_that_is_not_there() -> None:
    bench = Bench()
    for sent in ("00750000010c00180000009001", "008800000101", "008e000001", "009000000000", "0087000001"):
        assert bench.raw(bytes.fromhex(sent))[2:4].hex() == "0230"


def test_v3_enable_with_bandwidths() -> None:
    bench = Bench("sd_api_v3")
    bench.raw(bytes.fromhex("0060010a000102030402030401010100170001f8000000"))
    assert bench.device.table.size == 248


def scan_of_two_seconds(bench: Bench) -> Command[Any]:
    api = bench.device.profile.api
    if api >= 6:
        room = None if bench.device.dialect.name == "sd_api_v6_pc" else bytes(31)
        return ScanStart(ScanParams(timeout=200), BleData(1, 31, room))
    return ScanStartV5(ScanParamsV2(timeout=2) if api <= 2 else ScanParamsV5(timeout=2))


@pytest.mark.parametrize("dialect", [name for name in ALL if name != "s110_v8"])
def test_a_scan_ends_at_its_time(dialect: str) -> None:
    bench = Bench(dialect)
    bench.ok(scan_of_two_seconds(bench))
    assert bench.result(scan_of_two_seconds(bench)) == NrfError.INVALID_STATE
    bench.after(1.9)
    assert bench.events() == []
    assert bench.device.next_deadline() == pytest.approx(2.0)
    bench.after(0.2)
    (event,) = bench.events()
    assert isinstance(event, (TimeoutEvent, TimeoutEventV4))
    assert (event.conn_handle, event.src) == (0xFFFF, 2 if isinstance(event, TimeoutEventV4) else 1)
    if bench.device.profile.api >= 6:
        assert isinstance(event, TimeoutEvent)
        assert event.adv_report_buffer == BleData(1, 31)
    bench.ok(scan_of_two_seconds(bench))


@pytest.mark.parametrize("dialect", ["sd_api_v2", "sd_api_v3", "sd_api_v5"])
def test_advertising_ends_at_its_time(dialect: str) -> None:
    bench = Bench(dialect)
    params = AdvParamsV2(timeout=3) if dialect == "sd_api_v2" else AdvParamsV5(timeout=3)
    bench.ok(AdvStartV5(params, 1 if dialect == "sd_api_v5" else None))
    bench.after(3.1)
    (event,) = bench.events()
    assert isinstance(event, (TimeoutEvent, TimeoutEventV4))
    assert event.src == 0
    assert not bench.device.gap.advertising


@pytest.mark.parametrize("dialect", ["sd_api_v6", "sd_api_v6_pc", "sd_api_v7"])
def test_an_advertising_set_ends_at_its_time(dialect: str) -> None:
    bench = Bench(dialect)
    data = AdvSetData(BleData(3, data=b"\2\1\6"))
    assert bench.result(AdvStart(0, 1)) == NrfError.INVALID_STATE
    assert bench.ok(AdvSetConfigure(0xFF, data, AdvParams(duration=300))).adv_handle == 0
    assert bench.result(AdvStart(1, 1)) == 0x3004  # INVALID_ADV_HANDLE
    bench.ok(AdvStart(0, 1))
    bench.after(3.1)
    (event,) = bench.events()
    assert isinstance(event, AdvSetTerminatedEvent)
    assert (event.reason, event.adv_handle, event.adv_data.adv_data.buf_id) == (1, 0, 3)


def test_v3_enables_with_its_parameters() -> None:
    bench = Bench("sd_api_v3")
    params = EnableParams(
        GattsEnableParams(service_changed=0, attr_tab_size=248),
        CommonEnableParams(vs_uuid_count=1),
        GapEnableParams(),
        GattEnableParams(att_mtu=100),
    )
    bench.ok(EnableV3(params))
    assert bench.ok(InitialUserHandleGet()).handle == 11
    assert bench.device.table.size == 248
    add = "006301{}01"
    assert bench.raw(bytes.fromhex(add.format(NUS_BASE)))[2] == NrfError.SUCCESS
    assert bench.raw(bytes.fromhex(add.format(OTHER_BASE)))[2] == NrfError.NO_MEM
    bench.peer.connect()
    assert bench.device.connections.require(0).max_mtu == 100
    assert bench.result(EnableV3(params)) == NrfError.INVALID_STATE


@pytest.mark.parametrize(
    ("dialect", "command"),
    [
        ("sd_api_v5", "0073"),
        ("sd_api_v6", "0073"),
        ("sd_api_v6", "007301000000a00000000001"),  # adv_start of v5
        ("sd_api_v6", "008a01014001f0000a00"),  # scan_start of v5
        ("sd_api_v6", "007704"),  # tx_power_set of v5
        ("sd_api_v5", "0060010a00000101010180050000"),  # enable of v2
    ],
)
def test_commands_of_another_dialect_are_no_commands(dialect: str, command: str) -> None:
    assert Bench(dialect).faults_at(bytes.fromhex(command))
