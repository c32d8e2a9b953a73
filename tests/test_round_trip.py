"""What is encoded decodes to the same, and what is decoded encodes to the same: every message, every dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from construct import Renamed
from hypothesis import given
from hypothesis import strategies as st
from strategies import Layout, any_dialect, any_layout, layouts, many, messages, mutated, of_record

from gatts_codec.codec import Codec
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError, EncodeError, TrailingDataError, TruncatedError
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.blocks import Trailing
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Packet
from gatts_codec.schema.record import When

each_dialect = pytest.mark.parametrize("dialect", DIALECTS)
HEAD_BYTES = {"command": 1, "response": 1, "event": 2}


def decode(codec: Codec, kind: str, body: bytes) -> Packet:
    if kind == "command":
        return codec.decode_command(body)
    return codec.decode_response(body) if kind == "response" else codec.decode_event(body)


def both(dialect: str) -> tuple[Codec, Codec]:
    return Codec(dialect), Codec(dialect, strict=False)


def attempt(codec: Codec, kind: str, body: bytes) -> Packet | DecodeError:
    try:
        return decode(codec, kind, body)
    except DecodeError as error:
        return error


@many
@given(layout=any_layout, choose=st.data())
def test_encode_then_decode(layout: Layout, choose: st.DataObject) -> None:
    message = choose.draw(of_record(layout.record))
    strict, tolerant = both(layout.dialect)
    body = strict.encode(message)
    assert tolerant.encode(message) == body
    assert decode(strict, layout.kind, body) == message
    assert decode(tolerant, layout.kind, body) == message


@many
@given(layout=any_layout, choose=st.data())
def test_decode_then_encode(layout: Layout, choose: st.DataObject) -> None:
    strict, tolerant = both(layout.dialect)
    valid = strict.encode(choose.draw(of_record(layout.record)))
    body = choose.draw(mutated(valid, HEAD_BYTES[layout.kind]))
    found, tolerated = attempt(strict, layout.kind, body), attempt(tolerant, layout.kind, body)
    if isinstance(found, Packet):
        assert strict.encode(found) == body, "strict decode then encode is the identity"
        assert tolerated == found, "tolerant takes all that strict takes, as the same"
        return
    assert found.data == body
    assert 0 <= found.offset <= len(body)
    assert found.dialect == layout.dialect
    assert found.packet == f"{layout.name} {layout.kind}"
    if isinstance(tolerated, Packet):
        check_canonical_form(strict, layout.kind, tolerated)


def check_canonical_form(codec: Codec, kind: str, message: Packet) -> None:
    """What tolerant decoding takes encodes to a form that strict takes, or cannot be encoded."""
    try:
        canonical = codec.encode(message)
    except EncodeError as error:
        refused = error.path
    else:
        assert decode(codec, kind, canonical) == message
        return
    assert refused.endswith(("vloc", "len", "init_len", "char_user_desc_size"))


@many
@given(layout=any_layout, choose=st.data())
def test_a_packet_cut_short_or_with_bytes_behind(layout: Layout, choose: st.DataObject) -> None:
    strict, tolerant = both(layout.dialect)
    message = choose.draw(of_record(layout.record))
    body = strict.encode(message)
    check_cut(strict, layout, body[: choose.draw(st.integers(0, len(body) - 1))])
    longer = body + choose.draw(st.binary(min_size=1, max_size=4))
    if any(getattr(message, name) is None for name in unannounced(layout.record, message)):
        check_same_bytes(strict, attempt(strict, layout.kind, longer), longer)
        return
    found, tolerated = attempt(strict, layout.kind, longer), attempt(tolerant, layout.kind, longer)
    assert isinstance(found, TrailingDataError)
    assert found.offset == len(body)
    assert (
        tolerated == message if layout.record.tolerates_trailing else isinstance(tolerated, TrailingDataError)
    )


def check_cut(codec: Codec, layout: Layout, cut: bytes) -> None:
    found = attempt(codec, layout.kind, cut)
    if isinstance(found, Packet):
        assert any(getattr(found, name) is None for name in unannounced(layout.record, found))
        assert codec.encode(found) == cut
    else:
        assert isinstance(found, TruncatedError)
        assert isinstance(found, EOFError)
        assert found.data == cut


def check_same_bytes(codec: Codec, found: Packet | DecodeError, body: bytes) -> None:
    assert isinstance(found, DecodeError) or codec.encode(found) == body


def unannounced(block: Any, message: Packet) -> list[str]:
    """The fields of a message that are there if any bytes are left."""
    if isinstance(block, Renamed) and isinstance(block.subcon, Trailing):
        return [block.name]
    if isinstance(block, When) and getattr(message, block.field) != block.value:
        return []
    return [name for inner in getattr(block, "members", ()) for name in unannounced(inner, message)]


@many
@given(dialect=any_dialect, choose=st.data())
def test_pack_then_unpack(dialect: str, choose: st.DataObject) -> None:
    message = choose.draw(messages(dialect))
    codec = Codec(dialect)
    payload = codec.pack(message)
    assert payload[0] == ("command", "response", "event").index(message.kind)
    assert payload[1:] == codec.encode(message)
    assert codec.unpack(payload) == message
    assert codec.unpack(memoryview(payload)) == codec.unpack(bytearray(payload)) == message


@many
@given(dialect=any_dialect, choose=st.data())
def test_to_dict_is_json_and_from_dict_its_inverse(dialect: str, choose: st.DataObject) -> None:
    message = choose.draw(messages(dialect))
    plain = message.to_dict()
    types = field_types(type(message))
    left_out = {name for name in types if types[name].later and getattr(message, name) is None}
    assert list(plain) == [name for name in types if name not in left_out]
    back = Codec(dialect).from_dict(message.kind, message.name, json.loads(json.dumps(plain)))
    assert back == message
    assert back.to_dict() == plain


@many
@given(any_dialect, st.sampled_from(["command", "response", "event"]), st.booleans(), st.data())
def test_any_bytes_give_a_message_or_an_error_of_ours(
    dialect: str, kind: str, strict: bool, choose: st.DataObject
) -> None:
    codec = Codec(dialect, strict=strict)
    heads = [
        codec.opcode(cls).to_bytes(HEAD_BYTES[kind], "little")
        for cls in codec.message_classes()
        if cls.kind == kind
    ]
    body = choose.draw(st.sampled_from([b"", *heads])) + choose.draw(st.binary(max_size=40))
    found = attempt(codec, kind, body)
    assert isinstance(found, DecodeError) or not strict or codec.encode(found) == body


@many
@given(any_dialect, st.booleans(), st.binary(max_size=12))
def test_any_payload_gives_a_message_or_an_error_of_ours(dialect: str, strict: bool, payload: bytes) -> None:
    codec = Codec(dialect, strict=strict)
    try:
        message = codec.unpack(payload)
    except DecodeError:
        return
    assert not (strict or isinstance(message, Opaque)) or codec.pack(message) == payload


@given(st.sampled_from(list(DIALECTS)), st.booleans(), st.data())
def test_another_dialects_packet_is_a_message_or_an_error_of_ours(
    other: str, strict: bool, choose: st.DataObject
) -> None:
    dialect = choose.draw(st.sampled_from(list(DIALECTS)))
    payload = Codec(dialect).pack(choose.draw(messages(dialect)))
    codec = Codec(other, strict=strict)
    try:
        message = codec.unpack(payload)
    except DecodeError:
        return
    assert not strict or codec.pack(message) == payload


@each_dialect
def test_a_body_of_another_packet_is_refused(dialect: str) -> None:
    codec = Codec(dialect)
    calls = {codec.opcode(cls) for cls in codec.message_classes() if cls.kind != "event"}
    for opcode in sorted(set(range(256)) - calls):
        for decode_body in (codec.decode_command, codec.decode_response):
            with pytest.raises(DecodeError, match=f"opcode 0x{opcode:02x}"):
                decode_body(bytes([opcode, 0, 0, 0, 0]))
    for number in set(range(0x60)) - {
        codec.opcode(cls) for cls in codec.message_classes() if cls.kind == "event"
    }:
        with pytest.raises(DecodeError, match=f"event id 0x{number:02x}"):
            codec.decode_event(bytes([number, 0, 0, 0]))


@each_dialect
def test_the_strategies_reach_every_packet(dialect: str) -> None:
    assert {layout.record.cls for layout in layouts(dialect)} == set(Codec(dialect).message_classes())
