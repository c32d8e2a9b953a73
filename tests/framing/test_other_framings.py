"""All framings behind one interface; COBS and length framing in particular."""

from __future__ import annotations

import bytewise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.errors import EncodeError, FramingError
from gatts_codec.framing import FRAMINGS, AnyFrame, StreamDecoder, cobs, framing_named, length

NAMES = sorted(FRAMINGS)
PAYLOADS = st.binary(min_size=1, max_size=40) | st.binary(min_size=250, max_size=530)


def shown(frames: list[AnyFrame]) -> list[tuple[bytes, bytes | None, str | None]]:
    return [(frame.raw, frame.payload, frame.error.code if frame.error else None) for frame in frames]


def feed_in(decoder: StreamDecoder, stream: bytes, chunk: int) -> list[AnyFrame]:
    return [frame for at in range(0, len(stream), chunk) for frame in decoder.feed(stream[at : at + chunk])]


@pytest.mark.parametrize("name", NAMES)
@given(payloads=st.lists(PAYLOADS, max_size=5))
def test_payloads_come_out_as_they_went_in(name: str, payloads: list[bytes]) -> None:
    framing = framing_named(name)
    frames = [framing.encode(payload) for payload in payloads]
    decoded = list(framing.decoder().feed(b"".join(frames)))
    assert [frame.payload for frame in decoded] == payloads
    assert [frame.raw for frame in decoded] == frames


@pytest.mark.parametrize("name", NAMES)
@given(
    stream=st.lists(st.binary(max_size=8) | st.just(b"\x00") | st.just(bytes(30)), max_size=20).map(b"".join)
)
def test_any_cut_gives_the_same_and_no_byte_is_lost(name: str, stream: bytes) -> None:
    whole, cut = framing_named(name).decoder(), framing_named(name).decoder()
    frames = list(whole.feed(stream))
    assert shown(feed_in(cut, stream, 1)) == shown(frames)
    assert (cut.dropped, cut.pending) == (whole.dropped, whole.pending)
    assert sum(len(frame.raw) for frame in frames) + whole.dropped + len(whole.pending) == len(stream)
    whole.reset()
    assert (whole.dropped, whole.pending) == (0, b"")


def test_unknown_framing_lists_the_known() -> None:
    with pytest.raises(EncodeError, match=r"h5, length, cobs, cobs\+crc16") as caught:
        framing_named("slip")
    assert (caught.value.path, caught.value.value) == ("framing", "slip")


@pytest.mark.parametrize(
    ("payload", "frame"),
    [("0011", "0102" + "1100"), ("112233", "0411223300"), ("", "0100"), ("00", "010100")],
)
def test_cobs_frames(payload: str, frame: str) -> None:
    assert cobs.encode(bytes.fromhex(payload), crc=False).hex() == frame
    assert cobs.decode(bytes.fromhex(frame)[:-1], crc=False).hex() == payload


def test_cobs_crc_is_that_of_h5_little_endian() -> None:
    number = bytewise.crc16(b"123456789")
    assert cobs.encode(b"123456789") == cobs.encode(
        b"123456789" + bytes([number & 0xFF, number >> 8]), crc=False
    )


@pytest.mark.parametrize(
    ("stream", "codes"),
    [
        ("0000" + "0411223300", [None]),
        ("00000000", []),
        ("05112200" + "0411223300", ["bad_cobs", None]),
    ],
)
def test_cobs_stream(stream: str, codes: list[str | None]) -> None:
    frames = cobs.Decoder(crc=False).feed(bytes.fromhex(stream))
    assert [frame.error.code if frame.error else None for frame in frames] == codes


def test_a_cobs_frame_that_carries_nothing() -> None:
    assert cobs.encode(b"").hex() == "03ffff00"
    assert cobs.decode(bytes.fromhex("03ffff")) == b""


@pytest.mark.parametrize(
    ("body", "code", "offset", "data", "reason"),
    [
        ("051122", "bad_cobs", 0, "051122", "not enough"),
        ("0211", "short_frame", 1, "11", "1 bytes are too few for a CRC"),
        ("041122ff", "crc", 1, "1122ff", "CRC is 0xff22, should be 0xe3e0"),
    ],
)
def test_what_is_wrong_with_a_cobs_frame(body: str, code: str, offset: int, data: str, reason: str) -> None:
    with pytest.raises(FramingError, match=reason) as caught:
        cobs.decode(bytes.fromhex(body))
    error = caught.value
    assert (error.layer, error.code, error.offset, error.data.hex()) == ("cobs", code, offset, data)


