"""The rules of the chip's end, one by one (as real firmware keeps them)."""

from __future__ import annotations

import pytest
from link.link_bytes import (
    ACKS,
    CONFIG,
    CONFIG_RSP,
    RELEASE,
    RESET,
    SYNC,
    SYNC_RSP,
    active_chip,
    active_host,
    packet,
    shown,
)

from gatts_codec.errors import EncodeError
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.events import (
    FrameRejected,
    LinkLost,
    LinkUp,
    LostReason,
    PacketAcked,
    PacketIgnored,
    PacketReceived,
    Rebooted,
    Retransmitted,
)
from gatts_codec.link.host_link import HostLink

RESPONSE = b"\x01\x66\x00\x00\x00\x00"
WRONG_CONFIG = bytes.fromhex("c0003f00c103fc12c0")
WRONG_CONFIG_RSP = bytes.fromhex("c0003f00c1047b12c0")


def started() -> ChipLink:
    chip = ChipLink()
    chip.open(0.0)
    return chip


class TestLinkUp:
    def test_sync_every_interval_for_ever(self) -> None:
        chip = started()
        for count in range(1, 50):
            deadline = chip.next_deadline()
            assert deadline == pytest.approx(0.4 * count)
            chip.tick(deadline or 0.0)
            assert chip.data_to_send() == SYNC

    def test_on_a_slow_line_the_interval_is_longer(self) -> None:
        chip = ChipLink(ChipConfig(baud=9600))
        chip.open(0.0)
        # The header, the longest frame that the host may be in the middle of, and an ACK, ten bits a byte.
        assert chip.next_deadline() == pytest.approx(0.05 + (4 + 776 + 6) * 10 / 9600)

    def test_every_sync_is_answered_at_once(self) -> None:
        chip = started()
        chip.receive_data(SYNC * 3, 0.1)
        assert chip.data_to_send() == SYNC_RSP * 3

    def test_config_before_sync_rsp_is_ignored(self) -> None:
        chip = started()
        chip.receive_data(CONFIG, 0.1)
        assert chip.data_to_send() == b""

    def test_first_config_is_answered_with_config_only_the_next_with_config_rsp(self) -> None:
        chip = started()
        chip.receive_data(SYNC_RSP + CONFIG, 0.1)
        assert chip.data_to_send() == CONFIG
        chip.receive_data(CONFIG, 0.2)
        assert chip.data_to_send() == CONFIG_RSP
        assert not chip.is_up
        assert chip.receive_data(CONFIG_RSP, 0.3) == [LinkUp()]

    def test_its_own_config_is_repeated_until_answered(self) -> None:
        chip = started()
        chip.receive_data(SYNC_RSP + CONFIG, 0.1)
        chip.data_to_send()
        chip.tick(0.5)
        assert chip.data_to_send() == CONFIG
        chip.receive_data(CONFIG_RSP, 0.6)
        assert chip.next_deadline() is None

    @pytest.mark.parametrize("wrong", [WRONG_CONFIG, WRONG_CONFIG_RSP])
    def test_another_configuration_is_dropped(self, wrong: bytes) -> None:
        chip = started()
        chip.receive_data(SYNC_RSP + CONFIG + CONFIG, 0.1)
        chip.data_to_send()
        (ignored,) = chip.receive_data(wrong, 0.1)
        assert isinstance(ignored, PacketIgnored)
        assert chip.data_to_send() == b""
        assert not chip.is_up

    def test_old_firmware_answers_the_first_config_and_asks_later(self) -> None:
        chip = OldChipLink()
        chip.open(0.0)
        chip.receive_data(SYNC_RSP + CONFIG, 0.1)
        assert chip.data_to_send() == CONFIG_RSP
        chip.tick(0.49)
        assert chip.data_to_send() == b""
        chip.tick(0.5)
        assert chip.data_to_send() == CONFIG
        assert chip.receive_data(CONFIG_RSP, 0.5) == [LinkUp()]

    def test_link_control_may_have_an_interval_of_its_own(self) -> None:
        chip = OldChipLink(ChipConfig(link_interval_s=0.04))
        chip.open(0.0)
        assert chip.next_deadline() == 0.04
        chip.receive_data(SYNC_RSP + CONFIG, 0.01)
        chip.tick(0.05)
        assert chip.data_to_send() == CONFIG_RSP + CONFIG
        assert chip.next_deadline() == 0.09
        chip.receive_data(CONFIG_RSP, 0.05)
        chip.send(b"\x02", 0.05)
        assert chip.next_deadline() == 0.45

    def test_its_interval_is_checked(self) -> None:
        with pytest.raises(EncodeError, match="link_interval_s"):
            ChipConfig(link_interval_s=0)

    @pytest.mark.parametrize(
        ("heard", "stage"), [(b"", "sync"), (SYNC_RSP, "config"), (SYNC_RSP + CONFIG, "config")]
    )
    @pytest.mark.parametrize("make", [ChipLink, OldChipLink])
    def test_switched_off_while_linking(self, make: type[ChipLink], heard: bytes, stage: str) -> None:
        chip = make()
        chip.open(0.0)
        chip.receive_data(heard, 0.1)
        (lost,) = chip.close(0.2)
        assert isinstance(lost, LinkLost)
        assert (lost.reason, lost.stage, lost.relinking) == (LostReason.CLOSED, stage, False)


