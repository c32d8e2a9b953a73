"""What the columns are made of: CRCs, scans of layouts, repetitions, each against what does the same one at a time."""

from __future__ import annotations

from binascii import crc_hqx

import pytest

pytest.importorskip("numpy", reason="the extra parquet is not installed")
pytest.importorskip("pyarrow", reason="the extra parquet is not installed")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import Layout, any_layout, many, mutated, of_record

from gatts_codec.capture.bulk.crc import crc16
from gatts_codec.capture.bulk.repeats import Reliable, RepeatColumn
from gatts_codec.capture.decoding.repeats import Repeats
from gatts_codec.capture.wire.chunks import DIRECTIONS
from gatts_codec.codec import Codec
from gatts_codec.errors import DecodeError
from gatts_codec.framing import H5Packet
from gatts_codec.schema.columns import PADDING, scan
from gatts_codec.schema.message import Packet


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_crcs_are_those_of_the_standard_library(frames: list[bytes]) -> None:
    sizes = np.array([len(frame) for frame in frames], np.int64)
    begin = np.cumsum(sizes) - sizes
    data = np.frombuffer(b"".join(frames) + bytes(2), np.uint8)
    assert crc16(data, begin, sizes).tolist() == [crc_hqx(frame, 0xFFFF) for frame in frames]


@many
@given(layout=any_layout, strict=st.booleans(), choose=st.data())
def test_a_scan_takes_what_decodes(layout: Layout, strict: bool, choose: st.DataObject) -> None:
    codec = Codec(layout.dialect, strict=strict)
    head = 2 if layout.kind == "event" else 1
    valid = st.builds(Codec(layout.dialect).encode, of_record(layout.record))
    found = [
        choose.draw(st.just(body) | mutated(body, head))
        for body in choose.draw(st.lists(valid, min_size=1, max_size=4))
    ]
    sizes = np.array([len(body) for body in found], np.int64)
    ends = np.cumsum(sizes)
    data = np.frombuffer(b"".join(found) + bytes(PADDING), np.uint8)
    paths = [("conn_handle",), ("handle",), ("result",)]
    scanned = scan(layout.record, data, ends - sizes + head, ends, paths, strict=strict)
    for row, body in enumerate(found):
        message = decoded(codec, layout.kind, body)
        assert bool(scanned.taken[row]) == (message is not None), body.hex()
        for (name,), column in scanned.columns.items():
            if message is not None and hasattr(message, name):
                value = int(column.values[row]) if column.given[row] else None
                assert value == getattr(message, name)


def decoded(codec: Codec, kind: str, body: bytes) -> Packet | None:
    try:
        message: Packet = getattr(codec, f"decode_{kind}")(body)
    except DecodeError:
        return None
    return message


@st.composite
def packets(draw: st.DrawFn) -> list[tuple[int, H5Packet]]:
    """Direction and packet; the numbers mostly go on, and payloads are few."""
    found, seq = [], [0, 0]
    for _ in range(draw(st.integers(0, 40))):
        direction = draw(st.integers(0, 1))
        kind = draw(st.sampled_from([14, 14, 14, 14, 14, 14, 15, 5, 0]))
        seq[direction] = draw(st.sampled_from([seq[direction] + 1] * 4 + [seq[direction], 0, 1])) % 8
        payload = draw(st.sampled_from([b"\x01\x7e", b"", b"abcd1", b"abcd2", b"abcd1"]))
        reliable = kind == 14 and draw(st.sampled_from([True, True, True, False]))
        found.append((direction, H5Packet(kind, payload, seq[direction], draw(st.integers(0, 1)), reliable)))
    return found


@given(packets(), st.integers(1, 12))
def test_repetitions_are_those_of_the_plain_rule(found: list[tuple[int, H5Packet]], size: int) -> None:
    plain, column = Repeats(), RepeatColumn()
    expected = [plain.add(DIRECTIONS[direction], packet) for direction, packet in found]
    marked = []
    for start in range(0, len(found), size):
        marked += marks(column, found[start : start + size])
    assert marked == expected


def marks(column: RepeatColumn, block: list[tuple[int, H5Packet]]) -> list[bool]:
    rows = [row for row, (_, packet) in enumerate(block) if packet.reliable]
    chosen = [block[row] for row in rows]
    packets = Reliable(
        np.array(rows, np.int64),
        np.array([direction for direction, _ in chosen], np.uint8),
        np.array([packet.seq | len(packet.payload) << 8 for _, packet in chosen], np.int64),
        np.array([packet.seq for _, packet in chosen], np.uint8),
        lambda row: block[row][1].payload,
    )
    restarts = [row for row, (_, packet) in enumerate(block) if packet.type == 5 or packet.link == "SYNC"]
    found: list[bool] = column.mark(len(block), packets, np.array(restarts, np.int64)).tolist()
    return found
