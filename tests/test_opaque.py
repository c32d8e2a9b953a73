"""Packets that nobody knows: named by group and opcode, their bytes kept. Never an error and never a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.codec import Codec
from gatts_codec.constants.table import ranges
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError, TruncatedError, UnknownOpcodeError
from gatts_codec.packets.opaque import Opaque

each_dialect = pytest.mark.parametrize("dialect", DIALECTS)
KINDS = ("command", "response", "event")


@each_dialect
def test_every_opcode_is_of_a_group_or_unknown(dialect: str) -> None:
    codec = Codec(dialect)
    own = {(cls.kind, codec.opcode(cls)) for cls in codec.message_classes()}
    for packet_type, kind in enumerate(KINDS):
        for opcode in range(256):
            payload = bytes([packet_type, opcode]) + bytes(9)
            group = _measured_group(dialect, kind, opcode)
            if group == "gatts" or (kind, opcode) in own:
                assert _is_unknown(codec, payload) == ((kind, opcode) not in own)
                continue
            head = 2 if kind == "event" else 1
            assert codec.unpack(payload) == Opaque(packet_type, kind, group, opcode, payload[1 + head :])


def _is_unknown(codec: Codec, payload: bytes) -> bool:
    try:
        found = codec.unpack(payload)
    except UnknownOpcodeError:
        return True
    except DecodeError:
        return False
    return isinstance(found, Opaque)


def _measured_group(dialect: str, kind: str, opcode: int) -> str:
    found = [group for group, numbers in ranges(dialect, kind).items() if opcode in numbers]
    return found[0] if found else "unknown"


@pytest.mark.parametrize(
    ("dialect", "payload", "expected"),
    [
        ("s110_v8", "00 6b 01", Opaque(0, "command", "common", 0x6B, b"\x01")),
        ("s110_v8", "01 61 00000000", Opaque(1, "response", "common", 0x61, bytes(4))),
        ("sd_api_v5", "02 2f00 0000", Opaque(2, "event", "gap", 0x2F, bytes(2))),
        ("sd_api_v5", "02 ff01", Opaque(2, "event", "unknown", 0x1FF, b"")),
        ("sd_api_v5", "00 00", Opaque(0, "command", "unknown", 0, b"")),
        ("sd_api_v5", "03 0102", Opaque(3, "dtm_command", "unknown", None, b"\x01\x02")),
        ("sd_api_v5", "04", Opaque(4, "dtm_response", "unknown", None, b"")),
        ("sd_api_v5", "05", Opaque(5, "reset_command", "unknown", None, b"")),
        ("sd_api_v6", "05 01", Opaque(5, "generic_command", "unknown", None, b"\x01")),
        ("sd_api_v6", "06", Opaque(6, "unknown", "unknown", None, b"")),
        ("sd_api_v6", "ff a8", Opaque(255, "unknown", "unknown", None, b"\xa8")),
    ],
)
def test_some_of_them(dialect: str, payload: str, expected: Opaque) -> None:
    found = Codec(dialect).unpack(bytes.fromhex(payload))
    assert found == expected
    assert Codec(dialect).pack(found) == bytes.fromhex(payload)


@each_dialect
@given(st.integers(0, 255), st.binary(max_size=300))
def test_opaque_packets_pack_to_the_same_bytes(dialect: str, packet_type: int, data: bytes) -> None:
    codec = Codec(dialect)
    payload = bytes([packet_type]) + data
    try:
        found = codec.unpack(payload)
    except DecodeError:
        return
    assert codec.pack(found) == payload
    if isinstance(found, Opaque):
        assert Opaque.from_dict(found.to_dict()) == found


@pytest.mark.parametrize("payload", ["", "00", "01", "02", "02 50"])
def test_too_short_for_a_number(payload: str) -> None:
    with pytest.raises(TruncatedError):
        Codec("sd_api_v5").unpack(bytes.fromhex(payload))


def test_the_result_of_a_response() -> None:
    assert Opaque(1, "response", "gap", 0x70, bytes.fromhex("0d000000 01")).result == 13
    assert Opaque(1, "response", "gap", 0x70, b"\x0d\x00\x00").result is None
    assert Opaque(0, "command", "gap", 0x70, bytes(4)).result is None


def test_opaque_packets_are_values() -> None:
    found = Opaque(0, "command", "gap", 0x70, b"\x01")
    assert hash(found) == hash(Opaque(0, "command", "gap", 0x70, b"\x01"))
    assert repr(found) == (
        "Opaque(packet_type=0, kind='command', group='gap', opcode=0x70, data=bytes.fromhex('01'))"
    )
    assert found.to_dict() == {
        "packet_type": 0,
        "kind": "command",
        "group": "gap",
        "opcode": 112,
        "data": "01",
    }


def test_decoding_a_body_of_another_group_names_the_group() -> None:
    with pytest.raises(UnknownOpcodeError, match=r"opcode 0x6b \(common group\) is no command of s110_v8"):
        Codec("s110_v8").decode_command(b"\x6b\x01")
