"""The doctor: every injected fault gives its finding, and nothing else gives any."""

from __future__ import annotations

import gc
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from capture.recordings import CAPTURES, RECORDINGS, each_of, items_of
from capture.talk import CODEC, NOTHING, NOTIFY, REQUEST, Talk

from gatts_codec import (
    HvxResponse,
    SysAttrSetResponse,
)
from gatts_codec.capture import (
    TO_DEVICE,
    TO_HOST,
    CapturedFrame,
    LineFault,
    Remark,
)
from gatts_codec.capture.doctor import Doctor, Report, diagnose
from gatts_codec.capture.doctor.texts import TEXTS, Quantity
from gatts_codec.errors import CaptureError
from gatts_codec.framing import h5

FINDINGS = {
    "scripted_chip/sd_api_v2_pc/a_link_no_config_rsp": {"config unanswered"},
    "scripted_chip/sd_api_v2_pc/a_link_no_device": {"no device"},
    "scripted_chip/sd_api_v2_pc/e_events": {"undecodable"},
    "scripted_chip/sd_api_v5/a_link_no_config_rsp": {"config unanswered"},
    "scripted_chip/sd_api_v5/a_link_no_device": {"no device"},
    "scripted_chip/sd_api_v5/c_values": {"undecodable"},
    "scripted_chip/sd_api_v5/e_events": {"undecodable"},
    "scripted_chip/sd_api_v5/f_ack_no_response": {"no response"},
    "scripted_chip/sd_api_v5/f_acks_lost_seq_reuse": {"acks lost", "seq reused", "taken for a duplicate"},
    "scripted_chip/sd_api_v5/f_bad_ack_number": {"bad ack number"},
    "scripted_chip/sd_api_v5/f_drop_ack": {"ack missing"},
    "scripted_chip/sd_api_v5/f_drop_ack_x3": {"ack missing"},
    "scripted_chip/sd_api_v5/f_duplicate_frame": {"duplicate frames"},
    "scripted_chip/sd_api_v5/f_extra_c0": {"noise"},
    "scripted_chip/sd_api_v5/f_frame_lost": {"sent again"},
    "scripted_chip/sd_api_v5/f_host_ack_lost": {"acknowledged in vain"},
    "scripted_chip/sd_api_v5/f_late_ack": {"late ack"},
    "scripted_chip/sd_api_v5/f_no_ack_silent": {"not acknowledged"},
    "scripted_chip/sd_api_v5/f_no_crc_flag": {"no crc"},
    "scripted_chip/sd_api_v5/f_noise_c0": {"noise", "damaged frame"},
    "scripted_chip/sd_api_v5/f_noise_odd_c0": {"noise"},
    "scripted_chip/sd_api_v5/f_noise_plain": {"noise"},
    "scripted_chip/sd_api_v5/f_piggyback_ack_only": {"ack missing"},
    "scripted_chip/sd_api_v5/f_rsp_bad_cond": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_error_with_payload": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_missing_fields": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_oversize": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_short": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_trailing": {"undecodable"},
    "scripted_chip/sd_api_v5/f_rsp_wrong_opcode": {"other response", "no response"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_badesc": {"damaged frame"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_crc": {"damaged frame"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_hdr": {"damaged frame"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_lenfield": {"damaged frame"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_payload": {"damaged frame"},
    "scripted_chip/sd_api_v5/f_rx_corrupt_trunc": {"damaged frame", "noise"},
    "scripted_chip/sd_api_v5/f_seq_gap": {"sequence gap"},
    "scripted_chip/sd_api_v5/f_unreliable_vendor": {"unreliable packet"},
    "scripted_chip/sd_api_v5/f_unsolicited_rsp": {"unasked response"},
    "scripted_chip/sd_api_v5/g_config_in_active": {"config in active"},
    "scripted_chip/sd_api_v5/g_other_types_in_active": {"other packet types"},
    "scripted_chip/sd_api_v5/g_sync_in_active": {"chip restarted"},
    "scripted_chip/sd_api_v5/g_wakeup_sleep_in_active": {"sleep packets"},
    # Two faults that real firmware showed: a value of 513 bytes, and a chip that crashed on a call.
    "real_firmware/sd_api_v5/c_values": {"command restarts the chip"},
    "driver_logs/sd_api_v5.c_values": {"command restarts the chip"},
    "real_firmware/sd_api_v2_pc/d_hvx_misc": {"command restarts the chip"},
}


def name_of(recording: Path) -> str:
    return recording.relative_to(CAPTURES).with_suffix("").as_posix()


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


@each_of(RECORDINGS)
def test_a_recording_has_the_findings_of_its_faults_and_no_others(recording: Path) -> None:
    name = name_of(recording)
    report = diagnose(items_of(recording))
    assert codes(report) == FINDINGS.get(name, set())
    assert report.healthy == (name not in FINDINGS and bool(report.answered + report.events))
    json.dumps(report.to_dict())


@each_of(RECORDINGS, share=3)
def test_evidence_points_into_the_recording(recording: Path) -> None:
    frames = {item.number: item for item in items_of(recording) if isinstance(item, CapturedFrame)}
    for finding in (*(report := diagnose(items_of(recording))).findings, *report.notes):
        assert finding.evidence
        assert finding.count >= len(finding.evidence)
        assert "{" not in finding.title + finding.cause + finding.advice
        for evidence in finding.evidence:
            if evidence.frame is not None:
                assert frames[evidence.frame].raw.startswith(evidence.data)
                assert frames[evidence.frame].t_us == evidence.t_us


# d_hvx_misc has a failed call that a later one mends: cut off between the two it is not healthy.
HEALTHY = [
    path
    for path in RECORDINGS
    if "real_firmware" in path.parts and name_of(path) not in FINDINGS and path.stem != "d_hvx_misc"
]


@each_of(HEALTHY, share=4)
def test_a_healthy_recording_cut_off_anywhere_is_healthy(recording: Path) -> None:
    items = items_of(recording)
    for stop in range(1, len(items), max(1, len(items) // 12)):
        assert codes(diagnose(items[:stop])) == set()


def test_every_text_can_be_said() -> None:
    class Anything(dict[str, object]):
        def __missing__(self, key: str) -> Quantity:
            return Quantity(1)

    for text in TEXTS.values():
        for said in (text.title, text.cause, text.advice):
            assert "{" not in said.format_map(Anything())


# What no capture shows, made of frames.


def test_a_talk_without_faults_has_no_finding() -> None:
    talk = Talk()
    for message in (NOTIFY, HvxResponse(0, 1), NOTHING, SysAttrSetResponse(0)):
        talk.message(message)
    assert talk.report().healthy


def test_sync_again_and_again_with_an_answer_each_time_means_the_host_is_not_heard() -> None:
    talk = Talk(up=False)
    for _ in range(6):
        talk.link(TO_HOST, h5.LINK_PAYLOADS["SYNC"], 400_000)
        talk.link(TO_DEVICE, h5.LINK_PAYLOADS["SYNC_RSP"])
    assert codes(talk.report()) == {"host not heard"}


@pytest.mark.parametrize(
    ("field", "said"), [(b"\x11", "another configuration field"), (b"\x12", "field is 12")]
)
def test_config_that_is_never_answered(field: bytes, said: str) -> None:
    talk = Talk(up=False)
    talk.link(TO_DEVICE, h5.LINK_PAYLOADS["SYNC"])
    talk.link(TO_HOST, h5.LINK_PAYLOADS["SYNC_RSP"])
    for _ in range(6):
        talk.link(TO_DEVICE, h5.LINK_PAYLOADS["CONFIG"] + field, 250_000)
    (finding,) = talk.report().findings
    assert finding.code == "config unanswered"
    assert said in finding.cause


@pytest.mark.parametrize(
    ("size", "code"),
    [(10, "not acknowledged"), (100, "long packet not acknowledged"), (400, "payload too long")],
)
def test_a_command_without_an_ack_is_judged_by_its_length(size: int, code: str) -> None:
    talk = Talk()
    for message in (NOTHING, SysAttrSetResponse(0)):
        talk.message(message)  # short packets get through
    talk.packet(TO_DEVICE, b"\x00\x65" + bytes(size), ack=False, times=6, wait_us=250_000)
    assert codes(talk.report()) == {code}


def test_damaged_frames_close_together_mean_the_settings() -> None:
    talk = Talk()
    for _ in range(4):
        talk.raw(TO_HOST, bytes.fromhex("c0000500fac0"))
    (finding,) = talk.report().findings
    assert (finding.code, finding.count) == ("bad frames in runs", 4)
    assert "parity" in finding.cause


def test_faults_that_the_recorder_saw() -> None:
    faults = [LineFault(5, TO_HOST, "parity error", 3), LineFault(6, TO_HOST, "framing error")]
    report = Talk().report(faults)
    assert [(finding.code, finding.count) for finding in report.findings] == [
        ("line faults", 3),
        ("line faults", 1),
    ]


def test_lines_that_cannot_be_read() -> None:
    assert codes(Talk().report([CaptureError("not JSON", file="a", line=3)])) == {"lines not read"}


def test_what_the_host_reports_is_a_finding_with_its_meaning() -> None:
    remark = Remark(1, "Error sending packet to target. Code: 0x802a", 9, "error")
    (finding,) = Talk().report([remark]).findings
    assert (finding.code, finding.severity) == ("host gave up", "error")
    assert "NRF_ERROR_SD_RPC_H5_TRANSPORT_NO_RESPONSE" in finding.cause


def test_a_request_that_is_never_answered_while_others_are() -> None:
    talk = Talk()
    talk.message(REQUEST)
    for _ in range(3):
        talk.message(NOTHING, wait_us=2_000_000)
        talk.message(SysAttrSetResponse(0))
    (finding,) = talk.report().findings
    assert finding.code == "unanswered request"
    assert "rw_authorize_reply" in finding.advice


def test_a_request_at_the_very_end_is_only_a_note() -> None:
    talk = Talk()
    talk.message(REQUEST)
    report = talk.report()
    assert report.healthy
    assert [note.code for note in report.notes] == ["request open at the end"]


def test_system_attributes_that_are_never_set() -> None:
    talk = Talk()
    talk.message(NOTIFY)
    talk.message(HvxResponse(0x3401))
    assert codes(talk.report()) == {"system attributes missing"}


def test_system_attributes_that_are_set_then() -> None:
    talk = Talk()
    for message in (NOTIFY, HvxResponse(0x3401), NOTHING, SysAttrSetResponse(0)):
        talk.message(message)
    assert talk.report().healthy


@pytest.mark.parametrize(("times", "healthy"), [(1, True), (5, False)])
def test_who_polls_for_a_buffer_is_told_to_wait(times: int, healthy: bool) -> None:
    talk = Talk()
    for _ in range(times):
        talk.message(NOTIFY)
        talk.message(HvxResponse(0x13))
    talk.message(NOTIFY)
    talk.message(HvxResponse(0, 1))
    report = talk.report()
    assert report.healthy == healthy
    assert healthy or "HVN_TX_COMPLETE" in report.findings[0].advice


def test_a_chip_that_is_not_heard() -> None:
    talk = Talk()
    talk.packet(TO_HOST, CODEC.pack(REQUEST), ack=False, times=5, wait_us=400_000)
    talk.message(NOTHING)
    talk.link(TO_HOST, h5.LINK_PAYLOADS["SYNC"])
    assert "chip unheard" in codes(talk.report())


def test_a_host_that_left_is_no_lost_ack() -> None:
    talk = Talk()
    talk.packet(TO_HOST, CODEC.pack(REQUEST), ack=False, times=5, wait_us=400_000)
    talk.link(TO_HOST, h5.LINK_PAYLOADS["SYNC"])
    assert codes(talk.report()) == {"host gone"}


def test_a_late_response() -> None:
    talk = Talk()
    talk.message(NOTIFY)
    talk.message(NOTHING, wait_us=2_000_000)
    talk.message(HvxResponse(0, 1))
    talk.message(SysAttrSetResponse(0))
    assert codes(talk.report()) == {"chip late"}


def test_one_recorded_wire_is_said_and_not_held_against_the_other() -> None:
    recording = CAPTURES / "real_firmware" / "sd_api_v5" / "b_attr_table.jsonl"
    for way in (TO_DEVICE, TO_HOST):
        items = [item for item in items_of(recording) if isinstance(item, CapturedFrame) and item.dir == way]
        report = diagnose(items)
        assert report.outcome == "too little to judge"
        assert "one direction" in {note.code for note in report.notes}


@pytest.mark.parametrize(
    ("recording", "wrong"),
    [
        ("real_firmware/sd_api_v6/b_attr_table", "sd_api_v5"),
        ("real_firmware/sd_api_v5/b_attr_table", "sd_api_v6"),
        ("real_firmware/sd_api_v5/b_attr_table", "s110_v8"),
    ],
)
def test_a_wrong_dialect_is_the_finding_and_names_the_right_one(recording: str, wrong: str) -> None:
    report = diagnose(items_of(CAPTURES / f"{recording}.jsonl"), wrong)
    finding = next(finding for finding in report.findings if finding.code == "wrong dialect")
    assert recording.split("/")[1] in finding.advice
    assert "undecodable" not in codes(report)


def test_a_recording_without_times_is_judged_all_the_same() -> None:
    for name in ("f_no_ack_silent", "g_sync_in_active", "f_rsp_bad_cond"):
        path = CAPTURES / "scripted_chip" / "sd_api_v5" / f"{name}.jsonl"
        blind = [replace(item, t_us=None) for item in items_of(path) if isinstance(item, CapturedFrame)]
        assert codes(diagnose(blind)) == FINDINGS[f"scripted_chip/sd_api_v5/{name}"]


@pytest.mark.soak
def test_memory_does_not_grow_with_the_recording() -> None:
    """Everything that can go wrong, again and again: twice as much of it takes no more memory."""
    names = (
        "f_acks_lost_seq_reuse",
        "f_noise_c0",
        "g_sync_in_active",
        "e_events",
        "f_rsp_trailing",
        "a_link_no_device",
    )
    paths = [CAPTURES / "scripted_chip" / "sd_api_v5" / f"{name}.jsonl" for name in names]
    once = [item for path in paths for item in items_of(path)]

    def peak(times: int) -> int:
        doctor = Doctor("sd_api_v5")
        tracemalloc.start()
        for _ in range(times):
            for item in once:
                doctor.see(item)
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert doctor.report().findings
        return size

    peak(80)  # what is loaded, cached and compiled at first
    # One object kept for every item would be 16 bytes an item at the very least.
    assert peak(160) - peak(80) < 4 * 80 * len(once)
