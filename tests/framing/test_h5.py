"""H5: header, checksum, CRC, and the order in which faults are found."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any

import bytewise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.errors import EncodeError, FramingError
from gatts_codec.framing import H5Packet, H5Type, decode_frame, encode_frame, h5

PACKETS = st.builds(
    H5Packet,
    type=st.integers(0, 15),
    payload=st.binary(max_size=40) | st.binary(min_size=500, max_size=530),
    seq=st.integers(0, 7),
    ack=st.integers(0, 7),
    reliable=st.booleans(),
    crc=st.booleans(),
)

WIRE_TABLE = {
    "c0000500fbc0": H5Packet(H5Type.RESET),
    "c0002f00d1017ec0": H5Packet(H5Type.LINK_CONTROL, b"\x01\x7e"),
    "c0002f00d1027dc0": H5Packet(H5Type.LINK_CONTROL, b"\x02\x7d"),
    "c0003f00c103fc11c0": H5Packet(H5Type.LINK_CONTROL, b"\x03\xfc\x11"),
    "c0003f00c1047b11c0": H5Packet(H5Type.LINK_CONTROL, b"\x04\x7b\x11"),
    "c0080000f8c0": H5Packet(H5Type.ACK, ack=1),
    "c0dbdd3e00e70065019965c0": H5Packet(
        H5Type.VENDOR_SPECIFIC, b"\x00\x65\x01", seq=3, ack=3, reliable=True, crc=True
    ),
    "c0910e016001a50000000001000004000100010203c0": H5Packet(
        H5Type.VENDOR_SPECIFIC, bytes.fromhex("01a50000000001000004000100010203"), seq=1, ack=2, reliable=True
    ),
}


@pytest.mark.parametrize(("frame", "packet"), WIRE_TABLE.items())
def test_frames_seen_on_the_wire(frame: str, packet: H5Packet) -> None:
    assert encode_frame(packet).hex() == frame
    assert decode_frame(bytes.fromhex(frame)) == packet


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ("017e", "SYNC"),
        ("027d", "SYNC_RSP"),
        ("03fc11", "CONFIG"),
        ("03fc", "CONFIG"),
        ("047b11", "CONFIG_RSP"),
        ("05fa", "WAKEUP"),
        ("06f9", "WOKEN"),
        ("0778", "SLEEP"),
        ("017e00", None),
        ("017d", None),
        ("01", None),
        ("", None),
    ],
)
def test_link_control_names(payload: str, name: str | None) -> None:
    assert H5Packet(15, bytes.fromhex(payload)).link == name
    assert H5Packet(14, bytes.fromhex(payload)).link is None


def test_type_names() -> None:
    assert [H5Packet(number).type_name for number in (0, 5, 6, 13, 14)] == [
        "ACK",
        "RESET",
        "UNKNOWN_6",
        "UNKNOWN_13",
        "VENDOR_SPECIFIC",
    ]


@given(PACKETS)
def test_encode_equals_the_rules_byte_by_byte(packet: H5Packet) -> None:
    frame = encode_frame(packet)
    assert frame == bytewise.encode_frame(*dataclasses.astuple(packet))
    decoded = decode_frame(frame)
    assert decoded == packet
    assert type(decoded) is H5Packet
    assert hash(decoded) == hash(packet)


@given(PACKETS, st.data())
def test_decode_equals_the_rules_byte_by_byte(packet: H5Packet, data: st.DataObject) -> None:
    body = bytearray(encode_frame(packet)[1:-1])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.binary(max_size=2).filter(lambda b: 0xC0 not in b)
        )
        if not body:
            return
    frame = b"\xc0" + bytes(body) + b"\xc0"
    try:
        expected: object = bytewise.decode_body(bytes(body))
    except bytewise.BadFrame as bad:
        expected = bad.code
    assert outcome(frame) == expected


def outcome(frame: bytes) -> object:
    """The packet's fields, or the code of the error."""
    try:
        return dataclasses.astuple(decode_frame(frame))
    except FramingError as error:
        return error.code


