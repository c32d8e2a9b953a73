"""Sessions: what the calls, exchanges and oddities of a recording are, against the reference host's own report."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from capture.recordings import CAPTURES, LOGGED, RECORDINGS, dialect_of, each_of, host_log, records_of

from gatts_codec import Codec
from gatts_codec.capture import CapturedFrame, PacketDecoder, from_stream, open_recording
from gatts_codec.capture.calls.deliveries import LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen, Happening, Session
from gatts_codec.capture.writers.jsonl import JsonlWriter

VERDICTS = CAPTURES.parent / "verdicts"
FAULTS = CAPTURES / "scripted_chip" / "sd_api_v5"
FIRMWARE = CAPTURES / "real_firmware"
GATTS = {
    cls.name.removeprefix("sd_ble_gatts_")
    for cls in Codec("sd_api_v7").message_classes()
    if cls.name.startswith("sd_ble_gatts_")
}


def happenings_of(recording: Path) -> tuple[Session, list[Happening]]:
    session = Session(dialect_of(recording))
    found = [happening for record in records_of(recording) for happening in session.feed(record)]
    return session, found + session.finish()


def calls_of(recording: Path) -> list[Call]:
    return [happening for happening in happenings_of(recording)[1] if isinstance(happening, Call)]


def oddities_of(recording: Path) -> list[str]:
    return [happening.code for happening in happenings_of(recording)[1] if isinstance(happening, Oddity)]


@each_of([path for path in LOGGED if path.is_relative_to(FIRMWARE)])
def test_every_gatts_call_of_the_host_is_a_call_with_its_result(recording: Path) -> None:
    """The host reports each call's result; 0x8000 and up are its own, for calls that got no answer."""
    returned = [row for row in host_log(recording) if row["kind"] == "ret" and row["name"] in GATTS]
    sent = [row for row in returned if row["rc"] not in (7, 9) or any("p_value" in key for key in row["out"])]
    calls = [
        call for call in calls_of(recording) if (call.command.packet.name or "").startswith("sd_ble_gatts_")
    ]
    answered = [call for call in calls if call.outcome == "answered"]
    results = [(row["name"], row["rc"]) for row in sent if row["rc"] < 0x8000]
    assert [
        ((call.command.packet.name or "").removeprefix("sd_ble_gatts_"), call.result) for call in answered
    ] == results


@each_of(RECORDINGS)
def test_every_command_is_one_call_and_every_event_seen(recording: Path) -> None:
    _, happenings = happenings_of(recording)
    calls = [happening for happening in happenings if isinstance(happening, Call)]
    starts = [call.command.first.frame for call in calls]
    assert starts == sorted(set(starts))
    for call in calls:
        assert call.retries == call.command.attempts - 1 >= 0
        if call.response is not None:
            assert call.response.packet.opcode == call.command.packet.opcode
            assert call.response_us is not None
            assert call.response_us >= 0
    events = {happening.delivery.first.frame for happening in happenings if isinstance(happening, EventSeen)}
    reliable = {
        record.frame.number
        for record in records_of(recording)
        if record.packet and record.packet.kind != "response" and record.h5 and record.h5.reliable
    }
    assert events <= reliable


def test_latencies_are_those_of_the_recording() -> None:
    first = next(call for call in calls_of(FIRMWARE / "sd_api_v5" / "b_attr_table.jsonl"))
    assert (first.command.first.frame, first.ack_us, first.response_us) == (14, 36, 70)
    assert (first.outcome, first.result, first.retries) == ("answered", 0, 0)


def test_handles_get_the_names_of_the_calls_that_made_them() -> None:
    session, _ = happenings_of(FIRMWARE / "sd_api_v5" / "b_attr_table.jsonl")
    names = {handle: session.names.name_of(handle) for handle in (0x0C, 0x0E, 0x10, 0x14, 0x1A)}
    assert names == {
        0x0C: "service Heart Rate",
        0x0E: "service 0x0001 vendor 2",
        0x10: "Heart Rate Measurement",
        0x14: "0x0002 vendor 2 CCCD",
        0x1A: "descriptor Characteristic User Descriptor",
    }
    assert session.names.name_of(0xBEEF) is None


def test_names_are_gone_when_the_chip_restarts() -> None:
    session, happenings = happenings_of(FAULTS / "g_sync_in_active.jsonl")
    changes = [happening.what for happening in happenings if isinstance(happening, LinkChange)]
    assert changes == ["reset", "up", "chip restarted", "reset", "up"]
    assert len(session.names) == 0


