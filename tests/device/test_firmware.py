"""What the builds of connectivity firmware do, each in its own way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from device.bench import WITH_MTU, Bench
from device.wire import PC, VERSION_GET, Wire
from link.link_bytes import ACKS, CONFIG, CONFIG_RSP, RELEASE, RESET, SYNC, SYNC_RSP, packet

from gatts_codec import BleError, Codec, EncodeError, ExchangeMtuReply, Hvx, HvxParams, NrfError
from gatts_codec.common import VersionGet
from gatts_codec.device.chip import Note, VirtualChip
from gatts_codec.device.device import Device
from gatts_codec.device.firmware import FIRMWARE, Firmware, find_firmware, firmware_of
from gatts_codec.device.peer import Peer
from gatts_codec.dialects import DIALECTS, SD_API_V5, Dialect
from gatts_codec.link.events import Rebooted

KNOW_RESET = ("sd_api_v3_pc", "sd_api_v5_pc", "sd_api_v6", "sd_api_v6_pc", "sd_api_v7")
LIMITS = {name: 768 if name.endswith("_pc") else 512 if name in KNOW_RESET else 384 for name in DIALECTS}
UNKNOWN, UNDECODABLE = b"\0\xff", b"\0\xa4"
SPOKEN = [
    (replace(build, on_fault="restart"), name) for build in FIRMWARE.values() for name in build.dialects
]
EACH_BUILD = pytest.mark.parametrize(
    ("build", "dialect"), SPOKEN, ids=lambda value: getattr(value, "name", value)
)


def chip_of(build: Firmware, dialect: str) -> Wire:
    """A chip of the build with its link up, at rest."""
    wire = Wire(VirtualChip(dialect, firmware=build), up=False)
    link_up(wire, build)
    return wire


def link_up(wire: Wire, build: Firmware) -> None:
    wire.say(SYNC, SYNC_RSP, CONFIG)
    if config_first(wire):
        wire.say(CONFIG_RSP, CONFIG)
    else:
        wire.after(build.interval_s)
        wire.say(CONFIG_RSP)
    assert wire.chip.is_up


def config_first(wire: Wire) -> bool:
    """By firmware.md: builds of SDK 15.3, and 17.1."""
    return wire.chip.device.firmware.name in ("sdk15.3", "sdk17.1", "sdk15.3-pc")


def hung(build: Firmware) -> Firmware:
    return replace(build, on_fault="hang")


def test_every_dialect_has_a_build() -> None:
    assert {dialect.name for dialect in DIALECTS.values()} <= {
        name for build in FIRMWARE.values() for name in build.dialects
    }


def test_a_derived_dialect_has_the_build_of_its_numbers() -> None:
    mine: Dialect = SD_API_V5.derive("mine", firmware="of our own")
    assert firmware_of(mine).name == "sdk14.2"
    assert VirtualChip(mine, firmware="sdk14.2").link.config.retransmission_interval_s == 0.04


@pytest.mark.parametrize("dialect", DIALECTS)
def test_without_a_name_the_chip_is_patient_and_restarts(dialect: str) -> None:
    chip = VirtualChip(dialect)
    build, link = chip.device.firmware, chip.link.config
    assert replace(FIRMWARE[build.name], patience_s=0.4, on_fault="restart") == build
    assert (link.retransmission_interval_s, link.link_interval_s) == (0.4, build.interval_s)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_without_a_name_link_up_takes_no_longer(dialect: str) -> None:
    wire = Wire(VirtualChip(dialect), up=False)
    link_up(wire, wire.chip.device.firmware)


def test_events_wait_while_the_link_comes_up() -> None:
    """A host whose CONFIG is answered takes the link for up; the chip still has to ask for the host's."""
    wire = Wire(VirtualChip("sd_api_v5"), up=False)
    assert wire.say(SYNC, SYNC_RSP, CONFIG) == ["SYNC_RSP", "CONFIG_RSP"]
    wire.chip.peer.connect()
    assert wire.after(0.04) == ["CONFIG"]
    (connected,) = wire.say(CONFIG_RSP)
    assert connected.startswith("packet 0 ack 0 0210")


