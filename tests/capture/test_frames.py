"""Chunks to frames: directions apart, every byte accounted for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import (
    TO_DEVICE,
    TO_HOST,
    CapturedFrame,
    Chunk,
    Direction,
    Remark,
    Stray,
    Unfinished,
    assemble,
)
from gatts_codec.errors import CaptureError
from gatts_codec.framing import H5Type

RESET = bytes.fromhex("c0000500fbc0")
ACK = bytes.fromhex("c0080000f8c0")


def test_a_frame_has_time_and_direction_of_its_last_byte() -> None:
    chunks = [Chunk(1, TO_DEVICE, RESET[:3]), Chunk(2, TO_HOST, ACK), Chunk(3, TO_DEVICE, RESET[3:] + RESET)]
    frames = list(assemble(chunks))
    assert all(isinstance(frame, CapturedFrame) for frame in frames)
    assert [(f.number, f.t_us, f.dir, f.raw) for f in frames if isinstance(f, CapturedFrame)] == [
        (1, 2, TO_HOST, ACK),
        (2, 3, TO_DEVICE, RESET),
        (3, 3, TO_DEVICE, RESET),
    ]


def test_noise_and_an_unfinished_frame_are_told() -> None:
    stray, frame, unfinished = assemble([Chunk(1, None, b"noise" + RESET), Chunk(2, None, RESET[:4])])
    assert stray == Stray(1, None, 5)
    assert isinstance(frame, CapturedFrame)
    assert frame.packet is not None
    assert frame.packet.type == H5Type.RESET
    assert unfinished == Unfinished(None, RESET[:4])


def test_remarks_and_broken_lines_pass_through_in_order() -> None:
    remark, error = Remark(1, "State change"), CaptureError("broken", file="a", line=2)
    before, after = Chunk(1, None, RESET), Chunk(2, None, ACK)
    kinds = [type(item) for item in assemble([before, remark, error, after])]
    assert kinds == [CapturedFrame, Remark, CaptureError, CapturedFrame]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, TO_DEVICE, TO_HOST]),
            st.lists(st.sampled_from([RESET, ACK, b"\xc0", b"\xdb", b"x"])).map(b"".join),
        )
    )
)
def test_every_byte_is_in_a_frame_or_told(pieces: list[tuple[Direction | None, bytes]]) -> None:
    seen: dict[Direction | None, int] = {}
    for item in assemble(Chunk(None, way, data) for way, data in pieces):
        if isinstance(item, CapturedFrame):
            seen[item.dir] = seen.get(item.dir, 0) + len(item.raw)
        elif isinstance(item, Stray):
            seen[item.dir] = seen.get(item.dir, 0) + item.size
        elif isinstance(item, Unfinished):
            seen[item.dir] = seen.get(item.dir, 0) + len(item.data)
    for way in (None, TO_DEVICE, TO_HOST):
        whole = b"".join(data for other, data in pieces if other == way)
        assert seen.get(way, 0) - len(whole) in range(whole.count(b"\xc0") + 1)  # two frames may share one C0


def test_frames_that_share_one_c0_are_two_frames() -> None:
    shared = RESET[:-1] + ACK[:-1] + RESET + b"x" + RESET
    items = list(assemble([Chunk(None, None, shared)]))
    assert [item.raw for item in items if isinstance(item, CapturedFrame)] == [RESET, ACK, RESET, RESET]
    assert [item.size for item in items if isinstance(item, Stray)] == [1]


def test_what_follows_a_damaged_frame_shares_no_c0() -> None:
    items = list(assemble([Chunk(None, None, b"\xc0\xdb" + RESET)]))
    assert [item.packet is None for item in items if isinstance(item, CapturedFrame)] == [True]
