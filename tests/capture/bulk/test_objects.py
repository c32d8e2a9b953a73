"""Recordings as message objects: the same frames and messages as one at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from capture.recordings import RECORDINGS, dialect_of, each_of, records_of
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec import CaptureError, DecodeError, FramingError
from gatts_codec.capture import CapturedFrame, Chunk, FrameAssembler, PacketDecoder, PacketRecord
from gatts_codec.capture.bulk.objects import read_messages
from gatts_codec.capture.wire.chunks import DIRECTIONS
from gatts_codec.framing import H5Packet, encode_frame


def shown(found: Any) -> tuple[Any, ...]:
    """Errors compare by what they say."""
    time, direction, packet, message = found
    return time, direction, packet, str(message) if isinstance(message, Exception) else message


def expected(record: PacketRecord) -> tuple[Any, ...]:
    """What a stream gives for a record that was decoded strictly."""
    frame, packet = record.frame, record.packet
    message: object = frame.error
    if packet is not None:
        message = packet.error or packet.message
    return shown((frame.t_us, frame.dir, frame.packet, message))


@each_of(RECORDINGS)
def test_every_recording(recording: Path) -> None:
    found = [shown(seen) for seen in read_messages(recording, dialect_of(recording))]
    assert found == [expected(record) for record in records_of(recording)]


@st.composite
def chunks(draw: st.DrawFn) -> list[Chunk]:
    """Whole frames, pieces of frames, several at once, noise."""
    found = []
    left = dict.fromkeys(DIRECTIONS, b"")
    for time in range(draw(st.integers(0, 12))):
        direction = draw(st.sampled_from(DIRECTIONS))
        frame = draw(
            st.sampled_from(
                [
                    encode_frame(H5Packet(0, ack=3)),
                    encode_frame(H5Packet(14, b"\x02\x53\x00\x01\x00\x02\x00", 1, 2, True, True)),
                    encode_frame(H5Packet(14, b"\x00\xa4\x07", 1, 2, True, True)),
                    encode_frame(H5Packet(15, b"\x01\x7e")),
                    b"\xc0",
                    b"\xc0\xc0",
                    b"noise",
                    b"\xc0\xdb\x01\xc0",
                ]
            )
        )
        data = left[direction] + frame
        size = draw(st.sampled_from([len(data), len(data), len(data), 1, len(data) // 2]))
        left[direction] = data[size:]
        found.append(Chunk(time, direction, data[:size]))
    return found


@given(chunks())
def test_any_traffic(tmp_path_factory: pytest.TempPathFactory, found: list[Chunk]) -> None:
    recording = tmp_path_factory.mktemp("objects") / "x.jsonl"
    lines = ({"t_us": chunk.t_us, "dir": chunk.dir, "hex": chunk.data.hex()} for chunk in found)
    recording.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    decoder, assembler = PacketDecoder("sd_api_v5"), FrameAssembler(sharing=False)
    frames = [item for chunk in found for item in assembler.feed(chunk) if isinstance(item, CapturedFrame)]
    seen = [shown(one) for one in read_messages(recording, "sd_api_v5")]
    assert seen == [expected(decoder.decode(frame)) for frame in frames]


def test_errors_stand_in_their_place(tmp_path: Path) -> None:
    recording = tmp_path / "x.jsonl"
    recording.write_text(
        '{"t_us":1,"dir":"host->device","hex":"c00000c0"}\n'
        '{"t_us":2,"dir":"host->device","hex":"c0"}\n{"t_us":3,"dir":"host->device","hex":"00c0c"}\n'
    )
    first, odd = read_messages(recording, "sd_api_v5")
    assert isinstance(first[3], FramingError)
    assert isinstance(odd[3], CaptureError)
    assert odd[3].line == 3
    with recording.open("a") as file:
        file.write("broken\n" + json.dumps({"hex": encode_frame(H5Packet(14, b"\x00\xa4", crc=True)).hex()}))
    *_, broken, last = read_messages(recording, "sd_api_v5")
    assert isinstance(broken[3], CaptureError)
    assert broken[3].line == 4
    assert isinstance(last[3], DecodeError)
    assert last[:2] == (None, None)


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatts_codec.capture.bulk.lines.LONGEST_LINE", 1 << 20)
    recording = tmp_path / "x.jsonl"
    recording.write_bytes(bytes(5 << 20))
    ((_, _, _, error),) = read_messages(recording, "sd_api_v5")
    assert isinstance(error, CaptureError)
