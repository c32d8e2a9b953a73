"""The host's end against every recorded chip: what it sends is what the reference host sent, or better."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from link.link_bytes import shown_packet
from link.replays import CAPTURES, Replay, replay_host

from gatts_codec.framing import H5Packet
from gatts_codec.link.config import HostConfig
from gatts_codec.link.events import (
    ChipRestarted,
    FrameRejected,
    LinkLost,
    LinkUp,
    LostReason,
    PacketAcked,
    PacketIgnored,
    Retransmitted,
)
from gatts_codec.link.host_link import HostLink

RECORDINGS = sorted(path for path in CAPTURES.rglob("*.jsonl") if path.with_suffix(".expected.json").exists())
SCRIPTED = CAPTURES / "scripted_chip" / "sd_api_v5"
LIKE_THE_REFERENCE = HostConfig(fast_link_up=False)

# Where the reference host goes wrong: it reuses a number, or goes on sending while it resets.
BETTER = ("f_acks_lost_seq_reuse", "f_no_ack_silent", "f_bad_ack_number")


def play(name: str, config: HostConfig = LIKE_THE_REFERENCE) -> Replay:
    return replay_host(SCRIPTED / f"{name}.jsonl", HostLink(config))


def commands(packets: list[H5Packet]) -> list[tuple[int, bytes]]:
    return [(packet.seq, packet.payload) for packet in packets if packet.type == 14]


def acks(packets: list[H5Packet]) -> list[int]:
    return [packet.ack for packet in packets if packet.type == 0]


def link_control(packets: list[H5Packet]) -> list[str]:
    """Not in order: two threads of the reference host send these."""
    return [shown_packet(packet) for packet in packets if packet.type not in (0, 14)]


def ids(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("recording", RECORDINGS, ids=ids)
def test_sends_what_the_reference_host_sent(recording: Path) -> None:
    replay = replay_host(recording, HostLink(LIKE_THE_REFERENCE))
    if recording.stem in BETTER:
        assert commands(replay.sent)[:2] == commands(replay.recorded)[:2]
        return
    sent, recorded = replay.sent, replay.recorded
    # The reference host goes on sending the packet in flight while it resets the link.
    if replay.of_type(ChipRestarted):
        sent, recorded = without_repeated(sent), without_repeated(recorded)
    assert commands(sent) == commands(recorded)
    assert acks(sent)[: len(acks(recorded))] == acks(recorded)
    assert len(acks(sent)) - len(acks(recorded)) in (0, 1)
    # It may have closed before it could answer the last frame.
    ours, theirs = Counter(link_control(sent)), Counter(link_control(recorded))
    assert not theirs - ours
    assert (ours - theirs).total() <= 1


def without_repeated(packets: list[H5Packet]) -> list[H5Packet]:
    kept: list[H5Packet] = []
    for packet in packets:
        if packet.type != 14 or commands([packet]) != commands(kept)[-1:]:
            kept.append(packet)
    return kept


@pytest.mark.parametrize("recording", RECORDINGS, ids=ids)
@pytest.mark.parametrize("config", [LIKE_THE_REFERENCE, HostConfig()], ids=["reference", "fast"])
def test_rules_that_hold_whatever_the_chip_does(recording: Path, config: HostConfig) -> None:
    host = HostLink(config)
    replay = replay_host(recording, host)
    for link in links(replay.sent):
        numbers = acks(link)
        assert all(
            after - before & 7 in (0, 1) for before, after in zip([0, *numbers], numbers, strict=False)
        )
        # A number is not used again before its packet has been acknowledged, and nothing goes out of order.
        numbers = [number for number, _ in commands(without_repeated(link))]
        assert numbers == [count % 8 for count in range(len(numbers))]
    # Each delivery has its ACK; repeated packets get one more, and are not delivered.
    repeated = [event for event in replay.of_type(PacketIgnored) if "number" in event.reason]
    assert len(acks(replay.sent)) == len(replay.received) + len(repeated)
    # All that was accepted was acknowledged, or was handed back, or still waits.
    handed_back = sum(len(lost.unsent) + (lost.in_flight is not None) for lost in replay.of_type(LinkLost))
    assert replay.accepted == len(replay.of_type(PacketAcked)) + handed_back + host.waiting


def links(packets: list[H5Packet]) -> list[list[H5Packet]]:
    """The packets of each link by itself."""
    found: list[list[H5Packet]] = [[]]
    for packet in packets:
        if packet.link == "SYNC" and found[-1]:
            found.append([])
        elif packet.type in (0, 14):
            found[-1].append(packet)
    return found


@pytest.mark.parametrize("recording", RECORDINGS, ids=ids)
def test_fast_link_up_delivers_the_same(recording: Path) -> None:
    slow = replay_host(recording, HostLink(LIKE_THE_REFERENCE))
    fast = replay_host(recording, HostLink(HostConfig()))
    assert fast.received == slow.received
    assert without_repeated_commands(fast) == without_repeated_commands(slow)


def without_repeated_commands(replay: Replay) -> list[bytes]:
    return [packet.payload for packet in without_repeated(replay.sent) if packet.type == 14]


def test_captures_are_here() -> None:
    assert len(RECORDINGS) >= 70


# What each injected fault looks like from inside: Retransmitted, LinkLost, FrameRejected and PacketIgnored, in order.
FAULTS: dict[str, list[object]] = {
    "f_drop_ack": [("packet", 2)],
    "f_drop_ack_x3": [("packet", 2), ("packet", 3), ("packet", 4)],
    "f_frame_lost": [("packet", 2), ("packet", 2), ("packet", 3)],
    "f_piggyback_ack_only": [("packet", 2)],
    "f_late_ack": [],
    "f_ack_no_response": [],
    "f_duplicate_frame": ["repeated number 1", "repeated number 2"],
    "f_host_ack_lost": ["number 1, expected 3"],
    "f_seq_gap": ["number 2, expected 1"],
    "f_unreliable_vendor": ["not reliable"],
    "f_no_crc_flag": [],
    "f_split_writes": [],
    "f_extra_c0": [],
    "f_noise_plain": [],
    "f_noise_odd_c0": [],
    "f_noise_c0": ["short_frame"],
    "f_rx_corrupt_badesc": ["bad_escape"],
    "f_rx_corrupt_crc": ["crc"],
    "f_rx_corrupt_hdr": ["header_checksum"],
    "f_rx_corrupt_lenfield": ["length_mismatch"],
    "f_rx_corrupt_payload": ["crc"],
    "f_rx_corrupt_trunc": ["length_mismatch"],
    "g_config_in_active": [],
    "g_wakeup_sleep_in_active": [f"{name} means nothing in ACTIVE" for name in ("WAKEUP", "WOKEN", "SLEEP")],
    "g_other_types_in_active": [
        f"{name} means nothing in ACTIVE"
        for name in (
            "HCI_COMMAND",
            "HCI_ACL",
            "HCI_SCO",
            "HCI_EVENT",
            "RESET",
            "UNKNOWN_6",
            "UNKNOWN_10",
            "UNKNOWN_13",
        )
    ],
    "g_sync_in_active": [LostReason.PEER_RESTARTED],
    "f_bad_ack_number": [LostReason.ACK_MISMATCH],
    "f_no_ack_silent": [*(("packet", attempt) for attempt in range(2, 7)), LostReason.NO_ACK],
    "f_acks_lost_seq_reuse": [*(("packet", attempt) for attempt in range(2, 7)), LostReason.NO_ACK],
}


@pytest.mark.parametrize(("name", "faults"), FAULTS.items())
def test_faults_are_reported(name: str, faults: list[object]) -> None:
    seen: list[object] = []
    for event in play(name).events:
        if isinstance(event, Retransmitted) and event.what == "packet":
            seen.append((event.what, event.attempt))
        elif isinstance(event, LinkLost | FrameRejected | PacketIgnored):
            seen.append(event.reason)
    # What the recorded chip goes on saying to a host that has begun again is not part of the fault.
    relinked = [at for at, what in enumerate(seen, 1) if isinstance(what, LostReason)]
    assert (seen[: relinked[0]] if relinked else seen) == faults


def test_link_up_against_nobody_says_so() -> None:
    replay = play("a_link_no_device")
    assert [shown_packet(packet) for packet in replay.sent] == ["RESET"] + ["SYNC"] * 6


def test_chip_that_restarts_is_greeted_again() -> None:
    replay = play("g_sync_in_active")
    ups_and_downs = [event for event in replay.events if isinstance(event, LinkUp | LinkLost | ChipRestarted)]
    assert [type(event) for event in ups_and_downs] == [LinkUp, ChipRestarted, LinkLost, LinkUp]


def test_command_lost_with_the_link_is_handed_back() -> None:
    lost = play("f_acks_lost_seq_reuse").of_type(LinkLost)[0]
    assert lost.in_flight == bytes.fromhex("00a5ffff0e00010000140001")
    assert (lost.attempts, lost.stage, lost.relinking) == (6, "ack", True)
