"""Recordings of the virtual chip: a fault or mistake each, found by its rule, and healthy neighbours, not accused."""

from __future__ import annotations

from pathlib import Path

import pytest
from capture.recordings import words_of

from gatts_codec.capture import Report, diagnose, open_recording

FOLDER = Path(__file__).parent.parent / "verdicts" / "chip"
NOTHING: set[str] = set()
# By recording: its findings, and words that its report must have.
VERDICTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "healthy": (NOTHING, ("Nothing wrong found in 6 calls", "0x13 remote user terminated connection")),
    "healthy-v3-pc": (NOTHING, ("Nothing wrong found in 6 calls",)),
    "lost-cccd-s110": ({"subscription lost"}, ("0100",)),
    "no-sub": ({"not subscribed"}, ("CCCD",)),
    "lost-cccd": ({"subscription lost"}, ("sys_attr_set", "0100")),
    "kept-cccd": (NOTHING, ()),
    "auth-refused": ({"reply refused"}, ("update=1", "still open")),
    "auth-ok": (NOTHING, ()),
    "auth-never": ({"unanswered request"}, ("RW_AUTHORIZE_REQUEST",)),
    "auth-cmd": ({"reply to a write command"}, ("write command",)),
    "hvx-long": ({"hvx longer than the mtu"}, ("50 bytes", "MTU of 23")),
    "hvx-mtu": (NOTHING, ()),
    "indication": ({"indication unconfirmed"}, ("NRF_ERROR_BUSY",)),
    "indication-ok": (NOTHING, ()),
    "mtu-never": ({"unanswered request"}, ("EXCHANGE_MTU_REQUEST",)),
    "user-mem": ({"unanswered request"}, ("USER_MEM_REQUEST",)),
    "user-mem-ok": (NOTHING, ()),
    "sys-attr-missing": ({"system attributes missing"}, ("sys_attr_set",)),
    "poll-queue": ({"no notification buffer"}, ("11 times",)),
    "amber": (NOTHING, ("Nothing wrong found with the link", "1 call failed")),
    "table-full": (NOTHING, ("28 calls failed", "attribute table is full")),
    "adv-on": (NOTHING, ("advertising is on when the recording ends",)),
    "adv-stop": (NOTHING, ("Nothing wrong found in 7 calls",)),
    "still-adv": ({"still advertising"}, ("without adv_stop",)),
    "out-of-range": ({"connection broke"}, ("0x08 connection timeout", "supervision timeout")),
    "no-response-2": ({"no response"}, ("acknowledged and never answered",)),
    "drop-response-2": (NOTHING, ()),
    "corrupt-response-2": ({"damaged frame"}, ()),
    "duplicate-response-2": ({"duplicate frames"}, ()),
    "drop-ack-1": ({"ack missing"}, ("service_add",)),
    "drop-ack-2x6": ({"acks lost", "reset not obeyed"}, ("service_add",)),
    "delay-ack-1-0.4": ({"ack missing"}, ()),
    "max-payload-6": ({"not acknowledged"}, ("service_add is sent 6 times",)),
    "silent-2": ({"chip silent"}, ("silent from here on", "sent 6 times")),
    "reboot-2": ({"command restarts the chip"}, ("service_add",)),
    "reboot-old": ({"command restarts the chip", "old handles"}, ("0x0010", "of the session before")),
    "sync-2": ({"chip restarted"}, ()),
}
HEALTHY = [name for name, (codes, _) in VERDICTS.items() if not codes]


def verdict(name: str) -> Report:
    with open_recording(FOLDER / f"{name}.jsonl") as recording:
        return diagnose(recording.items)


def test_every_recording_has_its_verdict_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_recording_has_its_verdict(name: str) -> None:
    codes, words = VERDICTS[name]
    report = verdict(name)
    assert {finding.code for finding in report.findings} == codes
    assert report.outcome == ("faults found" if codes else "nothing wrong found")
    assert [word for word in words if word not in words_of(report)] == []


@pytest.mark.parametrize("name", VERDICTS)
def test_every_finding_names_frame_time_and_bytes(name: str) -> None:
    for finding in verdict(name).findings:
        first = finding.evidence[0]
        assert first.frame is not None
        assert first.t_us is not None
        assert first.data
        assert finding.severity != "error" or (finding.ended and finding.fault)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_one_cut_off_anywhere_is_not_accused(name: str) -> None:
    with open_recording(FOLDER / f"{name}.jsonl") as recording:
        items = list(recording.items)
    for end in range(0, len(items), 5):
        assert diagnose(items[:end]).findings == (), end