def test_stock_builds_of_sdk_11_to_14_hang() -> None:
    assert [build.name for build in FIRMWARE.values() if build.on_fault == "hang"] == [
        "sdk11",
        "sdk12.3",
        "sdk13.1",
        "sdk14.2",
    ]


def test_a_build_that_is_none() -> None:
    with pytest.raises(EncodeError, match=r"sdk14\.2"):
        find_firmware("sdk99")
    with pytest.raises(EncodeError, match="speaks sd_api_v7, not sd_api_v5"):
        VirtualChip("sd_api_v5", firmware="sdk17.1")


@EACH_BUILD
def test_link_up_takes_the_builds_way_and_interval(build: Firmware, dialect: str) -> None:
    wire = Wire(VirtualChip(dialect, firmware=build), up=False)
    assert wire.after(build.interval_s * 3.5) == ["SYNC"] * 3
    wire.after(build.interval_s * 0.6)
    if config_first(wire):
        assert wire.say(SYNC_RSP, CONFIG) == ["CONFIG"]
        assert wire.say(CONFIG_RSP, CONFIG) == ["CONFIG_RSP"]
    else:
        assert wire.say(SYNC_RSP, CONFIG) == ["CONFIG_RSP"]
        assert wire.say(packet(b"\0\xa4")) == []  # not before the chip's own CONFIG is answered
        assert wire.after(build.interval_s) == ["CONFIG"]
        assert wire.say(CONFIG_RSP) == []
    assert wire.chip.is_up


@EACH_BUILD
def test_packets_over_the_limit_get_no_ack(build: Firmware, dialect: str) -> None:
    wire = chip_of(build, dialect)
    assert wire.say(packet(b"\x03" + bytes(LIMITS[dialect]))) == []
    assert wire.say(packet(b"\x03" + bytes(LIMITS[dialect] - 1))) == ["ACK 1"]


@EACH_BUILD
def test_reset_restarts_builds_from_sdk_15_on(build: Firmware, dialect: str) -> None:
    wire = chip_of(build, dialect)
    wire.chip.peer.connect()
    assert wire.say(RESET) != ["never"]
    assert wire.chip.is_up is not (dialect in KNOW_RESET)
    assert bool(len(wire.chip.device.connections)) is not (dialect in KNOW_RESET)


@EACH_BUILD
def test_an_unknown_opcode(build: Firmware, dialect: str) -> None:
    wire = chip_of(build, dialect)
    heard = wire.say(packet(UNKNOWN))
    refused = ["ACK 1", "packet 0 ack 1 01ff06000000"]
    assert heard == (refused if build.refuses_unknown else ["ACK 1"])
    assert wire.chip.is_up is build.refuses_unknown


@EACH_BUILD
def test_a_call_that_the_dispatcher_lacks_is_an_unknown_opcode_whatever_follows(
    build: Firmware, dialect: str
) -> None:
    codec = Codec(dialect)
    for name in DIALECTS[dialect].unknown_calls:
        opcode = codec.opcode(codec.message_class("command", name))
        heard = chip_of(build, dialect).say(packet(bytes([0, opcode, 0x55])))
        refused = ["ACK 1", f"packet 0 ack 1 01{opcode:02x}06000000"]
        assert heard == (refused if build.refuses_unknown else ["ACK 1"])


@EACH_BUILD
@pytest.mark.parametrize(
    "payload",
    [b"", UNDECODABLE, b"\0", *(bytes([kind, 0xA5]) for kind in (1, 2, 4, *range(6, 16)))],
    ids=lambda payload: payload.hex() or "empty",
)
def test_what_is_a_fault(build: Firmware, dialect: str, payload: bytes) -> None:
    wire = chip_of(build, dialect)
    assert wire.say(packet(payload)) == ["ACK 1"]
    assert not wire.chip.is_up
    assert wire.after(build.interval_s) == ["SYNC"]
    assert [what for what in wire.seen if isinstance(what, Rebooted)]


