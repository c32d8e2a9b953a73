"""Frames as firmware reads them: a DB that waits, and a length field that does not count."""

from __future__ import annotations

import bytewise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.framing import Decoder, FirmwareDecoder, H5Packet, H5Type, encode_frame, slip
from gatts_codec.framing.decoder import MAX_PENDING

SYNC = bytes.fromhex("c0002f00d1017ec0")
EVENT = encode_frame(H5Packet(H5Type.VENDOR_SPECIFIC, b"\x02\xc0\xdb", seq=1, ack=1, reliable=True, crc=True))
STREAMS = st.lists(
    st.sampled_from([SYNC, EVENT, slip.RELEASE, b"\xc0", b"\xdb", b"\xdc", b"\xdd", EVENT[:7]])
    | st.binary(max_size=6),
    max_size=25,
).map(b"".join)


def without_what_is_dropped(stream: bytes) -> bytes:
    """The bytes that a waiting DB lets through, one after the other."""
    kept = bytearray()
    inside, body, waits = False, 0, False
    for byte in stream:
        if waits and byte not in (0xDC, 0xDD):
            continue
        waits = inside and not waits and byte == 0xDB
        kept.append(byte)
        if byte == 0xC0:
            inside, body = not (inside and body), 0
        else:
            body += inside
    return bytes(kept)


@given(STREAMS)
def test_frames_are_those_of_the_rules_byte_by_byte(stream: bytes) -> None:
    decoder = FirmwareDecoder()
    frames = decoder.feed(stream)
    kept = without_what_is_dropped(stream)
    assert [frame.raw[1:-1] for frame in frames] == bytewise.split(kept)
    assert sum(len(frame.raw) for frame in frames) + decoder.dropped + len(decoder.pending) == len(stream)
    for frame, judged in zip(frames, Decoder().feed(kept), strict=True):
        if judged.packet is not None:
            assert frame.packet == judged.packet


@given(STREAMS, st.data())
def test_any_cut_gives_the_same_frames(stream: bytes, data: st.DataObject) -> None:
    whole, pieces = FirmwareDecoder(), FirmwareDecoder()
    expected = whole.feed(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=9)))
    found = [
        frame
        for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for frame in pieces.feed(stream[start:stop])
    ]
    assert [(f.raw, f.packet) for f in found] == [(f.raw, f.packet) for f in expected]
    assert (pieces.dropped, pieces.pending, pieces.is_deaf) == (whole.dropped, whole.pending, whole.is_deaf)


@given(STREAMS)
def test_release_frees_it_whatever_came_before(stream: bytes) -> None:
    decoder = FirmwareDecoder()
    decoder.feed(stream)
    assert [frame.packet for frame in decoder.feed(slip.RELEASE + SYNC) if frame.packet][-1:] == [
        H5Packet(H5Type.LINK_CONTROL, b"\x01\x7e")
    ]


def test_memory_is_bounded_whatever_it_waits_for() -> None:
    decoder = FirmwareDecoder()
    for data in (b"\xc0\x01\xdb", bytes(10**6), b"\xc0" * 10**6, b"\xdc", bytes(10**6)):
        decoder.feed(data)
        assert len(decoder.pending) <= MAX_PENDING


def test_reset_ends_the_waiting() -> None:
    decoder = FirmwareDecoder()
    decoder.feed(b"\xc0\x01\xdb\x02")
    assert decoder.is_deaf
    decoder.reset()
    assert not decoder.is_deaf
    assert len(decoder.feed(SYNC)) == 1


def test_without_the_latch_a_lone_escape_costs_its_frame_alone() -> None:
    frames = FirmwareDecoder(latch=False).feed(b"\xc0\x01\xdb\x02\xc0" + SYNC)
    assert [frame.error.code if frame.error else None for frame in frames] == ["bad_escape", None]


# What firmware of SDK 17.1 answered, and what it dropped in silence.
@pytest.mark.parametrize(
    ("frame", "payload"),
    [
        ("c0005f00a1017ec0", "017e"),  # length field 5
        ("c0dbdc1e002200b301a59cc0", "00b301"),  # 1
        ("c0dbdc8e02b000b301753dc0", "00b301"),  # 40
        ("c0002f00d2017ec0", None),  # header checksum
        ("c0dbdc3e000200b301e29ec0", None),  # CRC
        ("c00102c0", None),
        ("c0401f00a101c0", None),  # a CRC, and one byte for it
        ("c0dbdc8e02b000b301743dc0", None),  # length and CRC
        ("c0dbdc8e02b100b301753dc0", None),  # length and header checksum
    ],
)
def test_only_checksums_count(frame: str, payload: str | None) -> None:
    (found,) = FirmwareDecoder().feed(bytes.fromhex(frame))
    assert (found.payload.hex() if found.payload is not None else None) == payload
    assert (found.error is None) == (payload is not None)
