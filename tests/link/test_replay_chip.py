"""The chip's end against the recorded hosts: it sends what real firmware sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from link.link_bytes import shown_packet
from link.replays import CAPTURES, replay_chip

from gatts_codec.framing import H5Packet
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig

RECORDINGS = sorted((CAPTURES / "real_firmware").rglob("*.jsonl"))
# A command that these cannot decode makes the firmware reboot: not the link's doing.
REBOOTS_BY_ITSELF = ("sd_api_v5-c_values", "sd_api_v2_pc-d_hvx_misc")


def chip_for(recording: Path) -> ChipLink:
    if recording.parent.name == "sd_api_v2_pc":
        # Its timer runs in steps: the recorded interval ends half a millisecond early.
        return OldChipLink(ChipConfig(boot_s=0.2, link_interval_s=0.399))
    return ChipLink(ChipConfig(boot_s=0.3))


def comparable(packets: list[H5Packet]) -> list[str]:
    """ACKs and link control in their order, then the packets: an event and an ACK may overtake each other."""
    return [shown_packet(packet) for packet in packets if packet.type != 14] + [
        f"packet {packet.seq} {packet.payload.hex()}" for packet in packets if packet.type == 14
    ]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sends_what_real_firmware_sent(recording: Path) -> None:
    replay = replay_chip(recording, chip_for(recording))
    if f"{recording.parent.name}-{recording.stem}" in REBOOTS_BY_ITSELF:
        until = 40
        assert comparable(replay.sent[:until]) == comparable(replay.recorded[:until])
    else:
        assert comparable(replay.sent) == comparable(replay.recorded)


def test_captures_are_here() -> None:
    assert len(RECORDINGS) >= 19
