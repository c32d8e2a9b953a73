"""The table of packets made in blocks is that made frame by frame."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("pyarrow", reason="the extra parquet is not installed")

import pyarrow as pa
from capture.recordings import RECORDINGS, dialect_of, each_of
from every import one_in
from hypothesis import given
from hypothesis import strategies as st
from strategies import bodies

from gatts_codec.capture import CapturedFrame, Chunk, PacketDecoder, assemble
from gatts_codec.capture.bulk.arrow_table import batch_of_rows, schema
from gatts_codec.capture.bulk.batches import Faults, NotInBlocks, block_batches, row_batches
from gatts_codec.capture.bulk.rows import RowMaker
from gatts_codec.capture.readers import jsonl
from gatts_codec.capture.wire.chunks import DIRECTIONS, Direction
from gatts_codec.dialects import find_dialect
from gatts_codec.framing import H5Packet, encode_frame

HOST, CHIP = DIRECTIONS
SIZES = (1 << 20, 4000, 300)  # of a block, in bytes


def by_blocks(text: bytes, dialect: str, size: int) -> pa.Table:
    batches = block_batches(io.BytesIO(text), "x", PacketDecoder(dialect), Faults(), lambda _: None, size)
    return pa.Table.from_batches(list(batches), schema(find_dialect(dialect)))


def by_rows(text: bytes, dialect: str) -> pa.Table:
    maker = RowMaker(PacketDecoder(dialect))
    items = assemble(jsonl.read(io.BufferedReader(io.BytesIO(text)), "x"), sharing=False)
    rows = [maker.row(item) for item in items if isinstance(item, CapturedFrame)]
    return pa.Table.from_batches([batch_of_rows(find_dialect(dialect), rows)])


def check(text: bytes, dialect: str, sizes: Iterable[int]) -> pa.Table:
    expected = by_rows(text, dialect)
    for size in sizes:
        found = by_blocks(text, dialect, size).combine_chunks()
        if not found.equals(expected):
            assert found.to_pylist() == expected.to_pylist()
            assert found.schema == expected.schema
    return expected


def lines(chunks: Iterable[Chunk], *, spaced: bool = False) -> bytes:
    separators = (", ", ": ") if spaced else (",", ":")
    records = ({"t_us": chunk.t_us, "dir": chunk.dir, "hex": chunk.data.hex()} for chunk in chunks)
    return b"".join(json.dumps(record, separators=separators).encode() + b"\n" for record in records)


@one_in(len(SIZES))
@each_of(RECORDINGS)
def test_every_recording(recording: Path, step: int) -> None:
    sizes = SIZES[RECORDINGS.index(recording) % step :: step]
    table = check(recording.read_bytes(), dialect_of(recording), sizes)
    assert table.num_rows > 0


def test_the_columns_of_a_call() -> None:
    command = bytes.fromhex("00a4ffff0e0001000002000155aa")
    response = bytes.fromhex("01a40000000001000002000155aa")
    chunks = [
        Chunk(10, HOST, encode_frame(H5Packet(14, command, 1, 2, True, True))),
        Chunk(20, HOST, encode_frame(H5Packet(14, command, 1, 3, True, True))),
        Chunk(30, CHIP, encode_frame(H5Packet(0, ack=2))),
        Chunk(40, CHIP, encode_frame(H5Packet(14, response, 3, 2, True, True))[:-3] + b"\x00\x00\xc0"),
    ]
    call, again, ack, bad = check(lines(chunks), "sd_api_v5", [1000]).to_pylist()
    assert call == {
        "frame": 1,
        "time": 10,
        "direction": HOST,
        "type": "VENDOR_SPECIFIC",
        "seq": 1,
        "ack": 2,
        "kind": "command",
        "group": "gatts",
        "name": "sd_ble_gatts_value_set",
        "opcode": 0xA4,
        "conn_handle": 0xFFFF,
        "handle": 14,
        "result": None,
        "length": 14,
        "payload": command,
        "error": None,
        "tolerated": False,
        "retransmission": False,
    }
    assert again == call | {"frame": 2, "time": 20, "ack": 3, "retransmission": True}
    assert (ack["type"], ack["kind"], ack["length"]) == ("ACK", None, 0)
    assert (bad["frame"], bad["error"], bad["payload"], bad["seq"]) == (4, "crc", None, None)


@st.composite
def traffic(draw: st.DrawFn) -> list[Chunk]:
    """Frames good and bad, in chunks of any sizes, with whatever else a line carries between them."""
    stream: dict[Direction, bytes] = dict.fromkeys(DIRECTIONS, b"")
    packet = st.one_of(
        bodies("sd_api_v5", "command").map(lambda body: b"\x00" + body),
        bodies("sd_api_v5", "response").map(lambda body: b"\x01" + body),
        bodies("sd_api_v5", "event").map(lambda body: b"\x02" + body),
        st.binary(max_size=12),
        st.sampled_from([b"\x01\x7e", b"\x03\xfc\x11", b"\x04\x7b", b"\x00\x60", b"\x02\x10\x00\x01\x00"]),
    )
    for _ in range(draw(st.integers(0, 12))):
        direction = draw(st.sampled_from(DIRECTIONS))
        frame = encode_frame(
            H5Packet(
                draw(st.sampled_from([14, 14, 14, 0, 15, 5, 9])),
                draw(packet),
                draw(st.integers(0, 2)),
                draw(st.integers(0, 7)),
                draw(st.booleans()),
                draw(st.booleans()),
            )
        )
        kind = draw(st.sampled_from(["good", "good", "twice", "hit", "cut", "noise", "mark"]))
        if kind == "hit":
            at = draw(st.integers(0, len(frame) - 1))
            frame = frame[:at] + draw(st.binary(min_size=1, max_size=1)) + frame[at + 1 :]
        stream[direction] += {
            "twice": frame * 2,
            "cut": frame[: draw(st.integers(0, len(frame)))],
            "noise": draw(st.binary(max_size=5)) + frame,
            "mark": b"\xc0" + frame,
        }.get(kind, frame)
    return draw(chunked(stream))


@st.composite
def chunked(draw: st.DrawFn, stream: dict[Direction, bytes]) -> list[Chunk]:
    chunks, left, time = list[Chunk](), dict(stream), 0
    whole = draw(st.booleans())
    while any(left.values()):
        direction = draw(st.sampled_from([direction for direction, data in left.items() if data]))
        data = left[direction]
        end = data.find(b"\xc0", 1) + 1 if whole else 0
        size = end or draw(st.integers(1, 40))
        chunks.append(Chunk(time, direction, data[:size]))
        left[direction], time = data[size:], time + draw(st.integers(0, 3))
    return chunks


@given(traffic(), st.booleans(), st.sampled_from([1, 150, 1000]))
def test_any_traffic(chunks: list[Chunk], spaced: bool, size: int) -> None:
    check(lines(chunks, spaced=spaced), "sd_api_v5", [size])


@given(traffic(), st.integers(0, 1 << 30))
def test_lines_that_others_have_written(chunks: list[Chunk], seed: int) -> None:
    random = Random(seed)
    odd = [
        b"not JSON",
        b"",
        b'{"t_us":007,"dir":"host->device","hex":""}',
        b'{"t_us":0xFFFFF,"dir":"host->device","hex":"c0"}',
        b'{"t_us":1,"dir":"host->device","hex":"c"}',
        b'{"t_us":1,"dir":"host->device","hex":"c0","more":1}',
        b'{"dir":"device->host","hex":"C0 C0","t_us":-5}',
        b'{"t_us":null,"dir":"host->device","hex":"c0"}',
        b'{"t_us":1.5,"dir":"host->device","hex":"c0"}',
        b'{"t_us":+1,"dir":"host->device","hex":"c0"}',
        b'{"t_us":1,"dir":"sideways","hex":"c0"}',
        b'{"t_us":1,"dir":"host->device","hex":"\\u0063\\u0030"}',
        b'{"t_us":1,"dir":"host->device","hex":"zz"}',
    ]
    text = lines(chunks).splitlines()
    for line in random.sample(odd, 3):
        text.insert(random.randint(0, len(text)), line)
    check(b"\n".join(text), "sd_api_v5", (100, 1 << 20))


def test_unreadable_lines_are_told_with_their_numbers() -> None:
    frame = encode_frame(H5Packet(0)).hex()
    good = f'{{"t_us":1,"dir":"host->device","hex":"{frame}"}}\n'
    faults = Faults()
    text = (good * 10 + "broken\n" + good * 10 + '{"hex":1}\n').encode()
    batches = block_batches(
        io.BytesIO(text), "x.jsonl", PacketDecoder("sd_api_v5"), faults, lambda _: None, 200
    )
    assert sum(map(len, batches)) == 20
    assert faults.count == 2
    assert [fault.partition(": ")[0] for fault in faults.first] == ["x.jsonl:11", "x.jsonl:22"]


@pytest.mark.parametrize(
    "text",
    [
        b'{"t_us":1,"dir":null,"hex":"c00000c0"}\n',
        b'{"t_us":1,"dir":"host->device","hex":"c0' + b"00" * 9000 + b'c0"}\n',
        b'{"t_us":1,"dir":"host->device","hex":"c0' + b"00" * 9000 + b'"}\n',
        b'{"t_us":%d,"dir":"host->device","hex":"c0000000000000c0"}\n' % 10**30,
    ],
    ids=["no direction", "long frame", "long rest", "time without end"],
)
def test_what_blocks_cannot_say_is_left_to_rows(text: bytes) -> None:
    decoder = PacketDecoder("sd_api_v5")
    with pytest.raises(NotInBlocks):
        list(block_batches(io.BytesIO(text), "x", decoder, Faults(), lambda _: None))
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(text))
    rows = list(row_batches(stream, "x.jsonl", decoder, Faults(), lambda _: None))
    assert sum(map(len, rows)) <= 1


def test_a_line_without_end_is_left_to_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatts_codec.capture.bulk.lines.LONGEST_LINE", 1000)
    with pytest.raises(NotInBlocks):
        list(
            block_batches(
                io.BytesIO(b"x" * 5000), "x", PacketDecoder("sd_api_v5"), Faults(), lambda _: None, 100
            )
        )
