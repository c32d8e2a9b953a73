"""Every captured frame against what the reference host itself logged."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from gatts_codec.framing import Decoder, Frame, encode_frame

CAPTURES = Path(__file__).parent.parent / "captures"
RECORDINGS = sorted(CAPTURES.rglob("*.jsonl"))
LOG_TYPES = {
    "ACK": "ACK",
    "HCI_COMMAND": "HCI_COMMAND_PACKET",
    "HCI_ACL": "ACL_DATA_PACKET",
    "HCI_SCO": "SYNC_DATA_PACKET",
    "HCI_EVENT": "HCI_EVENT_PACKET",
    "RESET": "RESERVED_5",
    "UNKNOWN_6": "UNKNOWN[0x6]",
    "UNKNOWN_10": "UNKNOWN[0xa]",
    "UNKNOWN_13": "UNKNOWN[0xd]",
    "VENDOR_SPECIFIC": "VENDOR_SPECIFIC",
    "LINK_CONTROL": "LINK_CONTROL_PACKET",
}
LOG_LINKS = {None: None, "SYNC_RSP": "SYNC_RESP", "CONFIG_RSP": "CONFIG_RESP"}


def frames_of(recording: Path) -> dict[str, list[Frame]]:
    decoders = {"host->device": Decoder(), "device->host": Decoder()}
    frames: dict[str, list[Frame]] = {direction: [] for direction in decoders}
    for line in recording.read_text().splitlines():
        chunk = json.loads(line)
        frames[chunk["dir"]] += decoders[chunk["dir"]].feed(bytes.fromhex(chunk["hex"]))
    return frames


def as_logged(frame: Frame) -> dict[str, Any]:
    packet = frame.packet
    if packet is None:
        # The host logs the header of a bad frame, whatever it makes of it, and no payload.
        return {"payload": ""}
    row: dict[str, Any] = {
        "type": LOG_TYPES[packet.type_name],
        "rel": int(packet.reliable),
        "seq": packet.seq,
        "ack": packet.ack,
        "len": len(packet.payload),
        "crc": int(packet.crc),
        "payload": packet.payload.hex(),
    }
    if packet.link:
        row["link"] = LOG_LINKS.get(packet.link, packet.link)
    if len(packet.payload) > 128:
        row["payload"], row["payload_crc32"] = packet.payload[:32].hex(), f"{zlib.crc32(packet.payload):08x}"
    return row


def test_captures_are_here() -> None:
    assert len(RECORDINGS) > 80


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_frame_encodes_to_the_captured_bytes(recording: Path) -> None:
    for frames in frames_of(recording).values():
        for frame in frames:
            assert frame.packet is None or encode_frame(frame.packet) == frame.raw


LOGGED = [path for path in RECORDINGS if path.with_suffix(".expected.json").exists()]


@pytest.mark.parametrize("recording", LOGGED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_frames_are_what_the_reference_host_logged(recording: Path) -> None:
    log = json.loads(recording.with_suffix(".expected.json").read_text())["host_log"]
    for direction, frames in frames_of(recording).items():
        logged = [row for row in log if row["kind"] == "packet" and row["dir"] == direction]
        # Frames with a bad escape never reach the host's log.
        decoded = [as_logged(frame) for frame in frames if frame.error is None or frame.error.layer != "slip"]
        # The last packet may fall between the end of the log and the end of the capture.
        assert abs(len(decoded) - len(logged)) <= 1
        for mine, theirs in zip(decoded, logged, strict=False):
            assert mine == {key: theirs.get(key) for key in mine}


def test_bad_frames_are_those_that_were_injected() -> None:
    found = {
        recording.stem: [frame.error.code for frame in frames_of(recording)["device->host"] if frame.error]
        for recording in RECORDINGS
        if recording.parent.parent.name == "scripted_chip"
    }
    assert {name: faults for name, faults in found.items() if faults} == {
        "f_noise_c0": ["short_frame"],
        "f_rx_corrupt_badesc": ["bad_escape"],
        "f_rx_corrupt_crc": ["crc"],
        "f_rx_corrupt_hdr": ["header_checksum"],
        "f_rx_corrupt_lenfield": ["length_mismatch"],
        "f_rx_corrupt_payload": ["crc"],
        "f_rx_corrupt_trunc": ["length_mismatch"],
    }
