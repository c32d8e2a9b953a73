"""The rules of the host's end, one by one (times and bytes as measured)."""

from __future__ import annotations

from typing import Any

import pytest
from link.link_bytes import (
    ACKS,
    CONFIG,
    CONFIG_RSP,
    RELEASE,
    RESET,
    SYNC,
    SYNC_RSP,
    active_host,
    packet,
    shown,
)

from gatts_codec.errors import EncodeError, LinkClosed, LinkError, LinkReset, LinkTimeout
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.config import HostConfig
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import (
    ChipRestarted,
    FrameRejected,
    LinkEvent,
    LinkLost,
    LinkUp,
    LostReason,
    PacketAcked,
    PacketIgnored,
    PacketReceived,
    Retransmitted,
)
from gatts_codec.link.host_link import HostLink

COMMAND = b"\x00\x66\x01"
GREETING = ["RELEASE", "SYNC", "SYNC_RSP", "CONFIG"]
BAD_FRAME = bytes.fromhex("c0002f00d2017ec0")


def run_until_lost(host: HostLink) -> tuple[LinkLost, list[str]]:
    """Let time pass and nothing be heard."""
    sent: list[str] = []
    while True:
        deadline = host.next_deadline()
        assert deadline is not None
        lost = [event for event in host.tick(deadline) if isinstance(event, LinkLost)]
        if lost:
            return lost[0], sent
        sent += shown(host.data_to_send())


