"""annotate: which bytes each field takes. Every byte of a packet belongs to exactly one field, flag or count."""

from __future__ import annotations

import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import ODD_VALUES, Layout, any_layout, many, mutated, of_record

from gatts_codec.codec import Codec
from gatts_codec.errors import DecodeError, EncodeError
from gatts_codec.schema.message import Message, Packet
from gatts_codec.schema.stream import Span

HEAD_BYTES = {"command": 1, "response": 1, "event": 2}


@many
@given(layout=any_layout, choose=st.data())
def test_spans_cover_a_packet_exactly_once(layout: Layout, choose: st.DataObject) -> None:
    codec, message = Codec(layout.dialect), choose.draw(of_record(layout.record))
    body = codec.encode(message)
    spans = codec.annotate(layout.kind, body)
    assert check_adjoining(spans, HEAD_BYTES[layout.kind]) == len(body)
    for span in spans:
        check_value(span, body, message)


def check_adjoining(spans: list[Span], start: int) -> int:
    """Spans follow one another without gap or overlap; those that share bytes share out their bits. Returns the end."""
    for (first, last), group in groupby(spans, key=lambda span: (span.start, span.stop)):
        sharing = list(group)
        assert first == start
        start = last
        if sharing[0].bits is None:
            assert len(sharing) == 1 or first == last
            continue
        taken = [bit for span in sharing if span.bits for bit in range(span.bits[0], sum(span.bits))]
        assert taken == list(range(len(taken)))
        assert len(taken) <= 8 * (last - first)
    return start


def check_value(span: Span, body: bytes, message: Packet) -> None:
    raw = body[span.start : span.stop]
    if isinstance(span.value, bytes):
        assert raw == span.value
    elif span.bits:
        low, width = span.bits
        assert int.from_bytes(raw, "little") >> low & (1 << width) - 1 == span.value
    else:
        assert int.from_bytes(raw, "little", signed=span.value < 0) == span.value  # type: ignore[operator]
    if " (" not in span.path:
        assert field_at(message, span.path) == span.value


def field_at(message: object, path: str) -> object:
    for name, position in re.findall(r"(\w+)|\[(\d+)\]", path):
        if isinstance(message, tuple):
            message = message[int(position)]
        else:
            assert isinstance(message, Message)
            message = getattr(message, name)
    return message


@many
@given(layout=any_layout, choose=st.data())
def test_spans_of_a_broken_packet_end_at_the_fault(layout: Layout, choose: st.DataObject) -> None:
    codec = Codec(layout.dialect)
    valid = codec.encode(choose.draw(of_record(layout.record)))
    body = choose.draw(mutated(valid, HEAD_BYTES[layout.kind]))
    end = check_adjoining(codec.annotate(layout.kind, body), HEAD_BYTES[layout.kind])
    try:
        getattr(codec, f"decode_{layout.kind}")(body)
    except DecodeError as error:
        fault = error.offset
    else:
        assert end == len(body)
        return
    assert min(fault, len(body)) <= end + 1 <= len(body) + 1


def test_the_paths_of_one_packet() -> None:
    body = bytes.fromhex("a4 ffff 0d00 01 0000 0100 01 64")
    assert [
        (span.path, body[span.start : span.stop].hex())
        for span in Codec("sd_api_v5").annotate("command", body)
    ] == [
        ("conn_handle", "ffff"),
        ("handle", "0d00"),
        ("value (present)", "01"),
        ("value.offset", "0000"),
        ("value.len", "0100"),
        ("value.value (present)", "01"),
        ("value.value", "64"),
    ]


def test_no_packet_has_no_spans() -> None:
    codec = Codec("sd_api_v5")
    assert (
        codec.annotate("command", b"")
        == codec.annotate("event", b"\x50")
        == codec.annotate("command", b"\x00")
        == []
    )


@pytest.mark.parametrize("kind", ["", "reply", "Command"])
def test_an_unknown_kind_is_refused(kind: str) -> None:
    with pytest.raises(EncodeError, match="a kind is command, response or event"):
        Codec("sd_api_v5").annotate(kind, b"")


NO_BYTES = sorted(
    set(ODD_VALUES)
    - {"no bytes", "513 bytes", *(name for name in ODD_VALUES if "view" in name)}
    - {"a bytearray"}
)


@pytest.mark.parametrize("odd", [*NO_BYTES, "a released view"])
def test_what_is_no_bytes_is_no_packet(odd: str) -> None:
    codec = Codec("sd_api_v5")
    decoders = (codec.decode_command, codec.decode_response, codec.decode_event, codec.unpack)
    for decode in (*decoders, lambda body: codec.annotate("event", body)):
        with pytest.raises(DecodeError, match="expected bytes, got"):
            decode(ODD_VALUES[odd])
