"""The streaming decoder: noise, faults, any cut of the stream, bounded memory."""

from __future__ import annotations

import bytewise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.framing import Decoder, Frame, H5Packet, H5Type, decode_frame, encode_frame
from gatts_codec.framing.decoder import MAX_PENDING

ACK1 = encode_frame(H5Packet(H5Type.ACK, ack=1))
EVENT = encode_frame(
    H5Packet(H5Type.VENDOR_SPECIFIC, b"\x02\x50\x00\xc0\xdb", seq=1, ack=1, reliable=True, crc=True)
)
SYNC = encode_frame(H5Packet(H5Type.LINK_CONTROL, b"\x01\x7e"))

STREAMS = st.lists(
    st.sampled_from([ACK1, EVENT, SYNC, b"\xc0", b"\xdb", EVENT[:7], b"\xc0\x01\x02\xc0"])
    | st.binary(max_size=6),
    max_size=25,
).map(b"".join)


def codes(frames: list[Frame]) -> list[str | None]:
    return [frame.error.code if frame.error else None for frame in frames]


@given(STREAMS)
def test_frames_are_those_of_the_rules_byte_by_byte(stream: bytes) -> None:
    frames = Decoder().feed(stream)
    assert [frame.raw[1:-1] for frame in frames] == bytewise.split(stream)
    for frame in frames:
        assert (frame.packet is None) != (frame.error is None)
        if frame.packet is None:
            assert frame.payload is None
        else:
            assert decode_frame(frame.raw) == frame.packet
            assert frame.payload == frame.packet.payload


@given(STREAMS, st.data())
def test_any_cut_gives_the_same_frames(stream: bytes, data: st.DataObject) -> None:
    whole, bytewise_fed, pieces = Decoder(), Decoder(), Decoder()
    expected = whole.feed(stream)
    one_by_one = [frame for at in range(len(stream)) for frame in bytewise_fed.feed(stream[at : at + 1])]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    in_pieces = [
        frame
        for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for frame in pieces.feed(stream[start:stop])
    ]
    for frames, decoder in ((one_by_one, bytewise_fed), (in_pieces, pieces)):
        assert [(f.raw, f.packet) for f in frames] == [(f.raw, f.packet) for f in expected]
        assert codes(frames) == codes(expected)
        assert (decoder.dropped, decoder.pending) == (whole.dropped, whole.pending)


@pytest.mark.parametrize("frame", [ACK1, EVENT])
@pytest.mark.parametrize("before", [b"", b"\xc0", b"\xc0\x01", ACK1, ACK1[:-1]])
def test_a_frame_that_comes_by_itself_is_what_it_is_behind_what_came_before(
    before: bytes, frame: bytes
) -> None:
    whole, decoder = Decoder(), Decoder()
    expected = whole.feed(before + frame + ACK1)
    frames = decoder.feed(before) + decoder.feed(frame) + decoder.feed(ACK1)
    assert [(f.raw, f.packet) for f in frames] == [(f.raw, f.packet) for f in expected]
    assert (decoder.dropped, decoder.pending) == (whole.dropped, whole.pending)


@given(STREAMS)
def test_every_byte_is_accounted_for(stream: bytes) -> None:
    decoder = Decoder()
    frames = decoder.feed(stream)
    assert sum(len(frame.raw) for frame in frames) + decoder.dropped + len(decoder.pending) == len(stream)


@pytest.mark.parametrize(
    ("noise", "good_frames"),
    [
        (b"", 3),
        (b"\x00\xff\x55\xaa\xdb\x01", 3),
        (b"\xc0", 3),
        (b"\xc0\xc0\xc0", 3),
        (b"\x11\xc0\x22\x33", 2),
        (EVENT[:9], 2),
    ],
)
def test_noise_costs_the_next_frame_at_most(noise: bytes, good_frames: int) -> None:
    frames = Decoder().feed(noise + EVENT * 3)
    assert [frame.raw for frame in frames if frame.packet] == [EVENT] * good_frames


@pytest.mark.parametrize("chunk", [1, 1000, 10**6])
def test_endless_garbage_is_one_bad_frame_in_bounded_memory(chunk: int) -> None:
    garbage = b"\xc0" + bytes(3 * MAX_PENDING)
    decoder = Decoder()
    frames = decoder.feed(b"noise")
    for at in range(0, len(garbage), chunk):
        frames += decoder.feed(garbage[at : at + chunk])
        assert len(decoder.pending) <= MAX_PENDING
    assert codes(frames) == ["length_mismatch"]
    assert frames[0].raw == garbage[:MAX_PENDING]
    assert decoder.dropped == len(b"noise" + garbage) - MAX_PENDING
    assert codes(decoder.feed(EVENT)) == [None]


def test_a_frame_longer_than_any_is_told_with_its_bytes() -> None:
    (frame,) = Decoder().feed(b"\xc0" + bytes(MAX_PENDING))
    error = frame.error
    assert error is not None
    assert (error.layer, error.offset, error.data) == ("h5", MAX_PENDING, frame.raw)
    assert "longer than any frame" in str(error)


@pytest.mark.parametrize("extra", [-1, 0, 1])
@pytest.mark.parametrize("chunk", [1, 10**6])
def test_the_largest_frame_is_taken_and_a_larger_one_is_not(extra: int, chunk: int) -> None:
    stream = b"\xc0" + b"\x01" * (MAX_PENDING - 1 + extra) + b"\xc0" + ACK1
    decoder = Decoder()
    frames = [frame for at in range(0, len(stream), chunk) for frame in decoder.feed(stream[at : at + chunk])]
    assert codes(frames) == ["length_mismatch", None]
    assert frames[0].raw.endswith(b"\xc0") == (extra <= 0)


def test_reset_forgets_the_unfinished_frame() -> None:
    decoder = Decoder()
    decoder.feed(b"noise" + EVENT[:5])
    assert (decoder.dropped, decoder.pending) == (5, EVENT[:5])
    decoder.reset()
    assert (decoder.dropped, decoder.pending) == (0, b"")
    assert codes(decoder.feed(EVENT)) == [None]


def test_feed_takes_what_ports_return() -> None:
    assert codes(Decoder().feed(bytearray(EVENT))) == codes(Decoder().feed(memoryview(EVENT))) == [None]