class TestActive:
    def test_command_is_acknowledged_before_it_is_delivered(self) -> None:
        chip = active_chip()
        assert chip.receive_data(packet(b"\x00\x66"), 0.0) == [PacketReceived(b"\x00\x66")]
        assert chip.data_to_send() == ACKS[1]

    @pytest.mark.parametrize(
        ("command", "reason"),
        [
            (packet(b"\x00\x66", reliable=False), "not reliable"),
            (packet(b"\x00\x66", crc=False), "no CRC"),
            (packet(bytes(385)), "385 bytes are over the maximum"),
        ],
    )
    def test_what_it_does_not_take_is_dropped_in_silence(self, command: bytes, reason: str) -> None:
        chip = active_chip(ChipConfig(max_payload=384))
        (ignored,) = chip.receive_data(command, 0.0)
        assert isinstance(ignored, PacketIgnored)
        assert ignored.reason == reason
        assert chip.data_to_send() == b""

    def test_the_largest_packet_is_taken(self) -> None:
        chip = active_chip(ChipConfig(max_payload=384))
        assert chip.receive_data(packet(bytes(384)), 0.0) == [PacketReceived(bytes(384))]

    def test_repeated_command_is_acknowledged_and_dropped(self) -> None:
        chip = active_chip()
        chip.receive_data(packet(b"\x00\x66") * 2, 0.0)
        assert chip.data_to_send() == ACKS[1] * 2

    def test_a_second_command_is_taken_and_its_response_waits(self) -> None:
        chip = active_chip()
        chip.receive_data(packet(b"\x00\x66"), 0.0)
        chip.send(RESPONSE, 0.0)
        assert chip.receive_data(packet(b"\x00\x65", seq=1), 0.0) == [PacketReceived(b"\x00\x65")]
        chip.send(b"\x01\x65", 0.0)
        assert shown(chip.data_to_send()) == ["ACK 1", f"packet 0 ack 1 {RESPONSE.hex()}", "ACK 2"]
        assert chip.receive_data(ACKS[1], 0.1) == [PacketAcked(1)]
        assert shown(chip.data_to_send()) == ["packet 1 ack 2 0165"]

    def test_header_is_rebuilt_for_each_transmission(self) -> None:
        chip = active_chip()
        chip.send(RESPONSE, 0.0)
        chip.receive_data(packet(b"\x00\x66"), 0.1)
        chip.data_to_send()
        assert chip.tick(0.4) == [Retransmitted("packet", 2)]
        assert shown(chip.data_to_send()) == [f"packet 0 ack 1 {RESPONSE.hex()}"]

    def test_it_reboots_when_nobody_acknowledges_five_transmissions(self) -> None:
        chip = active_chip()
        chip.send(RESPONSE, 0.0)
        sent = shown(chip.data_to_send())
        for count in range(1, 5):
            chip.tick(0.4 * count)
            sent += shown(chip.data_to_send())
        assert sent == [f"packet 0 ack 0 {RESPONSE.hex()}"] * 5
        lost, rebooted = chip.tick(2.0)
        assert lost == LinkLost(LostReason.NO_ACK, "ack", 5, relinking=True, in_flight=RESPONSE)
        assert rebooted == Rebooted("no ACK")
        chip.tick(2.4)
        assert chip.data_to_send() == SYNC

    def test_sync_ends_the_link_and_starts_the_numbers_anew(self) -> None:
        chip = active_chip()
        chip.receive_data(packet(b"\x00\x66"), 0.0)
        chip.send(RESPONSE, 0.0)
        chip.data_to_send()
        (lost,) = chip.receive_data(SYNC, 0.1)
        assert lost == LinkLost(LostReason.PEER_RESTARTED, "ack", 1, relinking=True, in_flight=RESPONSE)
        assert chip.data_to_send() == SYNC_RSP
        chip.receive_data(SYNC_RSP + CONFIG + CONFIG_RSP + CONFIG, 0.2)
        chip.data_to_send()
        assert chip.receive_data(packet(b"\x00\x65", seq=0), 0.3) == [PacketReceived(b"\x00\x65")]
        chip.send(RESPONSE, 0.3)
        assert shown(chip.data_to_send()) == ["ACK 1", f"packet 0 ack 1 {RESPONSE.hex()}"]

    def test_reset_packet_reboots_and_sync_comes_an_interval_later(self) -> None:
        chip = active_chip(ChipConfig(boot_s=0.3))
        lost, rebooted = chip.receive_data(RESET, 1.0)
        assert isinstance(lost, LinkLost)
        assert (lost.reason, lost.stage, lost.relinking) == (LostReason.REBOOTED, "active", True)
        assert rebooted == Rebooted("RESET packet")
        assert chip.next_deadline() == pytest.approx(1.7)
        assert chip.data_to_send() == b""

    def test_reboot_by_the_device(self) -> None:
        chip = active_chip()
        assert chip.reboot(0.0, "undecodable command")[-1] == Rebooted("undecodable command")
        assert started().reboot(0.0) == [Rebooted("reboot")]
        assert ChipLink().reboot(0.0) == []

    def test_config_is_answered(self) -> None:
        chip = active_chip()
        assert chip.receive_data(CONFIG, 0.0) == []
        assert chip.data_to_send() == CONFIG_RSP
        assert chip.is_up


