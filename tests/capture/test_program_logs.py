"""Logs of programs, without a packet in them: what happened, what the codes mean, what to do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from capture.recordings import words_of

from gatts_codec.capture import Report, diagnose
from gatts_codec.capture.recording import from_stream

PACKET = (
    "2021-03-01 10:20:30.100 DEBUG  1 ->  [N/A] type: RESET reliable: no seq#:0 ack#:0 payload_length:0 "
    "data_integrity:0 header_checksum:fb err_code:0x0"
)
JS_OPEN = """\
{ [Error: Error occured when opening serial port. Errorcode: NRF_ERROR_INTERNAL (0x3)
]
  errno: 3,
  errcode: 'NRF_ERROR_INTERNAL',
  erroperation: 'opening serial port',
  errmsg: 'Error occured when opening serial port. Errorcode: NRF_ERROR_INTERNAL (0x3)' }
"""
TRACEBACK = """\
Traceback (most recent call last):
  File "main.py", line 12, in <module>
    adapter.driver.open()
pc_ble_driver_py.exceptions.NordicSemiException: Failed to open. Error code: NrfError.internal
"""
HISTORY = """\
[2018-03-01 10:20:30.123] 02: No response from device. Tried to send packet 6 times.
[2018-03-01 10:20:30.124] 02: Failed to receive response for command. Code #13
"""
NOT_FOUND = """\
2021-03-01 10:20:31,200 BLE: Scanning...
2021-03-01 10:20:35,200 BLE: Connecting... (attempt 1 of 3)
2021-03-01 10:21:35,200 BLE: connect failed
pc_ble_driver_py.exceptions.NordicSemiException: Timeout. Target not found.
"""
REFUSED = """\
2021-03-01 10:20:40,100 BLE: Sending init packet...
pc_nrfutil: Response Code Execute failed: Extended Error 0x05: The firmware version
"""
STOPPED = """\
00> <info> app: BLE connectivity started
00> <error> app: ERROR 12292 [Unknown error code] at C:\\sdk\\ser_conn_handlers.c:99
00> PC at: 0x00028E11
00> <error> app: End of error report
"""
BLATANN = (
    "[2021-03-01 10:20:34,123] [DriverThread] [blatann.device:300] [INFO]: Opened\n"
    "[2021-03-01 10:20:34,123] [DriverThread] [blatann.device:300] [ERROR]: NordicSemiException: "
    "Failed to gatts_hvx. Error code: NrfError.resources"
)
NRF_CONNECT = """\
{"level":"info","message":"Successfully opened COM4. Baud rate: 1000000.","timestamp":"2021-03-01T10:20:30.123Z"}
{"level":"error","message":"Could not connect: Errorcode: NRF_ERROR_CONN_COUNT (0x12)"}
"""
EVENT = (
    "2021-03-01T10:20:32.1Z DEBUG 17/BLE_GAP_EVT_DISCONNECTED connHandle:0 "
    '{"reason":8,"reason_name":"BLE_HCI_CONNECTION_TIMEOUT"}'
)

# Its findings, and words that its report must have.
LOGS: dict[str, tuple[str, set[str], tuple[str, ...]]] = {
    "JavaScript's error object": (JS_OPEN, {"no link"}, ("NRF_ERROR_INTERNAL", "in use by another program")),
    "Python's traceback": (TRACEBACK, {"no link"}, ("NRF_ERROR_INTERNAL (0x0003)",)),
    "0x8029": (
        "NordicSemiException: Failed to open. Error code: 0x8029",
        {"no link"},
        ("could not be opened",),
    ),
    "port in use": (
        "SerialException: could not open port 'COM7': PermissionError(13, 'Access is denied.', None, 5)",
        {"no link"},
        ("another program has it open",),
    ),
    "port busy": (
        "SerialException: [Errno 16] could not open port /dev/ttyACM0: [Errno 16] Device or resource busy",
        {"no link"},
        ("another program has the port open",),
    ),
    "two lines of one failure": (HISTORY, {"host gave up"}, ("Tried to send packet 6 times",)),
    "C example": (
        "Scan start failed. Error code: 0x08",
        {"host reports an error"},
        ("NRF_ERROR_INVALID_STATE",),
    ),
    "C example, enable": (
        "Failed to enable BLE stack. Error code: 0x04",
        {"host reports an error"},
        ("NRF_ERROR_NO_MEM", "SoftDevice too little"),
    ),
    "peer not found": (
        NOT_FOUND,
        {"peer not found"},
        ("Connecting... (attempt 1 of 3)", "60.0 s", "advertise"),
    ),
    "refused": (REFUSED, {"target refused"}, ("firmware version: not higher",)),
    "firmware stopped": (
        STOPPED,
        {"firmware stopped"},
        ("BLE_ERROR_INVALID_ROLE (0x3004)", "the firmware's own log"),
    ),
    "hard fault": (
        "<error> hardfault: HARD FAULT at 0x00012345",
        {"firmware stopped"},
        ("until the chip is reset",),
    ),
    "blatann": (
        BLATANN,
        {"host reports an error"},
        ("reports: NordicSemiException", "NRF_ERROR_RESOURCES", "log_driver_comms"),
    ),
    "nRF Connect, JSON": (
        NRF_CONNECT,
        {"host reports an error"},
        ("reports: Could not connect", "NRF_ERROR_CONN_COUNT (0x0012)"),
    ),
    "nRF Connect, event": (EVENT, {"connection broke"}, ("supervision timeout", "switch on debug logging")),
    "JavaScript, event": (
        '{"id":17,"name":"BLE_GAP_EVT_DISCONNECTED","conn_handle":0,"reason":8,"reason_name":"BLE_HCI"}',
        {"connection broke"},
        ("supervision timeout", "logLevel"),
    ),
    "Espruino": ("Uncaught Error: ERR 0x3401 (:1234)", {"host reports an error"}, ("sys_attr_set",)),
    "the kernel": (
        "[12345.678901] usb 1-1: USB disconnect, device number 7",
        {"port lost"},
        ("enumerated again",),
    ),
    "an observer's line": (
        "evt> disconnected conn(0) reason(BLEHci.remote_user_terminated_connection)",
        set(),
        ("0x13", "log_severity_level='debug'"),
    ),
    "an observer's line, broken": (
        "evt> disconnected conn(0) reason(BLEHci.connection_timeout)",
        {"connection broke"},
        ("0x08",),
    ),
    "an observer's fields below": (
        "2021-01-25 16:43:31,001 evt> disconnected conn(0)\n reason(BLEHci.connection_timeout)\nTraceback",
        {"connection broke"},
        ("0x08 connection timeout",),
    ),
    "serial DFU": (
        "2021-03-01 10:20:31,110 SLIP: <-- [96, 9, 1, 1]",
        set(),
        ("another protocol", "bootloader"),
    ),
    "btmon": (
        "> HCI Event: Command Complete (0x0e) plen 4  #1 [hci0] 0.001",
        set(),
        ("another protocol", "HCI"),
    ),
    "cut, log": (
        f"{PACKET}\n2021-03-01 10:20:30.2 DEBUG  1/ 0 <-  [02 7d] type: LINK_CONT",
        set(),
        ("in the middle of a line",),
    ),
    "cut, own recording": (
        '{"t_us":1,"dir":"host->device","hex":"c0000500fbc0"}\n{"t_us":54685,"dir":"device->ho',
        set(),
        ("in the middle of a line",),
    ),
}


def verdict(text: str) -> Report:
    return diagnose(from_stream(io.BytesIO(text.encode()), "a log").items)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_has_its_verdict(name: str) -> None:
    text, codes, said = LOGS[name]
    report = verdict(text)
    assert {finding.code for finding in report.findings} == codes
    assert report.outcome == ("faults found" if codes else "too little to judge")
    assert [word for word in said if word not in words_of(report)] == []


def test_a_healthy_recording_with_such_words_around_is_not_accused(tmp_path: Path) -> None:
    log = (
        Path(__file__).parent.parent / "verdicts" / "pasted" / "04-py-debug-every-packet-twice.log"
    ).read_text()
    around = "evt> connected conn(0)\n" + log + "\nevt> on_gattc_evt_hvx conn(0) data([96, 2, 1])\n"
    assert verdict(around).healthy