@EACH_BUILD
def test_a_build_that_hangs_acknowledges_and_is_silent_until_a_power_cycle(
    build: Firmware, dialect: str
) -> None:
    wire = chip_of(hung(build), dialect)
    assert wire.say(packet(UNDECODABLE)) == ["ACK 1"]
    assert wire.say(RESET, SYNC, packet(VERSION_GET, seq=1)) == []
    assert wire.after(build.interval_s * 20) == []
    wire.chip.close(wire.now)
    wire.chip.open(wire.now)
    assert wire.after(build.interval_s) == ["SYNC"]


def test_a_command_that_switches_the_board_off() -> None:
    wire = chip_of(FIRMWARE["sdk14.2"], "sd_api_v5")
    wire.chip.peer.connect()
    wire.say()
    wire.say(ACKS[1])
    assert wire.say(packet(b"\0\x32")) == ["ACK 1"]
    assert not wire.chip.peer.is_connected
    assert wire.say(SYNC) == []
    assert wire.after(1.0) == []
    assert any(isinstance(what, Note) and "is off" in what.text for what in wire.seen)
    wire.chip.close(wire.now)
    wire.chip.open(wire.now)
    assert wire.after(0.04) == ["SYNC"]


@EACH_BUILD
def test_packet_type_5(build: Firmware, dialect: str) -> None:
    restarts = {payload: chip_of(build, dialect) for payload in (b"\5", b"\5\0", b"\5\1", b"\5\2")}
    for payload, wire in restarts.items():
        assert wire.say(packet(payload)) == ["ACK 1"]
    up = [wire.chip.is_up for wire in restarts.values()]
    if dialect not in KNOW_RESET:
        assert up == [False] * 4
    else:
        assert up == [True, False, not dialect.endswith("_pc"), True]


@EACH_BUILD
def test_sync_with_a_packet_in_flight_costs_the_transmit_buffer(build: Firmware, dialect: str) -> None:
    wire = chip_of(build, dialect)
    wire.chip.peer.connect()
    assert "packet 0" in str(wire.say())
    link_up(wire, build)
    assert wire.say(packet(UNKNOWN)) == ["ACK 1"]  # and it is not looked at
    assert wire.say(packet(UNKNOWN), packet(UNKNOWN, seq=1), SYNC) == []
    assert wire.after(build.interval_s * 20) == []
    assert any(isinstance(what, Note) and "stuck" in what.text for what in wire.seen)
    assert wire.say(RESET) == []
    if dialect in KNOW_RESET:
        assert wire.after(build.interval_s) == ["SYNC"]
        link_up(wire, build)
        assert wire.say(packet(UNKNOWN)) == ["ACK 1"]
        assert not wire.chip.is_up
    else:
        assert wire.after(build.interval_s * 20) == []


def test_an_event_too_finds_no_transmit_buffer() -> None:
    build = FIRMWARE["sdk14.2"]
    wire = chip_of(build, "sd_api_v5")
    wire.chip.peer.connect()
    wire.say()
    link_up(wire, build)
    wire.chip.new_peer().connect("c6:05:04:03:02:02")
    assert wire.after(1.0) == []
    assert wire.say(packet(UNKNOWN)) == []


def test_sync_with_nothing_in_flight_does_no_harm() -> None:
    build = FIRMWARE["sdk14.2"]
    wire = chip_of(build, "sd_api_v5")
    wire.say(packet(VERSION_GET))
    wire.say(ACKS[1])
    link_up(wire, build)
    assert len(wire.say(packet(VERSION_GET))) == 2


