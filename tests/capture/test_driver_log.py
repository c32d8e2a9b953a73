"""pc-ble-driver's logs against the raw captures of the same runs, and in every dress they come in."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from capture.formats import by_direction, frames, frames_of
from capture.recordings import CAPTURES

from gatts_codec.capture import CapturedFrame, Item, Remark
from gatts_codec.capture.recording import from_stream
from gatts_codec.capture.wire.clock import clock_time
from gatts_codec.errors import CaptureError

LOGS = sorted((CAPTURES / "driver_logs").glob("*.log"))
PREFIX = re.compile(r"^\S+ (?:DEBUG|INFO|TRACE|WARNING) ")
IDS = [log.stem for log in LOGS]


def read(text: str) -> list[Item]:
    recording = from_stream(io.BytesIO(text.encode()), "driver.log")
    assert recording.format == "pc-ble-driver debug log"
    return list(recording.items)


def test_the_logs_are_here() -> None:
    assert len(LOGS) == 4


@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_a_log_has_the_packets_of_the_raw_capture(log: Path) -> None:
    items = read(log.read_text())
    logged = by_direction(frames(items))
    captured = by_direction(frames_of(log.with_suffix(".jsonl")))
    for direction, raws in captured.items():
        # The log ends when the host closes, the capture when the chip does.
        assert logged[direction] == raws[: len(logged[direction])]
        assert len(raws) - len(logged[direction]) <= 1
    assert not [item for item in items if isinstance(item, CaptureError)]


@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_times_are_those_of_the_log(log: Path) -> None:
    found = [item for item in read(log.read_text()) if isinstance(item, CapturedFrame)]
    times = [frame.t_us for frame in found if frame.t_us is not None]
    assert len(times) == len(found)
    assert times == sorted(times)
    first = next(line for line in log.read_text().splitlines() if "<-" in line or "->  [" in line)
    assert times[0] == clock_time(first)


def old(line: str) -> str:
    """A record as drivers up to 4.0 break it."""
    line = line.replace("[N/A]", "[]").replace("err_code:0x", "err_code:")
    return re.sub(r"\] type:", "]\n    type:", line).replace(" data_integrity:", "\n    data_integrity:")


DRESSES: dict[str, Callable[[str], str]] = {
    "bare": lambda line: line,
    "javascript": lambda line: line + ".",
    "c example": lambda line: "Debug: " + line,
    "c example, log": lambda line: "Log: " + line,
    "blatann": lambda line: f"[2022-03-25 13:39:12,397] [Dummy-7] [blatann.nrf] [INFO]: LOG [1]: {line}",
    "python": lambda line: f"2020-05-07 16:40:30,680 [tid/LogThread] {line}",
    "old": old,
    "old, in a log": lambda line: old(line).replace("\n", "\n2020-05-07 16:40:30,680 [tid/LogThread] "),
    "windows": lambda line: line + "\r",
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("log", LOGS, ids=IDS)
def test_every_dress_gives_the_same_frames(log: Path, dress: str) -> None:
    bare = [PREFIX.sub("", line) for line in log.read_text().splitlines()]
    assert frames(read("\n".join(map(DRESSES[dress], bare)))) == frames(read(log.read_text()))


LINE = (
    "        9 ->  [00 a4 ff ff 0e 00 01 00 00 00 00 01 ] type:     VENDOR_SPECIFIC reliable:yes seq#:0 ack#:0 "
    "payload_length:c data_integrity:1 header_checksum:72 err_code:0x0"
)
OTHER = (
    "     6/ 0 <-  [N/A] type: ACK reliable: no seq#:0 ack#:1 payload_length:0 data_integrity:0 err_code:0x0"
)


def test_every_number_is_hex() -> None:
    data = "00 " * 32
    line = LINE.replace("00 a4 ff ff 0e 00 01 00 00 00 00 01 ", data).replace("_length:c", "_length:20")
    ((_, raw),) = frames(read(line.replace("header_checksum:72", "header_checksum:30")))
    assert len(raw) > 32


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE.replace("header_checksum:72", "header_checksum:73"), "header checksum 73"),
        (LINE.replace("0e 00 01", "0e 00"), "payload_length is hex c = 12, the packet has 11 bytes"),
        (LINE.replace("_length:c", "_length:12"), "payload_length is hex 12 = 18"),
        (LINE.partition(" seq#")[0], "without seq, ack, length, integrity"),
        (LINE.replace("VENDOR_SPECIFIC", "SOMETHING"), "unknown packet type 'SOMETHING'"),
        (LINE.replace("seq#:0", "seq#:9"), "seq"),
    ],
)
def test_a_record_that_contradicts_itself_is_told_with_its_line(line: str, reason: str) -> None:
    items = read("\n".join([OTHER, line, OTHER]))
    (error,) = [item for item in items if isinstance(item, CaptureError)]
    assert reason in error.reason
    assert (error.file, error.line) == ("driver.log", 2)
    assert len(frames(items)) == 2


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("State change: STATE_RESET -> STATE_ACTIVE", "state", "State change: STATE_RESET -> STATE_ACTIVE"),
        ("Error sending packet to target. Code: 0x802a", "error", "0x802a"),
        ("Failed to decode event, error code is 9/0x9.", "error", "error code is 9/0x9"),
        (OTHER.replace("0x0", "0x802f"), "bad frame", "0x802f"),
        ("10:00 evt> on_gattc_evt_hvx conn(0) data([96, 2, 1])", "call", "application's own words"),
    ],
)
def test_other_lines_worth_an_entry(line: str, kind: str, said: str) -> None:
    remarks = [item for item in read("\n".join([OTHER, line])) if isinstance(item, Remark) and item.line]
    assert [(remark.line, remark.kind) for remark in remarks] == [(2, kind)]
    assert said in remarks[0].text


def test_a_frame_that_the_host_could_not_unescape_keeps_its_bytes() -> None:
    text = f"{OTHER}\nslip_decode error, code: 0x802d raw packet: c0 d1 db 41 c0 \n"
    assert frames(read(text))[1] == ("device->host", bytes.fromhex("c0d1db41c0"))


def test_application_lines_alone_are_no_bytes_and_said_so() -> None:
    items = read("\n".join(["evt> on_gattc_evt_hvx data([96, 2, 1])"] * 50))
    assert [item.kind for item in items if isinstance(item, Remark)] == ["call"]
    assert not frames(items)


@pytest.mark.parametrize(
    ("text", "t_us"),
    [
        ("2020-01-02T10:44:19.031Z DEBUG x", 1_577_961_859_031_000),
        ("[2022-03-25 13:39:12,397] x", 1_648_215_552_397_000),
        ("10:44:19.5 x", 38_659_500_000),
        ("2020-13-45T10:44:19.031Z", None),
        ("no time", None),
    ],
)
def test_clock_times(text: str, t_us: int | None) -> None:
    assert clock_time(text) == t_us


def test_lines_that_a_terminal_has_broken_are_joined_again() -> None:
    log = CAPTURES / "driver_logs" / "sd_api_v5.c_values.log"
    lines = log.read_text().splitlines()[:60]
    broken = "\n".join("\n".join(textwrap.wrap(line, 72, break_on_hyphens=False)) for line in lines)
    assert frames(read(broken)) == frames(read("\n".join(lines)))
    assert len(frames(read(broken))) > 40
