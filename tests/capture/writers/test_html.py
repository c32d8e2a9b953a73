"""The HTML report's data and its page: complete, self-contained, and safe whatever the recording holds."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from capture.recordings import RECORDINGS, dialect_of, each_of, items_of
from capture.writers.reports import FIRMWARE, SCRIPTED, data_of, fields_of, report, report_of

from gatts_codec.capture import CapturedFrame
from gatts_codec.framing import slip


@each_of(RECORDINGS, share=3)
def test_every_frame_has_its_row_and_all_its_bytes(recording: Path) -> None:
    page = report_of(recording, dialect_of(recording))
    frames = [item for item in items_of(recording) if isinstance(item, CapturedFrame)]
    columns = data_of(page)["frames"]
    assert {len(column) for column in columns.values()} == {len(frames)}
    for frame, fields in zip(frames, fields_of(page), strict=True):
        shown = bytes.fromhex("".join(data for data, *_ in fields))
        assert shown == (slip.decode(frame.raw[1:-1]) if frame.error is None else frame.raw)


def test_calls_know_their_frames_and_latencies() -> None:
    data = data_of(report_of(SCRIPTED / "f_drop_ack_x3.jsonl"))
    call = next(call for call in data["calls"] if call["name"] == "value_get")
    times = data["frames"]["t"]
    assert (call["command"], call["copies_at"], call["response"]) == (9, [12, 13, 14], 10)
    assert call["ack_us"] == times[call["ack"]] - times[9]
    assert call["response_us"] == times[10] - times[9]
    assert [data["frames"]["copy_of"][frame] for frame in call["copies_at"]] == [9, 9, 9]


def test_bad_frames_and_packets_that_do_not_decode_are_marked() -> None:
    data = data_of(report_of(SCRIPTED / "f_rx_corrupt_crc.jsonl"))
    bad = [at for at, kind in enumerate(data["frames"]["kind"]) if data["kinds"][kind] == "bad"]
    assert bad
    assert all(["error", "bad frame"] in data["marks"][str(at)] for at in bad)
    events = data_of(report_of(SCRIPTED / "e_events.jsonl"))
    assert ["error", "does not decode"] in events["marks"]["37"]


def test_attributes_are_called_after_the_calls_that_made_them() -> None:
    data = data_of(report_of(FIRMWARE / "b_attr_table.jsonl"))
    assert data["handle_names"]["12"] == "service Heart Rate"
    assert any(handles == [12] for handles in data["frames"]["handles"])


def test_the_doctor_speaks_on_top() -> None:
    data = data_of(report_of(SCRIPTED / "f_acks_lost_seq_reuse.jsonl"))
    errors = [finding for finding in data["findings"] if finding["severity"] == "error"]
    assert any(frame == 17 for finding in errors for frame, _ in finding["evidence"])


def test_an_empty_recording_is_a_page_too() -> None:
    assert data_of(report([]))["frames"]["t"] == []


def test_the_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    page = report_of(SCRIPTED / "a_link_up.jsonl")
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; ")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert not re.search(r'https?://|\bsrc=|@import|url\(|\son\w+=|style="', page)


def test_nothing_of_the_recording_stands_in_the_page_as_text() -> None:
    title = "<script>alert(1)<img src=x onerror=alert(2)>"
    page = report([], title)
    assert "alert" not in page
    assert data_of(page)["title"] == title


def test_folders_are_nobodys_business() -> None:
    assert data_of(report([], "/srv/secret/host.bin and ../device.bin"))["title"] == "host.bin and device.bin"
