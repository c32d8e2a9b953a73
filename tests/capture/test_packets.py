"""Frames to packets, and the JSON keys that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from every import every
from golden import records
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import CapturedFrame, Chunk, PacketDecoder, PacketRecord, assemble
from gatts_codec.dialects import DIALECTS
from gatts_codec.framing import H5Packet, encode_frame
from gatts_codec.interpreter import Interpreter
from gatts_codec.vectors import is_accident

TYPES = {"command": 0, "response": 1, "event": 2}
KEYS = (
    *("frame", "t_us", "dir", "type", "link", "reliable", "seq", "ack", "crc", "payload"),
    *("kind", "name", "opcode", "fields", "error", "tolerated", "bytes"),
)
WIDTHS = {"command": 1, "response": 1, "event": 2}
INTERPRETERS = {name: Interpreter(dialect, strict=True) for name, dialect in DIALECTS.items()}
DECODERS = {name: PacketDecoder(name) for name in DIALECTS}


def record_of(frame: bytes, dialect: str = "sd_api_v5") -> PacketRecord:
    (item,) = assemble([Chunk(7, "device->host", frame)])
    assert isinstance(item, CapturedFrame)
    return DECODERS[dialect].decode(item)


def row_of(payload: bytes, dialect: str = "sd_api_v5") -> dict[str, Any]:
    frame = encode_frame(H5Packet(14, payload, seq=3, ack=4, reliable=True, crc=True))
    return record_of(frame, dialect).to_dict()


def without_layout(record: dict[str, Any]) -> bool:
    """Whether the opcode, which may be a wrong one, is that of no packet of the dialect and of no GATTS range."""
    head = bytes.fromhex(record["hex"])[: WIDTHS[record["kind"]]]
    interpreter = INTERPRETERS[record["dialect"]]
    if len(head) < WIDTHS[record["kind"]] or interpreter.with_head(record["kind"], head):
        return False
    return interpreter.group(record["kind"], int.from_bytes(head, "little")) != "gatts"


def vectors(kind: str) -> list[Any]:
    """One vector of every packet and dialect."""
    found: dict[str, Any] = {}
    for dialect in DIALECTS:
        for record in records(dialect, kind):
            if is_accident(record, kind):
                continue  # hangs on more than the packet
            if kind == "malformed" and without_layout(record):
                continue  # kept and named, see below
            found.setdefault(f"{record['dialect']}-{record['name']}-{record['kind']}", record)
    return list(found.values())


def each(kind: str) -> Callable[[Any], Any]:
    return every("vector", lambda: vectors(kind), ids=lambda vector: f"{vector['dialect']} {vector['hex']}")


def payload_of(vector: dict[str, Any]) -> bytes:
    return bytes((TYPES[vector["kind"]],)) + bytes.fromhex(vector["hex"])


@each("valid")
def test_a_golden_packet_in_a_frame(vector: dict[str, Any]) -> None:
    row = row_of(payload_of(vector), vector["dialect"])
    assert tuple(row) == KEYS
    assert row["type"] == "VENDOR_SPECIFIC"
    assert (row["reliable"], row["seq"], row["ack"], row["crc"]) == (True, 3, 4, True)
    assert (row["kind"], row["name"], row["fields"]) == (vector["kind"], vector["name"], vector["fields"])
    width = WIDTHS[vector["kind"]]
    assert row["opcode"] == int.from_bytes(bytes.fromhex(vector["hex"])[:width], "little")
    assert (row["error"], row["tolerated"]) == (None, False)
    assert json.loads(json.dumps(row)) == row


@each("tolerated")
def test_what_only_the_firmware_takes_is_decoded_and_marked(vector: dict[str, Any]) -> None:
    row = row_of(payload_of(vector), vector["dialect"])
    assert (row["fields"], row["tolerated"], row["error"]) == (vector["fields"], True, None)


@each("malformed")
def test_a_malformed_body_keeps_all_that_is_known(vector: dict[str, Any]) -> None:
    payload = payload_of(vector)
    row = row_of(payload, vector["dialect"])
    assert (row["type"], row["payload"], row["kind"]) == ("VENDOR_SPECIFIC", payload.hex(), vector["kind"])
    assert (row["fields"], row["tolerated"]) == (None, False)
    assert row["error"]["code"] == "decode"
    assert sorted(row["error"]) == ["code", "message", "offset", "path"]
    assert 0 <= row["error"]["offset"] < len(payload)
    assert row["name"] in (vector["name"], None)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_opcode_that_no_packet_has_is_kept_in_its_group(dialect: str) -> None:
    wrong = [record for record in records(dialect, "malformed") if without_layout(record)]
    assert wrong
    for record in wrong:
        row = row_of(payload_of(record), dialect)
        width = WIDTHS[record["kind"]]
        assert row["fields"] == {"data": record["hex"][2 * width :]}
        assert (row["kind"], row["name"], row["error"]) == (record["kind"], None, None)
        assert row["group"] != "gatts"


@pytest.mark.parametrize(
    ("payload", "kind", "opcode", "group", "data"),
    [
        ("006a01", "command", 0x6A, "common", "01"),
        ("016a00000000", "response", 0x6A, "common", "00000000"),
        ("022f000100", "event", 0x2F, "gap", "0100"),
        ("00ff", "command", 0xFF, "unknown", ""),
        ("030102", "dtm_command", None, "unknown", "0102"),
        ("05", "reset_command", None, "unknown", ""),
        ("77aa", "unknown", None, "unknown", "aa"),
    ],
)
def test_what_the_dialect_does_not_have_is_named_and_kept(
    payload: str, kind: str, opcode: int | None, group: str, data: str
) -> None:
    row = row_of(bytes.fromhex(payload))
    assert sorted(row) == sorted([*KEYS, "group"])
    assert (row["kind"], row["name"], row["opcode"], row["group"]) == (kind, None, opcode, group)
    assert (row["fields"], row["error"]) == ({"data": data}, None)


@pytest.mark.parametrize(("payload", "kind"), [("", None), ("00", "command"), ("0250", "event")])
def test_too_short_for_an_opcode(payload: str, kind: str | None) -> None:
    row = row_of(bytes.fromhex(payload))
    assert (row["type"], row["kind"], row["opcode"], row["name"]) == ("VENDOR_SPECIFIC", kind, None, None)
    assert row["error"]["code"] == "decode"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("c0 00 05 c0", "short_frame"),
        ("c0 00 15 00 eb c0", "length_mismatch"),
        ("c0 00 05 00 db 41 c0", "bad_escape"),
        ("c0 00 05 00 fa c0", "header_checksum"),
        ("c0 40 05 00 bb 00 00 c0", "crc"),
    ],
)
def test_a_bad_frame_is_a_row_of_nulls_with_its_bytes(frame: str, code: str) -> None:
    row = record_of(bytes.fromhex(frame)).to_dict()
    assert tuple(row) == KEYS
    assert row["error"]["code"] == code
    assert row["bytes"] == frame.replace(" ", "")
    known = {"frame", "t_us", "dir", "error", "tolerated", "bytes"}
    assert {key: value for key, value in row.items() if key not in known} == dict.fromkeys(
        key for key in KEYS if key not in known
    )


@pytest.mark.parametrize("number", range(6, 14))
def test_a_packet_type_without_a_meaning(number: int) -> None:
    row = record_of(encode_frame(H5Packet(number, b"\x01\x02"))).to_dict()
    assert row["type"] is None
    assert row["error"]["code"] == "unknown_packet_type"
    assert (row["payload"], row["seq"], row["kind"]) == ("0102", 0, None)


@given(st.sampled_from(sorted(DECODERS)), st.binary(max_size=40))
def test_any_payload_gives_a_row(dialect: str, payload: bytes) -> None:
    row = row_of(payload, dialect)
    assert (row["error"] is None) == (row["fields"] is not None)
    json.dumps(row)
