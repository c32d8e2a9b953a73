"""SLIP: escapes and nothing but escapes."""

from __future__ import annotations

import bytewise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.errors import FramingError
from gatts_codec.framing import slip

# Mostly the bytes that matter to SLIP.
SHORT = st.lists(st.sampled_from([0xC0, 0xDB, 0xDC, 0xDD]) | st.integers(0, 255), max_size=60).map(bytes)
# Long bodies with few such bytes take another way through the code.
LONG = st.lists(SHORT | st.just(bytes(200)), max_size=8).map(b"".join)
SLIP_BYTES = SHORT | LONG


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        ("", "c0c0"),
        ("c0", "c0dbdcc0"),
        ("db", "c0dbddc0"),
        ("dbdc", "c0dbdddcc0"),
        ("dbdddc", "c0dbdddddcc0"),
        ("c03e00020066013174", "c0dbdc3e00020066013174c0"),
    ],
)
def test_frames_as_seen_on_the_wire(data: str, frame: str) -> None:
    assert slip.encode(bytes.fromhex(data)).hex() == frame
    assert slip.decode(bytes.fromhex(frame)[1:-1]).hex() == data


@given(SLIP_BYTES)
def test_encode_equals_the_rules_byte_by_byte(data: bytes) -> None:
    frame = slip.encode(data)
    assert frame == bytewise.slip_encode(data)
    assert slip.decode(frame[1:-1]) == data


@given(SLIP_BYTES)
def test_decode_equals_the_rules_byte_by_byte(body: bytes) -> None:
    try:
        expected = bytewise.slip_decode(body)
    except bytewise.BadFrame:
        with pytest.raises(FramingError) as caught:
            slip.decode(body)
        assert (caught.value.layer, caught.value.code, caught.value.data) == ("slip", "bad_escape", body)
    else:
        assert slip.decode(body) == expected


@pytest.mark.parametrize(
    ("body", "offset", "reason"),
    [
        ("01db02", 1, "DB must be followed by DC or DD, found 02"),
        ("dbdcdb", 2, "DB must be followed by DC or DD, found the end of the frame"),
        ("01dbdd02dbdc03db0405dbdb", 7, "DB must be followed by DC or DD, found 04"),
        ("00" * 100 + "db02", 100, "DB must be followed by DC or DD, found 02"),
        ("00" * 100 + "db", 100, "DB must be followed by DC or DD, found the end of the frame"),
        ("dbdddbc0", 3, "a C0 inside a frame: only DB DC may stand for it"),
        ("dbdbdc", 0, "DB must be followed by DC or DD, found DB"),
        ("00c0c0", 1, "a C0 inside a frame: only DB DC may stand for it"),
    ],
)
def test_bad_escape_says_where_and_what(body: str, offset: int, reason: str) -> None:
    with pytest.raises(FramingError, match=f"offset {offset}: {reason}\n") as caught:
        slip.decode(bytes.fromhex(body))
    assert (caught.value.layer, caught.value.code) == ("slip", "bad_escape")
    assert (caught.value.offset, caught.value.data) == (offset, bytes.fromhex(body))
