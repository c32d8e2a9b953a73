"""Captured traffic in tshark: every frame as this library reads it, good, bad, or from another group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tshark import Tree, dissect, expert_infos, message_fields, needs_tshark, summaries

from gatts_codec import Packet
from gatts_codec.capture import TO_DEVICE, TO_HOST, CapturedFrame, PacketDecoder, PacketRecord, assemble
from gatts_codec.capture.readers import jsonl
from gatts_codec.constants import hint
from gatts_codec.framing.h5 import H5Type

CAPTURES = Path(__file__).parents[1] / "captures"
DIALECTS = ("sd_api_v2_pc", "sd_api_v5", "sd_api_v6")
SCRIPTED = CAPTURES / "scripted_chip" / "sd_api_v5"


def frames_of(recording: Path) -> list[CapturedFrame]:
    with recording.open("rb") as file:
        return [
            item for item in assemble(jsonl.read(file, recording.name)) if isinstance(item, CapturedFrame)
        ]


def recordings(dialect: str) -> list[Path]:
    named = sorted(CAPTURES.glob(f"driver_logs/{dialect}.*.jsonl"))
    return sorted(CAPTURES.glob(f"*/{dialect}/*.jsonl")) + named


@needs_tshark
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_captured_frame_dissects_as_it_decodes(dialect: str, tmp_path: Path) -> None:
    frames = [frame for recording in recordings(dialect) for frame in frames_of(recording)]
    decoder = PacketDecoder(dialect)
    layers = dissect(frames, tmp_path, dialect)
    assert len(layers) == len(frames) > 100
    for frame, found in zip(frames, layers, strict=True):
        check_frame(decoder.decode(frame), found)


def check_frame(record: PacketRecord, layers: Tree) -> None:
    link = layers.get("nrfh5")
    if record.h5 is None:
        return check_bad_frame(record, layers)
    h5 = record.h5
    numbers = {name: int(link.get(f"nrfh5.{name}"), 0) for name in ("type", "seq", "ack", "length")}
    assert numbers == {"type": h5.type, "seq": h5.seq, "ack": h5.ack, "length": len(h5.payload)}
    assert link.get("nrfh5.reliable") == str(int(h5.reliable))
    assert link.get("nrfh5.link") == h5.link
    assert not any(info.id == "nrfh5.bad_frame" for info in expert_infos(layers))
    if h5.type == H5Type.VENDOR_SPECIFIC:
        check_packet(record, layers.get("gatts"))
    else:
        assert layers.get("gatts") is None
    return None


def check_bad_frame(record: PacketRecord, layers: Tree) -> None:
    error = record.frame.error
    assert error is not None
    assert layers.get("gatts") is None
    reason = str(error).splitlines()[0]
    assert layers.get("pkt_comment").get("frame.comment") == reason
    if error.layer == "h5":  # tshark sees no SLIP
        assert [info.text for info in expert_infos(layers.get("nrfh5"))] == [reason]


def check_packet(record: PacketRecord, tree: Tree) -> None:
    packet = record.packet
    assert packet is not None
    assert tree.get("gatts.kind") == packet.kind
    faults = [info.text for info in expert_infos(tree) if info.id in ("gatts.malformed", "gatts.not_strict")]
    assert faults[:1] == ([str(packet.error).splitlines()[0].lstrip()] if packet.error else [])
    if isinstance(packet.message, Packet):
        assert message_fields(tree, packet.message) == packet.message.to_dict()
        assert tree.get("gatts.name") == packet.name
    elif packet.message is not None:
        assert tree.get("gatts.group") in (packet.message.group, None)
        assert (tree.get("gatts.opaque") or "").replace(":", "") == packet.message.data.hex()


def notes(layers: Sequence[Tree], id: str) -> list[int]:
    """The numbers of the frames that have some expert information."""
    found = enumerate(layers, start=1)
    return [number for number, tree in found if any(info.id == id for info in expert_infos(tree))]


@needs_tshark
def test_retransmissions_point_at_the_first_copy(tmp_path: Path) -> None:
    frames = frames_of(SCRIPTED / "f_drop_ack_x3.jsonl")
    layers = dissect(frames, tmp_path)
    reliable = [frame for frame in frames if frame.packet and frame.packet.reliable]
    first = {frame.raw: frame.number for frame in reversed(reliable)}
    copies = [frame.number for frame in reliable if first[frame.raw] != frame.number]
    assert copies == notes(layers, "nrfh5.retransmission") != []
    for number in copies:
        assert layers[number - 1].get("nrfh5").get("nrfh5.copy_of") == str(first[frames[number - 1].raw])


@needs_tshark
def test_a_reused_sequence_number_is_pointed_out(tmp_path: Path) -> None:
    frames = frames_of(SCRIPTED / "f_acks_lost_seq_reuse.jsonl")
    (reused,) = notes(dissect(frames, tmp_path), "nrfh5.reused")
    seqs = [frame.packet.seq for frame in frames[: reused - 1] if frame.packet and frame.packet.reliable]
    packet = frames[reused - 1].packet
    assert packet is not None
    assert packet.seq == seqs[-1]


@needs_tshark
def test_calls_and_acknowledgements_are_matched(tmp_path: Path) -> None:
    frames = frames_of(SCRIPTED / "f_drop_ack_x3.jsonl")
    layers = dissect(frames, tmp_path, "sd_api_v5", "-2")
    command, ack, response = (layers[number - 1] for number in (6, 7, 8))
    assert ack.get("nrfh5").get("nrfh5.acks") == "6"
    assert command.get("gatts").get("gatts.response_in") == "8"
    assert response.get("gatts").get("gatts.response_to") == "6"
    assert response.get("gatts").get("gatts.response_time") == f"0.{frames[7].t_us - frames[5].t_us:06}000"  # type: ignore[operator]


@needs_tshark
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ('gatts.name == "BLE_GATTS_EVT_HVC" && gatts.conn_handle == 0', [26, 38, 40, 50]),
        ("gatts.handle == 0x1234", [50]),
        ("gatts.any_handle == 0x000e && gatts.write", [22]),
        ("gatts.malformed", [36, 38, 40, 44, 48]),
        ("nrfh5.link", [2, 3, 4, 5]),
    ],
)
def test_filters(wanted: str, expected: list[int], tmp_path: Path) -> None:
    frames = frames_of(SCRIPTED / "e_events.jsonl")
    found = dissect(frames, tmp_path, "sd_api_v5", "-Y", wanted)
    assert [int(layers.get("frame").get("frame.number")) for layers in found] == expected


@needs_tshark
def test_the_info_column_says_what_matters(tmp_path: Path) -> None:
    shown = summaries(frames_of(SCRIPTED / "d_hvx_misc.jsonl"), tmp_path, "sd_api_v5")
    assert shown[:2] == ["RESET", "SYNC"]
    assert shown[29:32] == [
        "hvx command conn=0x0000 handle=0x3401",
        "ACK 7",
        "hvx response BLE_ERROR_GATTS_SYS_ATTR_MISSING",
    ]


@needs_tshark
def test_a_failed_call_says_what_to_do(tmp_path: Path) -> None:
    layers = dissect(frames_of(SCRIPTED / "d_hvx_misc.jsonl"), tmp_path)
    (info,) = (info for info in expert_infos(layers[31]) if info.id == "gatts.failed")
    assert info.text == f"BLE_ERROR_GATTS_SYS_ATTR_MISSING: {hint('sd_api_v5', 0x3401, 'hvx')}"


@needs_tshark
def test_swapped_lines_are_noticed(tmp_path: Path) -> None:
    frames = [
        replace(frame, dir=TO_HOST if frame.dir == TO_DEVICE else TO_DEVICE)
        for frame in frames_of(SCRIPTED / "a_enable.jsonl")
    ]
    assert notes(dissect(frames, tmp_path), "gatts.direction")


@needs_tshark
def test_clean_captures_have_no_expert_information_of_the_link(tmp_path: Path) -> None:
    layers = dissect(frames_of(CAPTURES / "real_firmware" / "sd_api_v5" / "c_values.jsonl"), tmp_path)
    for id in (
        "nrfh5.bad_frame",
        "nrfh5.retransmission",
        "nrfh5.reused",
        "nrfh5.wrong_config",
        "gatts.direction",
    ):
        assert notes(layers, id) == []