class TestLinkUp:
    def test_reset_then_deaf_then_sync(self) -> None:
        host = HostLink()
        host.open(10.0)
        assert host.data_to_send() == RELEASE + RESET
        (ignored,) = host.receive_data(SYNC, 10.28)
        assert isinstance(ignored, PacketIgnored)
        assert ignored.reason == "SYNC means nothing in DEAF"
        host.tick(10.299)
        assert host.data_to_send() == b""
        host.tick(10.3)
        assert shown(host.data_to_send()) == GREETING

    def test_a_chip_known_to_restart_quickly_is_up_at_once(self) -> None:
        host, chip = HostLink(HostConfig(reset_wait_s=0.05)), ChipLink()
        chip.open(9.0)
        host.open(10.0)
        chip.receive_data(host.data_to_send(), 10.0)
        host.tick(10.05)
        for _ in range(2):
            chip.receive_data(host.data_to_send(), 10.05)
            host.receive_data(chip.data_to_send(), 10.05)
        assert host.is_up
        assert chip.is_up

    def test_half_a_frame_from_before_the_reset_is_forgotten(self) -> None:
        host = HostLink()
        host.open(0.0)
        host.receive_data(b"\xc0\x01\x02", 0.01)
        host.tick(0.3)
        host.data_to_send()
        host.receive_data(SYNC_RSP, 0.31)
        assert shown(host.data_to_send()) == ["RELEASE", "CONFIG"]

    def test_without_reset_nothing_is_waited_for(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        assert shown(host.data_to_send()) == GREETING

    def test_two_round_trips_to_firmware_that_answers_at_once(self) -> None:
        host, chip = HostLink(HostConfig(reset=False)), ChipLink()
        host.open(0.0)
        chip.open(0.0)
        for _ in range(2):
            chip.receive_data(host.data_to_send(), 0.001)
            host.receive_data(chip.data_to_send(), 0.002)
        assert host.is_up
        assert chip.is_up

    def test_a_chip_that_starts_later_is_linked_to_the_moment_it_is_heard(self) -> None:
        host, chip = HostLink(HostConfig(reset=False)), ChipLink()
        chip.open(0.0)
        host.open(0.3)
        host.data_to_send()  # nobody hears it yet
        chip.tick(0.4)
        for _ in range(3):
            host.receive_data(chip.data_to_send(), 0.4)
            chip.receive_data(host.data_to_send(), 0.4)
        assert host.is_up
        assert chip.is_up

    @pytest.mark.parametrize(
        ("before", "heard", "asked"), [(b"", SYNC, "SYNC"), (SYNC_RSP, CONFIG, "CONFIG")]
    )
    def test_a_question_that_is_answered_by_its_like_is_asked_six_times_at_most(
        self, before: bytes, heard: bytes, asked: str
    ) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        if before:
            host.data_to_send()
        host.receive_data(before + heard * 9, 0.1)
        sent = shown(host.data_to_send())
        assert sent.count(asked) == 6
        assert sent.count(f"{asked}_RSP") == (10 if asked == "SYNC" else 9)

    def test_every_sync_of_the_chip_is_answered_with_config_too(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        host.data_to_send()
        host.receive_data(SYNC_RSP + SYNC * 9, 0.1)
        assert shown(host.data_to_send())[-3:] == ["RELEASE", "SYNC_RSP", "CONFIG"]

    def test_questions_that_a_hasty_chip_calls_forth_do_not_shorten_the_wait(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        for count in range(9):  # SYNC every 0.04 s, and it hears nothing yet
            host.receive_data(SYNC, 0.02 + 0.04 * count)
            host.tick(0.04 + 0.04 * count)
        host.data_to_send()
        assert host.next_deadline() == pytest.approx(0.53)  # the second of six SYNCs went out at 0.28
        host.receive_data(SYNC_RSP + CONFIG_RSP, 0.4)
        assert host.is_up

    def test_sync_is_repeated_once_an_interval(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        host.data_to_send()
        assert host.tick(0.25) == [Retransmitted("SYNC", 2)]
        host.receive_data(SYNC_RSP, 0.3)
        assert host.tick(0.55) == [Retransmitted("CONFIG", 2)]
        assert shown(host.data_to_send()) == [*GREETING, "RELEASE", "CONFIG", "RELEASE", "CONFIG"]

    def test_reference_timing_says_no_more_than_needed(self) -> None:
        host = HostLink(HostConfig(reset=False, fast_link_up=False))
        host.open(0.0)
        assert shown(host.data_to_send()) == ["RELEASE", "SYNC"]
        host.receive_data(SYNC, 0.1)
        assert shown(host.data_to_send()) == ["RELEASE", "SYNC_RSP"]
        host.receive_data(SYNC_RSP, 0.1)
        assert shown(host.data_to_send()) == ["RELEASE", "CONFIG"]
        host.receive_data(SYNC + CONFIG, 0.1)
        assert shown(host.data_to_send()) == ["RELEASE", "SYNC_RSP", "RELEASE", "CONFIG_RSP"]
        assert host.receive_data(CONFIG_RSP, 0.1) == [LinkUp()]
        assert host.next_deadline() is None

    def test_config_field_of_the_chip_does_not_matter(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        host.receive_data(SYNC_RSP, 0.0)
        assert LinkUp() in host.receive_data(bytes.fromhex("c0003f00c1047b55c0"), 0.0)

    def test_two_hosts_do_not_chase_each_other(self) -> None:
        ends = [HostLink(HostConfig(reset=False)) for _ in range(2)]
        for end in ends:
            end.open(0.0)
        assert frames_until_quiet(ends[0], ends[1]) < 100

    def test_a_line_that_echoes_is_not_flooded(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        assert frames_until_quiet(host, host) < 100


def frames_until_quiet(one: LinkEnd, other: LinkEnd) -> int:
    frames = 0
    while frames < 1000:
        data = one.data_to_send()
        back = other.data_to_send()
        if not data and not back:
            break
        frames += len(shown(data + back))
        other.receive_data(data, 0.0)
        one.receive_data(back, 0.0)
    return frames


class TestNoLink:
    def test_nothing_heard(self) -> None:
        host = HostLink()
        host.open(0.0)
        lost, sent = run_until_lost(host)
        assert sent.count("SYNC") == 6
        assert (lost.reason, lost.stage, lost.attempts) == (LostReason.NO_SYNC_RSP, "sync", 6)
        assert lost.describe() == (
            "SYNC was not answered after 6 attempts; heard nothing: wrong port, no connectivity firmware, "
            "no power, the chip-to-host line is dead, or the chip hangs: firmware up to SDK 14 has no RESET and "
            "needs a power cycle then"
        )
        error = lost.to_error()
        assert isinstance(error, LinkTimeout)
        assert (error.stage, error.attempts, error.heard) == ("sync", 6, "nothing")
        assert host.next_deadline() is None

    @pytest.mark.parametrize(
        ("heard", "listed", "pointer"),
        [
            (
                SYNC * 6,
                "6 SYNC",
                "sent SYNC 6 times and never saw our SYNC_RSP: the host-to-chip line is dead",
            ),
            (b"\xc0\x01\x02\xc0\x55", "1 bad frames, 1 bytes of noise", "wrong baud rate or parity"),
            (packet(b"\x02\x50"), "1 VENDOR_SPECIFIC", "no answer"),
        ],
    )
    def test_something_else_heard(self, heard: bytes, listed: str, pointer: str) -> None:
        host = HostLink()
        host.open(0.0)
        host.tick(0.3)
        host.receive_data(heard, 0.3)
        lost, _ = run_until_lost(host)
        assert lost.heard == listed
        assert pointer in lost.describe()

    def test_a_chip_that_is_silent_without_reset_gets_one(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        lost, sent = run_until_lost(host)
        assert sent.count("SYNC") == 6
        assert (lost.reason, lost.stage, lost.relinking) == (LostReason.NO_SYNC_RSP, "sync", True)
        assert lost.describe().endswith("needs the RESET that is sent now")
        assert host.data_to_send() == RELEASE + RESET
        lost, sent = run_until_lost(host)
        assert sent.count("SYNC") == 6
        assert not lost.relinking
        assert host.next_deadline() is None
        # The next link begins as it was told to.
        host.open(9.0)
        assert shown(host.data_to_send()) == GREETING
        assert run_until_lost(host)[0].relinking

    def test_a_chip_that_says_sync_is_alive_and_not_reset(self) -> None:
        host = HostLink(HostConfig(reset=False))
        host.open(0.0)
        host.receive_data(SYNC, 0.1)
        lost, _ = run_until_lost(host)
        assert not lost.relinking
        assert "never saw our SYNC_RSP" in lost.describe()

    @pytest.mark.parametrize(("heard", "pointer"), [(b"", "then no more"), (SYNC, "starts over")])
    def test_config_never_answered(self, heard: bytes, pointer: str) -> None:
        host = HostLink(HostConfig(reset=False, fast_link_up=False))
        host.open(0.0)
        host.receive_data(SYNC_RSP + heard, 0.0)
        host.data_to_send()
        lost, sent = run_until_lost(host)
        assert sent.count("CONFIG") == 5
        assert (lost.reason, lost.stage, lost.attempts) == (LostReason.NO_CONFIG_RSP, "config", 6)
        assert pointer in lost.describe()

    def test_configs_of_a_chip_that_never_answers_ours(self) -> None:
        host = HostLink(HostConfig(reset=False, fast_link_up=False))
        host.open(0.0)
        host.receive_data(SYNC_RSP + CONFIG * 2, 0.0)
        lost, _ = run_until_lost(host)
        assert (lost.reason, lost.heard) == (LostReason.NO_CONFIG_RSP, "2 CONFIG")

    def test_closing_while_linking(self) -> None:
        host = HostLink()
        host.open(0.0)
        (lost,) = host.close(0.1)
        assert lost == LinkLost(LostReason.CLOSED, "reset", 1)
        assert isinstance(lost.to_error(), LinkClosed)
        assert host.close(0.2) == []
        assert host.next_deadline() is None


class TestSending:
    def test_identical_bytes_once_an_interval_six_times(self) -> None:
        host = active_host()
        host.send(COMMAND, 5.0)
        first = host.data_to_send()
        assert first == bytes.fromhex("c0dbdc3e00020066013174c0")
        for attempt in range(2, 7):
            assert host.next_deadline() == 5.0 + 0.25 * (attempt - 1)
            assert host.tick(5.0 + 0.25 * (attempt - 1)) == [Retransmitted("packet", attempt)]
            assert host.data_to_send() == RELEASE + first
        (lost,) = host.tick(6.5)
        assert isinstance(lost, LinkLost)
        assert (lost.reason, lost.in_flight, lost.relinking) == (LostReason.NO_ACK, COMMAND, True)
        assert isinstance(lost.to_error(), LinkTimeout)

    @pytest.mark.parametrize("attempts", [1, 2, 15, 16, 17])
    def test_how_many_transmissions_it_took(self, attempts: int) -> None:
        host = active_host(HostConfig(reset=False, transmissions=20))
        host.send(COMMAND, 0.0)
        for _ in range(attempts - 1):
            host.tick(host.next_deadline() or 0.0)
        assert host.receive_data(ACKS[1], 9.0) == [PacketAcked(attempts)]

    def test_numbers_go_round(self) -> None:
        host = active_host()
        for count in range(20):
            host.send(COMMAND, 0.0)
            assert shown(host.data_to_send()) == [f"packet {count % 8} ack 0 006601"]
            assert host.receive_data(ACKS[(count + 1) % 8], 0.0) == [PacketAcked(1)]

    def test_ack_of_the_same_number_is_ignored(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        host.receive_data(ACKS[0], 0.1)
        assert host.waiting == 1
        assert host.next_deadline() == 0.25

    def test_ack_field_of_packets_does_not_count(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        host.receive_data(packet(b"\x01\x66", ack=1), 0.1)
        assert host.waiting == 1

    def test_any_other_ack_begins_a_new_link(self) -> None:
        host = active_host(HostConfig(reset=True))
        host.send(COMMAND, 0.0)
        host.data_to_send()
        (lost,) = host.receive_data(ACKS[5], 0.1)
        assert isinstance(lost, LinkLost)
        assert isinstance(lost.to_error(), LinkReset)
        assert lost.heard == "1 ACK 5, not 0 or 1"
        assert host.data_to_send() == RELEASE + RESET

    def test_a_number_is_not_reused_before_a_new_link(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        run_until_lost(host)
        with pytest.raises(LinkClosed):
            host.send(b"\x00\x65\x01", 2.0)
        assert "SYNC" in shown(host.data_to_send())

    def test_the_next_packet_waits_for_the_ack(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        host.send(b"\x00\x01", 0.0)
        host.send(b"\x00\x02", 0.0)
        assert host.waiting == 3
        assert len(shown(host.data_to_send())) == 1
        host.receive_data(ACKS[1], 0.1)
        assert shown(host.data_to_send()) == ["packet 1 ack 0 0001"]
        (lost,) = host.close(0.2)
        assert lost == LinkLost(LostReason.CLOSED, "ack", 1, in_flight=b"\x00\x01", unsent=(b"\x00\x02",))

    def test_too_long_for_the_firmware_is_refused(self) -> None:
        host = active_host(HostConfig(reset=False, max_payload=384))
        host.send(bytes(384), 0.0)
        with pytest.raises(EncodeError, match="385 bytes, the firmware takes 384") as caught:
            host.send(bytes(385), 0.0)
        error = caught.value
        assert (error.path, error.value, error.packet) == ("payload", bytes(385), "H5")

    @pytest.mark.parametrize("payload", ["text", None, bytearray(3)])
    def test_only_bytes_are_packets(self, payload: Any) -> None:
        host = active_host()
        with pytest.raises(EncodeError, match=r"^payload: a packet is bytes\n") as caught:
            host.send(payload, 0.0)
        error = caught.value
        assert (error.path, error.value, error.packet) == ("payload", payload, "H5")
        assert host.waiting == 0

    def test_a_link_that_is_not_up_says_how_far_it_is(self) -> None:
        host = HostLink(HostConfig(reset=False))
        with pytest.raises(LinkClosed, match=r"not up \(CLOSED\)") as caught:
            host.send(COMMAND, 0.0)
        assert caught.value.stage == "closed"
        host.open(0.0)
        with pytest.raises(LinkClosed, match=r"not up \(UNINITIALIZED\)") as caught:
            host.send(COMMAND, 0.0)
        assert caught.value.stage == "sync"

    @pytest.mark.parametrize(
        "settings",
        [{"max_payload": 4096}, {"transmissions": 0}, {"retransmission_interval_s": 0}, {"baud": -1}],
    )
    def test_settings_out_of_range(self, settings: dict[str, Any]) -> None:
        with pytest.raises(EncodeError) as caught:
            HostConfig(**settings)
        assert caught.value.path in settings

    def test_what_was_heard_counts_from_the_packet_on(self) -> None:
        host = active_host()
        host.receive_data(b"noise" + packet(b"", reliable=False), 0.0)
        host.send(COMMAND, 0.0)
        host.receive_data(ACKS[0] * 2 + b"abc", 0.1)
        lost, _ = run_until_lost(host)
        assert lost.describe() == (
            "a packet was not acknowledged after 6 attempts; heard 2 ACK, 3 bytes of noise: "
            "the chip is there and does not take the packet"
        )

    def test_the_queue_is_bounded(self) -> None:
        host = active_host(HostConfig(reset=False, max_waiting=2))
        for _ in range(3):
            host.send(COMMAND, 0.0)
        host.tick(0.25)
        with pytest.raises(LinkError, match="2 packets wait already") as caught:
            host.send(COMMAND, 0.0)
        assert (caught.value.stage, caught.value.attempts) == ("ack", 2)

    def test_config_while_waiting_says_that_the_packet_was_dropped(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        host.data_to_send()
        assert host.receive_data(CONFIG, 0.1) == [Retransmitted("packet", 2)]
        assert shown(host.data_to_send()) == ["RELEASE", "CONFIG_RSP", "RELEASE", "packet 0 ack 0 006601"]

    def test_reference_timing_leaves_it_at_the_answer(self) -> None:
        host = active_host(HostConfig(reset=False, fast_link_up=False))
        host.send(COMMAND, 0.0)
        host.data_to_send()
        assert host.receive_data(CONFIG, 0.1) == []
        assert shown(host.data_to_send()) == ["RELEASE", "CONFIG_RSP"]

    def test_no_packet_goes_out_a_seventh_time(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        host.receive_data(CONFIG * 9 + packet(b"\x02\x50") + packet(b"\x02\x51", 1) + BAD_FRAME * 2, 0.1)
        assert [frame for frame in shown(host.data_to_send()) if frame.endswith(COMMAND.hex())] == [
            "packet 0 ack 0 006601"
        ] * 6
        assert host.next_deadline() == pytest.approx(0.35)
        lost = host.tick(0.35)[0]
        assert isinstance(lost, LinkLost)
        assert (lost.reason, lost.attempts) == (LostReason.NO_ACK, 6)
        assert lost.heard == "9 CONFIG, 2 packets, 2 bad frames"

    def test_each_transmission_waits_as_long_as_the_line_needs(self) -> None:
        host = active_host(HostConfig(reset=False, baud=9600, max_payload=384))
        host.receive_data(packet(b"\x02\x50"), 1000.0)
        host.send(bytes(384), 1000.0)
        for attempt in range(1, 6):
            # The frame, the longest that the peer may be in the middle of, and an ACK, ten bits a byte.
            deadline = 1000 + attempt * (0.05 + (392 + 392 + 6) * 10 / 9600)
            assert host.next_deadline() == pytest.approx(deadline)
            host.tick(host.next_deadline() or 0.0)

    @pytest.mark.parametrize(
        ("baud", "parity", "size", "interval_s"),
        [
            (None, False, 700, 0.25),
            (1_000_000, False, 700, 0.25),
            (115200, False, 20, 0.25),
            (9600, False, 700, 0.05 + (710 + 384 + 8 + 6) * 10 / 9600),
            (9600, True, 0, 0.05 + (10 + 384 + 8 + 6) * 11 / 9600),
        ],
    )
    def test_the_interval_grows_with_a_slow_line(
        self, baud: int | None, parity: bool, size: int, interval_s: float
    ) -> None:
        config = HostConfig(reset=False, baud=baud, parity=parity, max_payload=384)
        assert config.interval_s(size + 10) == pytest.approx(interval_s)


class TestReceiving:
    def test_a_bad_frame_is_reported_with_its_bytes_and_not_answered(self) -> None:
        host = active_host()
        (rejected,) = host.receive_data(BAD_FRAME, 0.0)
        assert isinstance(rejected, FrameRejected)
        assert (rejected.reason, rejected.raw) == ("header_checksum", BAD_FRAME)
        assert host.data_to_send() == b""

    def test_acknowledged_and_delivered(self) -> None:
        host = active_host()
        assert host.receive_data(packet(b"\x02\x50\x00") + packet(b"\x02\x51\x00", seq=1), 0.0) == [
            PacketReceived(b"\x02\x50\x00"),
            PacketReceived(b"\x02\x51\x00"),
        ]
        assert host.data_to_send() == ACKS[1] + ACKS[2]

    def test_repeated_packet_is_acknowledged_again_and_dropped(self) -> None:
        host = active_host()
        host.receive_data(packet(b"\x02\x50") * 2, 0.0)
        assert host.data_to_send() == ACKS[1] + RELEASE + ACKS[1]

    def test_gap_is_answered_with_the_number_expected(self) -> None:
        host = active_host()
        (ignored,) = host.receive_data(packet(b"\x02\x50", seq=2), 0.0)
        assert isinstance(ignored, PacketIgnored)
        assert (ignored.packet.seq, ignored.reason) == (2, "number 2, expected 0")
        assert host.data_to_send() == RELEASE + ACKS[0]

    def test_no_crc_is_accepted_not_reliable_is_not(self) -> None:
        host = active_host()
        events = host.receive_data(
            packet(b"\x02\x50", crc=False) + packet(b"\x02\x51", 1, reliable=False), 0.0
        )
        assert [type(event) for event in events] == [PacketReceived, PacketIgnored]
        assert host.data_to_send() == ACKS[1]

    def test_response_before_its_ack(self) -> None:
        host = active_host()
        host.send(COMMAND, 0.0)
        events: list[LinkEvent] = host.receive_data(packet(b"\x01\x66") + ACKS[1], 0.1)
        assert events == [PacketReceived(b"\x01\x66"), PacketAcked(1)]

    def test_sync_means_that_the_chip_has_restarted(self) -> None:
        host = active_host(HostConfig(reset=True))
        host.send(COMMAND, 0.0)
        host.data_to_send()
        restarted, lost = host.receive_data(SYNC, 0.1)
        assert restarted == ChipRestarted()
        assert isinstance(lost, LinkLost)
        assert (lost.reason, lost.in_flight, lost.relinking) == (LostReason.PEER_RESTARTED, COMMAND, True)
        assert host.data_to_send() == RELEASE + RESET
        assert not host.is_up

    def test_config_is_answered_and_nothing_else(self) -> None:
        host = active_host()
        assert host.receive_data(CONFIG, 0.0) == []
        assert host.data_to_send() == RELEASE + CONFIG_RSP
        assert host.is_up
