"""The whole chip on its link: what a host sees on the wire, in virtual time."""

from __future__ import annotations

import pytest
from device.wire import INTERVAL_S, PC, VERSION, VERSION_GET, Wire
from link.link_bytes import ACKS, CONFIG, CONFIG_RSP, RESET, SYNC, SYNC_RSP, packet, shown

from gatts_codec.device.chip import MAX_QUEUED, Note, Seen, VirtualChip
from gatts_codec.link.config import ChipConfig
from gatts_codec.link.events import Rebooted


def test_boot_and_link_up() -> None:
    wire = Wire(up=False)
    assert shown(wire.chip.data_to_send()) == []
    assert wire.after(INTERVAL_S * 3) == ["SYNC"] * 3
    assert wire.say(SYNC) == ["SYNC_RSP"]
    assert wire.say(CONFIG) == []  # before SYNC_RSP
    assert wire.say(SYNC_RSP, CONFIG) == ["CONFIG"]
    assert wire.say(CONFIG_RSP, CONFIG) == ["CONFIG_RSP"]
    assert wire.chip.is_up


def test_a_command_is_acknowledged_before_it_is_answered() -> None:
    wire = Wire()
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", f"packet 0 ack 1 {VERSION.hex()}"]
    assert wire.say(ACKS[1]) == []
    assert wire.say(packet(VERSION_GET, seq=1)) == ["ACK 2", f"packet 1 ack 2 {VERSION.hex()}"]


def test_a_command_that_cannot_be_decoded() -> None:
    wire = Wire()
    assert wire.say(packet(bytes.fromhex("00a4"))) == ["ACK 1"]
    assert not wire.chip.is_up
    assert wire.after(INTERVAL_S) == ["SYNC"]
    (reboot,) = (what for what in wire.seen if isinstance(what, Rebooted))
    assert "decoded" in reboot.cause


def test_a_reset_packet_of_the_serialization() -> None:
    wire = Wire()
    assert wire.say(packet(bytes.fromhex("0500"))) == ["ACK 1"]
    assert wire.after(INTERVAL_S) == ["SYNC"]


def test_a_reboot_forgets_the_table() -> None:
    wire = Wire()
    service = packet(bytes.fromhex("00a001010d180101"))
    assert wire.say(service)[1].endswith("01a000000000010e00")
    wire.say(RESET)
    assert wire.say(SYNC, SYNC_RSP, CONFIG, CONFIG_RSP, CONFIG)
    assert wire.say(service)[1].endswith("01a000000000010e00")


def test_sync_in_active_keeps_the_table() -> None:
    wire = Wire()
    service = bytes.fromhex("00a001010d180101")
    wire.say(packet(service))
    wire.say(ACKS[1])
    assert wire.say(SYNC) == ["SYNC_RSP"]
    wire.say(SYNC_RSP, CONFIG, CONFIG_RSP, CONFIG)
    assert wire.say(packet(service))[1].endswith("010f00")  # the next handle


def test_five_transmissions_then_a_reboot() -> None:
    wire = Wire()
    wire.say(packet(VERSION_GET))
    heard = wire.after(INTERVAL_S * 4)
    assert heard == [f"packet 0 ack 1 {VERSION.hex()}"] * 4
    assert wire.after(INTERVAL_S * 2) == ["SYNC"]


def test_packets_over_the_limit_are_dropped_in_silence() -> None:
    chip = VirtualChip(PC, link=ChipConfig(max_payload=384))
    wire = Wire(chip)
    assert wire.say(packet(VERSION_GET + bytes(382))) == []
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", f"packet 0 ack 1 {VERSION.hex()}"]


def test_a_response_over_the_limit_is_a_data_size() -> None:
    chip = VirtualChip(PC, link=ChipConfig(max_payload=384))
    wire = Wire(chip)
    for number, command in enumerate(
        ("00a001010d180101", "00a20c000102000000000000000000000101372a01011111030000000200000001")
    ):
        wire.say(packet(bytes.fromhex(command), seq=number))
        wire.say(ACKS[number + 1])
    attribute = chip.device.table.find(14)
    assert attribute is not None
    attribute.value = bytes(500)
    heard = wire.say(packet(bytes.fromhex("00a5ffff0e00010000000201"), seq=2))
    assert heard[1].endswith("01a50c000000")


def test_an_event_over_the_limit_is_noted() -> None:
    chip = VirtualChip(PC, link=ChipConfig(max_payload=384))
    wire = Wire(chip)
    chip.device.emit(b"\x02" + bytes(400))
    assert wire.say() == []
    assert any(isinstance(what, Note) and "lost" in what.text for what in wire.seen)


def test_events_without_a_host_are_noted() -> None:
    wire = Wire(up=False)
    wire.chip.peer.connect()
    assert shown(wire.chip.data_to_send()) == []
    assert wire.seen == [Note("events are lost, there is no link: 1")]


def test_events_and_responses_wait_for_the_ack_before_them() -> None:
    wire = Wire()
    wire.chip.peer.connect()
    (connected,) = shown(wire.chip.data_to_send())
    assert connected.startswith("packet 0")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]
    assert wire.say(ACKS[1]) == [f"packet 1 ack 1 {VERSION.hex()}"]


def test_a_flood_of_events_is_bounded_and_noted() -> None:
    wire = Wire()
    for _ in range(6000):
        wire.chip.device.emit(b"\x02\x50\x00\x00\x00")
    wire.chip.tick(0.0)
    lost = [what for what in wire.seen if isinstance(what, Note)]
    assert len(lost) == 6000 - MAX_QUEUED


def test_observers_see_what_passes() -> None:
    wire = Wire()
    wire.say(packet(VERSION_GET))
    assert [what for what in wire.seen if isinstance(what, Seen)] == [
        Seen("host->chip", VERSION_GET),
        Seen("chip->host", VERSION),
    ]


def test_the_ack_delay_keeps_the_order() -> None:
    wire = Wire(VirtualChip(PC, ack_delay_s=0.001), up=False)
    wire.say(SYNC, SYNC_RSP, CONFIG, CONFIG_RSP, CONFIG)
    wire.after(0.01)
    assert wire.say(packet(VERSION_GET)) == []
    assert wire.chip.next_deadline() == pytest.approx(wire.now + 0.001)
    assert wire.after(0.002) == ["ACK 1", f"packet 0 ack 1 {VERSION.hex()}"]


def test_power_off_and_on() -> None:
    wire = Wire()
    wire.chip.close(wire.now)
    assert wire.chip.next_deadline() is None
    wire.chip.open(wire.now)
    assert wire.after(INTERVAL_S) == ["SYNC"]


def test_two_peers() -> None:
    wire = Wire()
    assert wire.chip.peer.connect() == 0
    assert wire.chip.new_peer().connect("c6:05:04:03:02:02") == 1