@given(st.binary(max_size=64), st.sampled_from([h5.decode, decode_frame]))
def test_any_bytes_give_a_packet_or_a_framing_error(data: bytes, decode: Callable[[bytes], H5Packet]) -> None:
    with contextlib.suppress(FramingError):
        assert isinstance(decode(data), H5Packet)


def test_check_value_of_the_crc() -> None:
    assert bytewise.crc16(b"123456789") == bytewise.crc16_by_table(b"123456789") == 0x29B1
    assert h5.encode(H5Packet(14, b"123456789", crc=True))[-2:] == bytewise.crc16(
        h5.encode(H5Packet(14, b"123456789", crc=True))[:-2]
    ).to_bytes(2, "little")


# Each frame has the fault named and every later one too: the first in this order is the one reported.
@pytest.mark.parametrize(
    ("frame", "layer", "code", "offset"),
    [
        ("c0db01ffc0", "slip", "bad_escape", 0),
        ("c0ffffffc0", "h5", "short_frame", 3),
        ("c0ffffffff00c0", "h5", "length_mismatch", 1),
        ("c0000500ffc0", "h5", "header_checksum", 3),
        ("c0483e00ff00660000c0", "h5", "length_mismatch", 1),
        ("c0483e00ff0066010000c0", "h5", "header_checksum", 3),
        ("c0483e007a0066010000c0", "h5", "crc", 7),
        ("c0c0", "h5", "short_frame", 0),
        ("000500fbc0", "slip", "short_frame", 0),
        ("c0000500fb", "slip", "short_frame", 0),
        ("c0", "slip", "short_frame", 0),
    ],
)
def test_first_fault_is_the_one_reported(frame: str, layer: str, code: str, offset: int) -> None:
    with pytest.raises(FramingError) as caught:
        decode_frame(bytes.fromhex(frame))
    assert (caught.value.layer, caught.value.code, caught.value.offset) == (layer, code, offset)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("ffffff", "a frame has at least 4 bytes, this one 3"),
        ("483e00ff00660000", "by its header the frame has 9 bytes, there are 8"),
        ("083e00ff006600", "header checksum is ff, should be ba"),
        ("483e007a0066013412", "CRC is 0x1234, should be 0x8bd3"),
    ],
)
def test_a_fault_is_told_with_its_numbers_and_its_bytes(data: str, reason: str) -> None:
    with pytest.raises(FramingError, match=reason) as caught:
        h5.decode(bytes.fromhex(data))
    assert caught.value.data == bytes.fromhex(data)


def test_a_frame_without_its_c0_is_shown() -> None:
    with pytest.raises(FramingError, match="0: a frame begins and ends with C0\n") as caught:
        decode_frame(b"\x00\x05\x00\xfb")
    assert caught.value.data == b"\x00\x05\x00\xfb"


@pytest.mark.parametrize(
    ("fields", "path", "reason"),
    [
        ({"type": 16}, "type", "type must be 0..15, not 16"),
        ({"type": -1}, "type", "type must be 0..15, not -1"),
        ({"seq": 8}, "seq", "seq must be 0..7, not 8"),
        ({"ack": 8}, "ack", "ack must be 0..7, not 8"),
        ({"payload": bytes(4096)}, "payload", "length must be 0..4095, not 4096"),
    ],
)
def test_fields_out_of_range(fields: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(EncodeError, match=reason) as caught:
        encode_frame(dataclasses.replace(H5Packet(14), **fields))
    (value,) = fields.values()
    assert (caught.value.path, caught.value.packet) == (path, "H5")
    assert caught.value.value == (len(value) if path == "payload" else value)


@pytest.mark.parametrize("fields", [{"seq": None}, {"payload": "text"}, {"payload": None}, {"ack": []}])
def test_fields_of_a_wrong_type(fields: dict[str, Any]) -> None:
    packet = dataclasses.replace(H5Packet(14), **fields)
    with pytest.raises(EncodeError, match="a field has the wrong type") as caught:
        encode_frame(packet)
    assert (caught.value.value, caught.value.packet) == (packet, "H5")


def test_largest_payload() -> None:
    packet = H5Packet(14, bytes([0xC0]) * 4095, seq=7, ack=7, reliable=True, crc=True)
    assert decode_frame(encode_frame(packet)) == packet
