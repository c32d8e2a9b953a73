"""Recordings that people have brought, and of firmware that was provoked: each gets its right verdict, and no other."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from capture.recordings import words_of

from gatts_codec.capture import Report, diagnose, open_recording
from gatts_codec.capture.doctor.texts import TEXTS
from gatts_codec.capture.recording import from_stream

FOLDER = Path(__file__).parent.parent / "verdicts"
LOGS = FOLDER.parent / "captures" / "driver_logs"
NOTHING: set[str] = set()

# Its findings, and words that its report must have.
VERDICTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "firmware/t1fw13.jsonl": (NOTHING, ("Nothing wrong found in 3 calls and 2 events",)),
    "firmware/t1fw14.jsonl": (NOTHING, ("Nothing wrong found in 3 calls and 2 events",)),
    "firmware/t4_fw13_sd_api_v5_1.jsonl": (NOTHING, ("request open at the end",)),
    "firmware/t4_fw14_sd_api_v5_1.jsonl": (NOTHING, ("request open at the end",)),
    "firmware/t7_fw14_err.jsonl": (NOTHING, ("Nothing wrong found with the link", "BLE_ERROR_INVALID_ROLE")),
    "firmware/t7_fw14_mem.jsonl": (NOTHING, ("Nothing wrong found",)),
    "firmware/t7_fw14_size.jsonl": (NOTHING, ("Nothing wrong found",)),
    "firmware/t7_fw14_over.jsonl": (
        {"payload too long", "command restarts the chip", "reset not obeyed"},
        ("385 bytes", "end at 384 bytes"),
    ),
    "firmware/t13_over_fw14.jsonl": ({"payload too long"}, ("frame 27", "end at 384 bytes")),
    "firmware/t15_over_noreset.jsonl": ({"payload too long"}, ("frame 19", "end at 384 bytes")),
    "firmware/t7_fw14_reboot.jsonl": (
        {"chip restarted", "old handles"},
        ("value_set in frame 31 is lost", "value_set in frame 89 is lost"),
    ),
    "firmware/t7_fw14_reset.jsonl": ({"host restarted"}, ()),
    "firmware/t7_fw14_kill.jsonl": (
        {"chip gone and back", "old handles"},
        ("the line is good before and after", "next frame is 52"),
    ),
    "firmware/t7_fw14_frz.jsonl": (
        {"chip late", "sync over a response"},
        ("stood still for a while", "The line is good", "frame 70"),
    ),
    "firmware/t10_fw14b.jsonl": ({"chip silent"}, ("c0 dd c0", "damaged byte", "frame 20")),
    "firmware/t13_unk_fw14.jsonl": ({"command restarts the chip"}, ("frame 15", "opcode 0xfe")),
    "firmware/t13_bad_fw14hang.jsonl": ({"chip hung"}, ("frame 15",)),
    "firmware/t13_type_fw14.jsonl": ({"command restarts the chip"}, ("frame 115", "not a command")),
    "firmware/t13_sc_fw14.jsonl": ({"chip restarted"}, ("SC_CONFIRM",)),
    "firmware/t14_fw14.jsonl": (
        NOTHING,
        ("RW_AUTHORIZE_REQUEST", "does not restart on RESET", "not made since the RESET"),
    ),
    "pasted/01-slip-h5-error-lines.log": ({"damaged frame"}, ("found 7E", "CRC is 0xbbb5, should be 0xbab5")),
    "pasted/01b-same-in-the-form-the-product-expects.log": ({"damaged frame"}, ("found 7E",)),
    "pasted/02-usb-reenumerated.log": (
        {"port lost"},
        ("[22]", "[995]", "sent 2 times without an ACK", "Code #13", "USB"),
    ),
    "pasted/03-decode-event-error-9.log": (
        {"event not decoded"},
        ("NRF_ERROR_INVALID_LENGTH", "SoftDevice API versions", "frame 1"),
    ),
    "pasted/04-py-debug-every-packet-twice.log": (NOTHING, ("Nothing wrong found in 3 calls",)),
    "pasted/05-log-pasted-as-one-line.log": ({"no device"}, ("SYNC 6 times",)),
    "pasted/05b-same-with-line-breaks.log": ({"no device"}, ("SYNC 6 times",)),
    "pasted/07-user-mem-never-lent.jsonl": (
        {"unanswered request"},
        ("USER_MEM_REQUEST", "user_mem_reply", "0x13 remote user terminated connection"),
    ),
    "pasted/08-authorize-reply-refused.jsonl": ({"reply refused"}, ("update=1", "frame 12", "0x000e")),
    "pasted/10-vloc-user.jsonl": ({"value in the application"}, ("vloc USER", "STACK")),
    "pasted/11-status-lines-pc-ble-driver.log": (
        {"no link"},
        ("115200", "1000000", "NRF_ERROR_TIMEOUT", "flash connectivity firmware"),
    ),
    "pasted/11c-status-line-v4-test.log": ({"host gave up"}, ("0x802A", "6 transmissions without an ACK")),
    "pasted/24a-rtt-firmware.log": (
        {"firmware stopped"},
        ("NRF_ERROR_INVALID_STATE", "ser_conn_handlers.c:184", "until the chip is reset"),
    ),
    "pasted/24b-py-status-evt.log": ({"port lost"}, ("Device not configured", "log_severity_level='debug'")),
    "pasted/24d-py-traceback.log": ({"no link"}, ("NRF_ERROR_TIMEOUT", "never came up")),
    "pasted/30-nrfutil-dfu-ble.log": (
        {"long packet lost"},
        ("Streaming Data: len:151", "165 bytes", "MSDDisable", "0x802a", "1.8 s", "image is not to blame"),
    ),
    "pasted/31-nrfutil-traceback.log": (
        {"no link"},
        ("NRF_ERROR_TIMEOUT", "--eraseall", "choose the right port"),
    ),
    "pasted/12-two-adapters-one-log.log": (NOTHING, ("Nothing wrong found in 20 calls",)),
    "pasted/14-legacy-dfu.socat": ({"legacy serial dfu"}, ("3 = start", "bootloader")),
    "pasted/15-spec-header-checksum.jsonl": (
        {"header checksum of another kind"},
        ("one's complement", "0xFF - sum"),
    ),
    "pasted/16-hvx-50-sent-20.jsonl": (
        {"hvx taken in part"},
        ("50 bytes", "takes 20", "MTU of 23", "DATA_SIZE"),
    ),
    "pasted/17-h5-host-length-chip.jsonl": ({"no device"}, ("another PHY", "framing=length")),
    "pasted/20-healthy-but-nothing-delivered.jsonl": (
        {"indication unconfirmed"},
        ("no HVC came for the one in frame 10 in the whole recording",),
    ),
    "pasted/20b-cccd-lost-on-reconnect.jsonl": (
        {"subscription lost"},
        ("0100", "0x000f", "sys_attr_get"),
    ),
}


def verdict(name: str | Path, dialect: str | None = None) -> Report:
    with open_recording(FOLDER / name) as recording:
        return diagnose(recording.items, dialect)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_recording_has_its_verdict(name: str) -> None:
    codes, words = VERDICTS[name]
    report = verdict(name)
    assert {finding.code for finding in report.findings} == codes
    assert report.outcome == ("faults found" if codes else "nothing wrong found")
    assert [word for word in words if word not in words_of(report)] == []


@pytest.mark.parametrize("name", VERDICTS)
def test_every_error_says_what_ended_and_whose_fault_it_is(name: str) -> None:
    for finding in verdict(name).findings:
        assert finding.evidence
        assert finding.severity != "error" or (finding.ended and finding.fault)


def test_every_text_of_an_error_has_both() -> None:
    assert [
        code for code, text in TEXTS.items() if text.severity == "error" and not (text.ended and text.fault)
    ] == []


def test_errors_come_before_warnings() -> None:
    severities = [finding.severity for finding in verdict("firmware/t7_fw14_over.jsonl").findings]
    assert severities == sorted(severities)


def test_two_adapters_in_one_log_are_two_links() -> None:
    report = verdict("pasted/12-two-adapters-one-log.log")
    assert report.links == ("/dev/ttyACM0", "/dev/ttyACM1")
    assert (report.calls, report.answered) == (20, 20)


@pytest.mark.parametrize("name", [name for name, (codes, _) in VERDICTS.items() if codes])
def test_a_dialect_that_is_told_is_obeyed(name: str) -> None:
    report = verdict(name, "sd_api_v3")
    assert (report.dialect, report.told) == ("sd_api_v3", True)


def test_a_malformed_body_is_why_a_chip_hangs() -> None:
    (finding,) = verdict("firmware/t13_bad_fw14hang.jsonl", "sd_api_v5").findings
    assert finding.code == "chip hung"
    assert "does not decode" in finding.cause
    assert finding.fault == "the host"


@pytest.mark.parametrize("log", sorted(LOGS.glob("*.log")), ids=lambda log: log.stem)
def test_a_log_has_the_verdict_of_the_bytes_it_was_written_of(log: Path) -> None:
    found = [verdict(path) for path in (log, log.with_suffix(".jsonl"))]
    assert {finding.code for finding in found[0].findings} == {finding.code for finding in found[1].findings}


def test_a_log_without_packets_is_too_little_and_says_how_to_get_them() -> None:
    report = verdict("pasted/24e-blatann-app.log")
    assert report.outcome == "too little to judge"
    (note,) = report.notes
    assert "log_driver_comms=True" in note.advice


PROGRAMS = {
    "2021-01-01 10:00:00,000 NordicSemiException: Failed to open. Error code: NrfError.timeout": {"no link"},
    "Status: 0, message: No response from device. Tried to send packet 6 times.": {"host gave up"},
    "00> <error> app: Fatal error": {"firmware stopped"},
    "SOFTDEVICE: ASSERTION FAILED": {"firmware stopped"},
    "{ errno: 32769, errcode: 'NRF_ERROR_SD_RPC_ENCODE', errmsg: 'Error occured when x' }": {
        "host reports an error"
    },
    "ERROR: NRF_ERROR_INVALID_STATE at bluetooth.c:123": {"host reports an error"},
    "Got NRF error 0x8": {"host reports an error"},
}


@pytest.mark.parametrize("line", PROGRAMS)
def test_one_line_of_a_log_gets_its_verdict(line: str) -> None:
    report = diagnose(from_stream(io.BytesIO(f"{line}\n".encode()), "a log").items)
    assert {finding.code for finding in report.findings} == PROGRAMS[line]


@pytest.mark.parametrize(("size", "mtu", "code"), [(151, 247, True), (151, 23, False), (20, 247, False)])
def test_a_transfer_fails_for_its_size_where_that_is_long_on_the_wire(
    size: int, mtu: int, code: bool
) -> None:
    said = f"New ATT MTU is {mtu}\nBLE: Streaming Data: len:{size} offset:0\nRpcAppStatus.pktSendError: Code: 0x802a\n"
    report = diagnose(from_stream(io.BytesIO(said.encode()), "a log").items)
    assert [finding.code for finding in report.findings] == ["long packet lost" if code else "host gave up"]