class TestWhatFirmwareTakes:
    """Inputs that look like others. Measured on SDK 17.1; RESET and three commands on 14.2 too."""

    @pytest.mark.parametrize(
        "frame",
        ["c0802f0051017ec0", "c0402f0091017e2ceac0", "c0003f00c1017e00c0"],
        ids=["reliable", "with a CRC", "with a byte too many"],
    )
    def test_link_control_is_bare(self, frame: str) -> None:
        chip = started()
        chip.receive_data(bytes.fromhex(frame), 0.1)
        assert chip.data_to_send() == b""

    @pytest.mark.parametrize(
        "frame", ["c0dbdc1e002200b301a59cc0", "c0dbdc8e02b000b301753dc0"], ids=["too short", "too long"]
    )
    def test_the_length_in_the_header_is_not_looked_at(self, frame: str) -> None:
        chip = active_chip()
        (event,) = chip.receive_data(bytes.fromhex(frame), 0.1)
        assert event == PacketReceived(b"\x00\xb3\x01")
        assert chip.data_to_send() == ACKS[1]

    def test_a_bad_frame_of_wrong_length_stays_bad(self) -> None:
        chip = active_chip()
        for frame in ("c0dbdc1e002200b301a59dc0", "c0dbdc1e002300b301a59cc0", "c0" + "00" * 9000 + "c0"):
            (event, *_) = chip.receive_data(bytes.fromhex(frame), 0.1)
            assert isinstance(event, FrameRejected)
        assert chip.data_to_send() == b""

    def test_reset_means_nothing_to_firmware_before_sdk_15(self) -> None:
        chip = active_chip(ChipConfig(knows_reset=False))
        (event,) = chip.receive_data(RESET, 0.1)
        assert isinstance(event, PacketIgnored)
        assert chip.is_up

    def test_of_three_commands_the_third_finds_no_room_until_the_first_response_is_acknowledged(self) -> None:
        chip = active_chip()
        chip.receive_data(packet(b"\0\x66", seq=0), 0.1)
        chip.send(RESPONSE, 0.1)
        chip.data_to_send()
        chip.receive_data(packet(b"\0\x66", seq=1), 0.1)
        chip.send(RESPONSE, 0.1)
        assert chip.data_to_send() == ACKS[2]
        assert chip.receive_data(packet(b"\0\x66", seq=2), 0.1) != [PacketReceived(b"\0\x66")]
        assert chip.data_to_send() == b""
        chip.receive_data(ACKS[1], 0.2)
        chip.data_to_send()
        assert chip.receive_data(packet(b"\0\x66", seq=2), 0.3) == [PacketReceived(b"\0\x66")]
        assert chip.data_to_send() == ACKS[3]