@EACH_BUILD
def test_three_commands_at_once(build: Firmware, dialect: str) -> None:
    wire, command = chip_of(build, dialect), version_get(dialect)
    first, *others = wire.say(*(packet(command, seq=number) for number in range(3)))
    assert first == "ACK 1"
    assert [heard[:8] for heard in others] == ["packet 0", "ACK 2"]


@EACH_BUILD
def test_a_damaged_escape_makes_it_deaf_until_one_is_completed(build: Firmware, dialect: str) -> None:
    wire, command = chip_of(build, dialect), version_get(dialect)
    damaged = bytearray(packet(command))
    damaged[4] = 0xDB
    assert wire.say(bytes(damaged)) == []
    assert wire.say(packet(command, seq=1), SYNC, RESET, SYNC) == []
    assert wire.after(build.interval_s * 3) == []
    assert wire.chip.is_up
    assert wire.say(RELEASE) == []
    assert len(wire.say(packet(command))) == 2


def version_get(dialect: str) -> bytes:
    return Codec(dialect).pack(VersionGet())


# Bytes behind the event's id.
@pytest.mark.parametrize(("build", "body"), [("sdk15.3", 33), ("sdk17.1", 33), ("sdk15.3-pc", 31)])
def test_connected_from_v6_on_has_the_builds_length(build: str, body: int) -> None:
    firmware = FIRMWARE[build]
    device = Device(firmware.dialects[-1], firmware=firmware)
    Peer(device).connect()
    (connected,) = device.payloads_to_send()
    assert len(connected) == 1 + 2 + body


@pytest.mark.parametrize("dialect", WITH_MTU)
@pytest.mark.parametrize("size", [490, 491])
def test_a_long_write_overflows_the_event_of_pc_ble_drivers_builds(dialect: str, size: int) -> None:
    bench = Bench(dialect, max_mtu=517)
    bench.service()
    handle = bench.characteristic(max_len=512).value_handle
    conn = bench.connected()
    bench.peer.exchange_mtu(517)
    bench.ok(ExchangeMtuReply(conn, 517))
    bench.events()
    bench.peer.write(handle, bytes(size))
    assert bench.device.at_fault is (size > 490 and dialect.endswith("_pc"))


def test_hvx_with_more_than_512_bytes_is_of_another_handle_or_a_crash() -> None:
    bench = Bench(PC)
    bench.service()
    values = (bench.characteristic(0x2A37 + number, max_len=512, value=bytes(8)) for number in range(2))
    one, other = (handles.value_handle for handles in values)
    bench.connected()

    def hvx(over: bytes) -> bytes:
        body = bytearray(bench.codec.pack(Hvx(0, HvxParams(one, data=bytes(512)))))
        at = body.index((512).to_bytes(2, "little"))
        body[at : at + 2] = (512 + len(over)).to_bytes(2, "little")
        return bytes(body) + over

    def result(over: bytes) -> int:
        return int.from_bytes(bench.raw(hvx(over))[2:6], "little")

    assert result(b"") == NrfError.INVALID_STATE  # nobody has subscribed
    for over in (b"", b"\0", bytes(7)):
        assert result(bytes([other]) + over) == NrfError.DATA_SIZE
    assert result(b"\1") == BleError.INVALID_ATTR_HANDLE
    assert result(bytes([one, 1])) == NrfError.NOT_FOUND
    assert bench.faults_at(hvx(bytes(9)))
    assert bench.faults_at(hvx(bytes(240)))


def test_other_builds_look_at_the_length_of_hvx() -> None:
    for dialect in set(DIALECTS) - {"sd_api_v3_pc", "sd_api_v5_pc", "sd_api_v6_pc"}:
        body = bytearray(Codec(dialect).pack(Hvx(0, HvxParams(14, data=bytes(512)))))
        at = body.index((512).to_bytes(2, "little"))
        body[at : at + 2] = (513).to_bytes(2, "little")
        assert Bench(dialect).faults_at(bytes(body) + b"\0")
