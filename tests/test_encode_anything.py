"""Whatever stands in a field, encode gives bytes or an EncodeError that names the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    ODD_VALUES,
    Layout,
    any_dialect,
    any_layout,
    any_path,
    many,
    messages,
    of_record,
    with_field,
)

from gatts_codec.codec import Codec
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import EncodeError
from gatts_codec.packets.gatts.value_set import Value, ValueSet
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import FROM_DATA, Message, Packet
from gatts_codec.schema.structs import Uuid


def refusal(codec: Codec, message: Packet) -> EncodeError | None:
    """Why a message is refused; None where it encodes, and then decodes again."""
    try:
        body = codec.encode(message)
    except EncodeError as error:
        return error
    decoded = getattr(codec, f"decode_{message.kind}")(body)
    assert codec.encode(decoded) == body
    return None


@many
@given(layout=any_layout, choose=st.data())
def test_an_odd_value_is_encoded_or_refused_by_name(layout: Layout, choose: st.DataObject) -> None:
    codec, message = Codec(layout.dialect), choose.draw(of_record(layout.record))
    path = choose.draw(any_path(message))
    odd = choose.draw(st.sampled_from(sorted(ODD_VALUES)))
    error = refusal(codec, with_field(message, path, ODD_VALUES[odd]))
    if error is not None:
        assert _concerns(error.path, path), f"{odd} in {path}: {error}"
        assert error.packet == f"{layout.name} {layout.kind}"
        assert error.dialect == layout.dialect
        assert len(str(error)) < 300


def _concerns(named: str, path: str) -> bool:
    """The field itself, one inside or around it, or one beside it, which hangs on it (a length, a result)."""
    parent = path.rpartition(".")[0]
    return bool(named) and (named.startswith(f"{parent}." if parent else "") or path.startswith(named))


@many
@given(layout=any_layout, choose=st.data())
def test_a_wrong_type_is_refused_in_the_field_itself(layout: Layout, choose: st.DataObject) -> None:
    message = choose.draw(of_record(layout.record))
    path = choose.draw(any_path(message))
    error = refusal(Codec(layout.dialect), with_field(message, path, "text"))
    assert error is not None
    if error.reason.startswith("is None, but"):  # data that stands without its length: the length is named
        assert path.endswith(error.reason.split()[3])
        return
    assert error.path == path
    assert error.value == "text"
    assert "'text'" in str(error)


@many
@given(dialect=any_dialect, choose=st.data())
def test_a_message_of_another_dialect_is_refused_or_its_own(dialect: str, choose: st.DataObject) -> None:
    codec = Codec(dialect)
    other = choose.draw(st.sampled_from(list(DIALECTS)))
    message = choose.draw(messages(other))
    if type(message) in codec.message_classes():
        refusal(codec, message)
    else:
        with pytest.raises(EncodeError, match=f"{dialect} has no {type(message).__name__}"):
            codec.encode(message)


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_what_is_no_message_is_refused(odd: str) -> None:
    codec = Codec("sd_api_v5")
    for give in (codec.encode, codec.pack, codec.opcode):
        with pytest.raises(EncodeError, match="sd_api_v5 has no"):
            give(ODD_VALUES[odd])


def test_a_structure_is_no_packet() -> None:
    with pytest.raises(EncodeError, match="sd_api_v5 has no Uuid"):
        Codec("sd_api_v5").pack(Uuid(1, 1))  # type: ignore[arg-type]


def test_the_dialects_own_class_is_named() -> None:
    message = WriteEvent(0, 1, Uuid(0x2A19), 1, 0, 0, b"")
    with pytest.raises(EncodeError, match="s110_v8 has no WriteEvent; its write is WriteEventV1"):
        Codec("s110_v8").encode(message)


@pytest.mark.parametrize(
    "value", [bytearray(b"\x01\x02"), memoryview(b"\x01\x02"), memoryview(b"\x01x\x02")[::2]]
)
def test_bytes_may_be_any_buffer_of_bytes(value: object) -> None:
    message = ValueSet(1, 2, Value(value))  # type: ignore[arg-type]
    assert Codec("sd_api_v5").encode(message) == bytes.fromhex("a4 0100 0200 01 0000 0200 01 0102")


@pytest.mark.parametrize("name", ["a bytearray", "a view", "a view of wider items"])
def test_an_omitted_length_counts_bytes(name: str) -> None:
    value = ODD_VALUES[name]
    assert Value(value).len == len(bytes(value))


FIELDS = {"packet_type": 0, "kind": "command", "group": "gap", "opcode": 0x70, "data": b"\x01"}


@pytest.mark.parametrize("odd", ODD_VALUES)
@pytest.mark.parametrize("field", FIELDS)
def test_an_odd_opaque_packet_is_packed_or_refused_by_name(field: str, odd: str) -> None:
    codec, message = Codec("sd_api_v5"), Opaque(**{**FIELDS, field: ODD_VALUES[odd]})
    try:
        payload = codec.pack(message)
    except EncodeError as error:
        named = error.path
    else:
        assert codec.encode(message) == payload[1:]
        return
    assert named == field or (field, named) == ("packet_type", "opcode")


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (Opaque(0, "command", "gap", None, b""), "opcode"),
        (Opaque(2, "event", "gap", 0x10000, b""), "opcode"),
        (Opaque(0, "command", "gap", 0x100, b""), "opcode"),
        (Opaque(3, "dtm_command", "unknown", 0, b""), "opcode"),
        (Opaque(256, "unknown", "unknown", None, b""), "packet_type"),
        (Opaque(0, "command", "gap", 0x70, 3), "data"),  # type: ignore[arg-type]
    ],
)
def test_an_opaque_packet_that_cannot_travel_is_refused(message: Opaque, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        Codec("sd_api_v5").pack(message)
    assert caught.value.path == path
    assert caught.value.packet == "opaque packet"


LENGTHS = {
    "disagrees": (Value(b"abc", len=2), "value.len", "says 2, but value has 3 bytes"),
    "None beside data": (Value(b"abc", len=None), "value.len", "says None, but value has 3 bytes"),  # type: ignore[arg-type]
    "None alone": (Value(None, len=None), "value.len", "expected an integer 0..65535, got None"),  # type: ignore[arg-type]
    "over 512 alone": (Value(None, len=513), "value.len", "513 is over the longest value, 512 bytes"),
    "513 bytes": (Value(bytes(513)), "value.value", "513 bytes are over the longest value, 512"),
}


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("dialect", ["s110_v8", "sd_api_v7"])
def test_lengths_and_data_that_disagree_are_refused(dialect: str, name: str) -> None:
    value, path, reason = LENGTHS[name]
    with pytest.raises(EncodeError, match=reason) as caught:
        Codec(dialect).encode(ValueSet(1, 2, value))
    assert caught.value.path == path


@pytest.mark.parametrize("cls", [Message, Packet])
def test_the_base_classes_are_no_packets(cls: type[Message]) -> None:
    with pytest.raises(EncodeError):
        Codec("sd_api_v5").encode(cls())  # type: ignore[arg-type]


def test_from_data_never_stays_in_a_message() -> None:
    assert Value(None, len=FROM_DATA).len == 0
    assert type(Value(b"abc").len) is int