def test_a_restart_that_the_host_asked_for_is_told_apart() -> None:
    for name in ("a_conn_reset_soft", "a_conn_reset_sys"):
        _, happenings = happenings_of(FIRMWARE / "sd_api_v6" / f"{name}.jsonl")
        changes = [happening.what for happening in happenings if isinstance(happening, LinkChange)]
        assert changes == ["reset", "up", "chip restarted as told", "reset", "up"]


def test_notifications_and_indications_meet_their_confirmations() -> None:
    _, happenings = happenings_of(FIRMWARE / "sd_api_v5" / "d_hvx_misc.jsonl")
    exchanges = [happening for happening in happenings if isinstance(happening, Exchange)]
    assert [exchange.kind for exchange in exchanges if exchange.closed] == [
        "indication",
        *["notification"] * 5,
        "service changed",
        "service changed",
    ] or sorted(exchange.kind for exchange in exchanges if exchange.closed) == sorted(
        ["indication", *["notification"] * 5, "service changed", "service changed"]
    )
    assert all(exchange.latency_us is not None for exchange in exchanges if exchange.closed)


def test_early_firmware_confirms_notifications_with_tx_complete() -> None:
    _, happenings = happenings_of(FIRMWARE / "sd_api_v2_pc" / "d_hvx_misc.jsonl")
    closed = [happening for happening in happenings if isinstance(happening, Exchange) and happening.closed]
    assert sum(exchange.kind == "notification" for exchange in closed) == 5


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("f_split_writes", []),
        ("f_frame_lost", ["sent again"] * 3),
        ("f_drop_ack_x3", ["sent again"] * 3),
        ("f_host_ack_lost", ["sent again after its ACK"]),
        ("f_acks_lost_seq_reuse", ["sent again"] * 5 + ["seq reused"]),
        ("f_bad_ack_number", ["bad ack number"]),
        ("f_seq_gap", ["unexpected seq"]),
        ("f_no_crc_flag", ["no crc"]),
        ("f_unreliable_vendor", ["unreliable"]),
        ("f_unsolicited_rsp", ["unasked response"]),
        ("f_rsp_wrong_opcode", ["other response"]),
        ("g_config_in_active", ["config in active"]),
        ("g_wakeup_sleep_in_active", ["sleep"] * 3),
    ],
)
def test_oddities_are_those_that_were_injected(name: str, codes: list[str]) -> None:
    assert oddities_of(FAULTS / f"{name}.jsonl") == codes


def test_a_command_sent_before_the_chip_was_ready_is_no_oddity_of_the_line() -> None:
    recording = FIRMWARE / "sd_api_v2_pc" / "b_attr_table.jsonl"
    first = calls_of(recording)[0]
    assert (first.retries, first.command.linking_up, first.outcome) == (1, True, "answered")


def test_a_late_response_is_matched_with_the_call_it_answers() -> None:
    recording = FAULTS / "f_ack_no_response.jsonl"
    assert [call.outcome for call in calls_of(recording)] == ["no response", "answered"]


def test_frames_missing_from_the_recording_do_not_derail_it() -> None:
    recording = FIRMWARE / "sd_api_v5" / "c_values.jsonl"
    whole = records_of(recording)
    session = Session("sd_api_v5")
    kept = [record for record in whole if not 40 <= record.frame.number < 50]
    happenings = [happening for record in kept for happening in session.feed(record)] + session.finish()
    odd = [happening.record.frame.number for happening in happenings if isinstance(happening, Oddity)]
    assert odd
    assert max(odd) < 60


def test_links_in_one_recording_are_followed_apart() -> None:
    with open_recording(VERDICTS / "pasted" / "12-two-adapters-one-log.log") as recording:
        frames = [item for item in recording.items if isinstance(item, CapturedFrame)]
    session, decoder = Session("sd_api_v5"), PacketDecoder("sd_api_v5")
    happenings = [
        found for frame in frames for found in session.feed(decoder.decode(frame))
    ] + session.finish()
    calls = [found for found in happenings if isinstance(found, Call)]
    assert {call.outcome for call in calls} == {"answered"}
    assert {call.command.record.frame.link for call in calls} == {"/dev/ttyACM0", "/dev/ttyACM1"}
    assert not any(isinstance(found, Oddity) for found in happenings)


def test_links_keep_their_names_in_recordings_of_our_own() -> None:
    with open_recording(VERDICTS / "pasted" / "12-two-adapters-one-log.log") as recording:
        frames = [item for item in recording.items if isinstance(item, CapturedFrame)]
    stream = io.BytesIO()
    writer = JsonlWriter(stream)
    for frame in frames:
        writer.write(frame)
    stream.seek(0)
    again = [item for item in from_stream(stream, "again").items if isinstance(item, CapturedFrame)]
    assert [frame.link for frame in again] == [frame.link for frame in frames]