def test_cobs_crc_faults() -> None:
    frame = bytearray(cobs.encode(b"payload"))
    frame[3] ^= 1
    frames = cobs.Decoder().feed(bytes(frame) + b"\x02\x11\x00" + cobs.encode(b"payload"))
    assert [frame.error.code if frame.error else None for frame in frames] == ["crc", "short_frame", None]


@pytest.mark.parametrize("chunk", [1, 1000, 10**6])
def test_cobs_garbage_is_one_bad_frame_in_bounded_memory(chunk: int) -> None:
    stream = b"\x00" + b"\x55" * 3 * cobs.MAX_PENDING + b"\x00" + cobs.encode(b"payload")
    decoder = cobs.Decoder()
    frames = feed_in(decoder, stream, chunk)
    assert [frame.error.code if frame.error else None for frame in frames] == ["length_mismatch", None]
    assert len(frames[0].raw) == cobs.MAX_PENDING
    assert decoder.dropped == 2 + 2 * cobs.MAX_PENDING
    error = frames[0].error
    assert error is not None
    assert (error.offset, error.data) == (cobs.MAX_PENDING, frames[0].raw)
    assert "longer than any frame" in str(error)


def test_cobs_decoder_takes_frames_again_after_a_reset_in_garbage() -> None:
    decoder = cobs.Decoder()
    decoder.feed(b"\x55" * (cobs.MAX_PENDING + 1))
    decoder.reset()
    assert [frame.payload for frame in decoder.feed(cobs.encode(b"payload"))] == [b"payload"]


def test_largest_cobs_payload() -> None:
    payload = b"\x55" * 4095
    assert [frame.payload for frame in cobs.Decoder().feed(cobs.encode(payload))] == [payload]
    with pytest.raises(EncodeError, match=r"length must be 0\.\.4095, not 4096") as caught:
        cobs.encode(payload + b"\x55")
    assert (caught.value.path, caught.value.packet) == ("payload", "COBS frame")


def test_length_frames() -> None:
    assert length.encode(b"\x00\x66\x01").hex() == "0300006601"
    assert length.encode(bytes(0xFFFF)) == b"\xff\xff" + bytes(0xFFFF)
    for wrong in (b"", bytes(0x10000)):
        with pytest.raises(EncodeError, match=rf"length must be 1\.\.65535, not {len(wrong)}") as caught:
            length.encode(wrong)
        assert (caught.value.path, caught.value.packet) == ("payload", "length frame")


def test_length_frames_however_the_stream_is_cut_in_two() -> None:
    stream = b"".join(length.encode(payload) for payload in (b"a", b"b", b"cd", b"e"))
    for cut in range(len(stream)):
        decoder = length.Decoder()
        frames = decoder.feed(stream[:cut]) + decoder.feed(stream[cut:])
        assert [frame.payload for frame in frames] == [b"a", b"b", b"cd", b"e"]


def test_the_longest_length_frame() -> None:
    payload = bytes(256)
    (frame,) = length.Decoder(max_payload=256).feed(length.encode(payload))
    assert frame.payload == payload
    (frame,) = length.Decoder(max_payload=255).feed(length.encode(payload))
    error = frame.error
    assert error is not None
    assert (error.layer, error.code, error.data) == ("length", "length_mismatch", b"\x00\x01")
    assert "a length of 256, not 1..255" in str(error)


@pytest.mark.parametrize("chunk", [1, 150, 10**6])
def test_length_out_of_range_is_a_bad_frame_and_is_stepped_over(chunk: int) -> None:
    stream = b"\x00\x00" + (300).to_bytes(2, "little") + bytes(300) + length.encode(b"payload")
    decoder = length.Decoder(max_payload=256)
    frames = feed_in(decoder, stream, chunk)
    assert shown(frames) == [
        (b"\x00\x00", None, "length_mismatch"),
        (b"\x2c\x01", None, "length_mismatch"),
        (length.encode(b"payload"), b"payload", None),
    ]
    assert decoder.dropped == 300