COMMAND = b"\x00\x66\x01"
# One byte of it damaged to DB; neither this frame nor its repetition holds DC or DD by itself.
DAMAGED = packet(COMMAND, seq=1, ack=1).replace(b"\x66", b"\xdb")


class TestDeaf:
    """One damaged byte: DB and neither DC nor DD behind it (seen of firmware of SDK 11, 14.2, 17.1)."""

    def test_deaf_until_released(self) -> None:
        chip = active_chip()
        for data in (DAMAGED, SYNC, RESET, packet(COMMAND, seq=1, ack=1), SYNC_RSP * 9):
            assert chip.receive_data(data, 0.1) == []
        assert chip.data_to_send() == b""
        (rejected,) = chip.receive_data(RELEASE, 0.2)
        assert isinstance(rejected, FrameRejected)
        assert chip.receive_data(packet(COMMAND), 0.2) == [PacketReceived(COMMAND)]

    def test_released_by_chance(self) -> None:
        chip = active_chip()
        chip.receive_data(DAMAGED, 0.1)
        # The DC of the first command's header: the rest of that frame is lost, the next is heard.
        assert chip.receive_data(packet(COMMAND), 0.2)[-1:] != [PacketReceived(COMMAND)]
        assert chip.receive_data(packet(COMMAND), 0.3) == [PacketReceived(COMMAND)]

    def test_release_harms_no_chip(self) -> None:
        chip = active_chip()
        chip.receive_data(RELEASE + packet(COMMAND)[:-1], 0.1)
        assert PacketReceived(COMMAND) in chip.receive_data(b"\xc0" + RELEASE, 0.2)

    def test_release_is_no_bad_frame(self) -> None:
        assert active_chip().receive_data(RELEASE, 0.1) == []

    def test_a_restart_ends_it(self) -> None:
        chip = active_chip()
        chip.receive_data(DAMAGED, 0.1)
        chip.reboot(0.2)
        chip.receive_data(SYNC, 0.3)
        assert chip.data_to_send() == SYNC_RSP

    def test_without_the_latch_only_the_frame_is_lost(self) -> None:
        chip = active_chip(ChipConfig(escape_latch=False))
        chip.receive_data(DAMAGED, 0.1)
        assert chip.receive_data(packet(COMMAND), 0.2) == [PacketReceived(COMMAND)]

    @pytest.mark.parametrize("damaged_at", range(1, len(packet(COMMAND, seq=1)) - 1))
    def test_the_host_brings_it_back_at_the_first_retransmission(self, damaged_at: int) -> None:
        host, chip = active_host(), active_chip()
        for end in (host, chip):
            end._seq = end._expected = 1  # a header without escapes: nothing in it frees the chip by chance
        host.send(COMMAND, 1.0)
        frame = bytearray(host.data_to_send())
        frame[damaged_at] = 0xDB
        chip.receive_data(bytes(frame), 1.0)
        host.tick(1.25)
        assert chip.receive_data(host.data_to_send(), 1.25)[-1] == PacketReceived(COMMAND)

    @pytest.mark.parametrize("damaged", [SYNC, RESET, CONFIG, ACKS[2]])
    def test_the_host_brings_it_back_at_link_up(self, damaged: bytes) -> None:
        host, chip = HostLink(HostConfig(reset_wait_s=0.0)), ChipLink()
        chip.open(0.0)
        chip.receive_data(damaged[:2] + b"\xdb" + damaged[3:], 0.0)
        host.open(0.1)
        chip.receive_data(host.data_to_send(), 0.1)
        host.tick(0.1)
        for _ in range(3):
            chip.receive_data(host.data_to_send(), 0.1)
            host.receive_data(chip.data_to_send(), 0.1)
        assert host.is_up
        assert chip.is_up

    def test_the_host_brings_it_back_when_its_ack_was_damaged(self) -> None:
        host, chip = active_host(), active_chip()
        chip.send(RESPONSE, 1.0)
        host.receive_data(chip.data_to_send(), 1.0)
        chip.receive_data(host.data_to_send()[:2] + b"\xdb\x00\xf8\xc0", 1.0)
        chip.tick(1.4)
        host.receive_data(chip.data_to_send(), 1.4)
        assert chip.receive_data(host.data_to_send(), 1.4)[-1] == PacketAcked(2)
