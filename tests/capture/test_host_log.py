"""Every captured frame against what the reference host itself reported: packets, events, results of calls."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from capture.recordings import CAPTURES, LOGGED, RECORDINGS, each_of, host_log, items_of, records_of

from gatts_codec import Codec
from gatts_codec.capture import TO_DEVICE, TO_HOST, CapturedFrame
from gatts_codec.dialects import DIALECTS

LOG_TYPES = {
    "ACK": "ACK",
    "HCI_COMMAND": "HCI_COMMAND_PACKET",
    "HCI_ACL": "ACL_DATA_PACKET",
    "HCI_SCO": "SYNC_DATA_PACKET",
    "HCI_EVENT": "HCI_EVENT_PACKET",
    "RESET": "RESERVED_5",
    "VENDOR_SPECIFIC": "VENDOR_SPECIFIC",
    "LINK_CONTROL": "LINK_CONTROL_PACKET",
}
LOG_LINKS = {"SYNC_RSP": "SYNC_RESP", "CONFIG_RSP": "CONFIG_RESP"}
LOGGED_BYTES = 32
GAP_EVENTS = 0x10  # the ids below are of Common events
HOST_ERRORS = 0x8000  # the host's own results, from here on, never travel
NAMES = {cls.name for name in DIALECTS for cls in Codec(name).message_classes()}


def as_logged(row: dict[str, Any]) -> dict[str, Any]:
    if row["error"] and row["error"]["code"] == "unknown_packet_type":
        logged: dict[str, Any] = {"type": f"UNKNOWN[0x{int(row['bytes'][4:6], 16) & 0xF:x}]"}
    elif row["type"] is None:
        return {"payload": ""}  # of a bad frame the host logs whatever the header may say, and no payload
    else:
        logged = {"type": LOG_TYPES[row["type"]]}
    payload = bytes.fromhex(row["payload"])
    logged |= {"rel": int(row["reliable"]), "seq": row["seq"], "ack": row["ack"], "crc": int(row["crc"])}
    logged |= {"len": len(payload), "payload": payload.hex()}
    if row["link"]:
        logged["link"] = LOG_LINKS.get(row["link"], row["link"])
    if len(payload) > 128:
        logged |= {"payload": payload[:LOGGED_BYTES].hex(), "payload_crc32": f"{zlib.crc32(payload):08x}"}
    return logged


def test_the_captures_are_here() -> None:
    assert len(RECORDINGS) > 80
    assert len(LOGGED) > 75


@each_of(RECORDINGS)
def test_a_frame_for_every_frame_numbered_and_timed(recording: Path) -> None:
    frames = [item for item in items_of(recording) if isinstance(item, CapturedFrame)]
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    times = [frame.t_us for frame in frames if frame.t_us is not None]
    assert len(times) == len(frames)
    assert times == sorted(times)


@pytest.mark.parametrize("direction", [TO_DEVICE, TO_HOST])
@each_of(LOGGED)
def test_packets_are_those_that_the_host_saw(recording: Path, direction: str) -> None:
    logged = [row for row in host_log(recording) if row["kind"] == "packet" and row["dir"] == direction]
    rows = [record.to_dict() for record in records_of(recording) if record.frame.dir == direction]
    # A frame with a bad escape never reaches the host's log, which gives it a line of another kind.
    mine = [as_logged(row) for row in rows if not (row["error"] and row["error"]["code"] == "bad_escape")]
    # A chip's copy that comes after the host has closed is in the capture and not in the log, and the host's own last
    # packet may stand in the log and not have left.
    assert abs(len(mine) - len(logged)) <= 1
    assert mine[: len(logged)] == [
        {key: row.get(key) for key in own} for own, row in zip(mine, logged, strict=False)
    ]


def flat(fields: dict[str, Any]) -> dict[str, Any]:
    """An event's fields as the host's C structures name them."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "uuid" and isinstance(value, dict):
            found |= {"uuid": value["uuid"], "uuid_type": value["type"]}
        elif name in ("read", "write"):
            found |= flat(value) if value else {}
        elif name == "data":
            found |= {"data": value, "len": len(value) // 2}
        elif name != "mem_block":
            found[name] = value
    return found


@each_of(LOGGED)
def test_event_fields_are_those_that_the_host_decoded(recording: Path) -> None:
    logged = [row for row in host_log(recording) if row["kind"] == "event"]
    rows = [record.to_dict() for record in records_of(recording)]
    # The host passes over event ids that are in no group.
    events = [row for row in rows if row["kind"] == "event" and row["reliable"] and row["fields"] is not None]
    known = [row for row in events if row.get("group") != "unknown"]
    mine = [{"evt_id": row["opcode"]} | (flat(row["fields"]) if row["name"] else {}) for row in known]
    assert len(mine) >= len(logged)
    assert mine[: len(logged)] == [
        {key: row.get(key) for key in own} for own, row in zip(mine, logged, strict=False)
    ]


@each_of(LOGGED)
def test_names_of_events_are_the_hosts(recording: Path) -> None:
    names = {row["evt_id"]: row["name"] for row in host_log(recording) if row["kind"] == "event"}
    for record in records_of(recording):
        row = record.to_dict()
        if row["kind"] == "event" and row["name"] and row["opcode"] in names:
            stem = "BLE" if row["opcode"] < GAP_EVENTS else "BLE_GATTS"
            assert row["name"] == f"{stem}_EVT_{names[row['opcode']].upper()}"


UNDECODABLE = {
    "real_firmware/sd_api_v5/c_values": 1,  # 513 bytes
    "driver_logs/sd_api_v5.c_values": 1,
    "scripted_chip/sd_api_v5/c_values": 2,
    "scripted_chip/sd_api_v5/e_events": 5,  # an authorize type 3, a byte too few, one too many, no event id twice
    "scripted_chip/sd_api_v2_pc/e_events": 5,
    "scripted_chip/sd_api_v5/f_rsp_bad_cond": 1,
    "scripted_chip/sd_api_v5/f_rsp_error_with_payload": 1,
    "scripted_chip/sd_api_v5/f_rsp_missing_fields": 1,
    "scripted_chip/sd_api_v5/f_rsp_oversize": 1,
    "scripted_chip/sd_api_v5/f_rsp_short": 1,
    "scripted_chip/sd_api_v5/f_rsp_trailing": 1,
    "scripted_chip/sd_api_v5/f_rsp_wrong_opcode": 1,
    "scripted_chip/sd_api_v5/f_unsolicited_rsp": 1,
}


def test_only_what_was_made_wrong_does_not_decode() -> None:
    found = {}
    for recording in RECORDINGS:
        failures = [record.failure for record in records_of(recording)]
        found[recording.relative_to(CAPTURES).with_suffix("").as_posix()] = sum(
            failure is not None and failure[0] == "decode" for failure in failures
        )
    assert {name: count for name, count in found.items() if count} == UNDECODABLE


def test_the_firmware_sends_nothing_that_needs_tolerance() -> None:
    for recording in RECORDINGS:
        for record in records_of(recording):
            assert record.packet is None or not record.packet.tolerated


CALLS = [path for path in LOGGED if path.parent.parent.name == "real_firmware"]


def sd_name(logged: str) -> str:
    """The SoftDevice's name of a call, of which the log has neither prefix nor group."""
    gatts = f"sd_ble_gatts_{logged}"
    return gatts if gatts in NAMES else f"sd_ble_{logged}"


@each_of(CALLS)
def test_results_are_those_that_the_host_returned(recording: Path) -> None:
    """Each call that returned a result of the chip has its response, in order, with that result."""
    returned = [
        (sd_name(row["name"]), row["rc"])
        for row in host_log(recording)
        if row["kind"] == "ret" and sd_name(row["name"]) in NAMES and row["rc"] < HOST_ERRORS
    ]
    rows = [record.to_dict() for record in records_of(recording)]
    responses = [row for row in rows if row["kind"] == "response" and row["name"] and row["fields"]]
    assert [(row["name"], row["fields"]["result"]) for row in responses] == returned
