"""The project's own recordings and hex text: every spelling people use, and lines that are broken."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import TO_DEVICE, Chunk, Direction, Entry
from gatts_codec.capture.lines import MAX_LINE, buffered
from gatts_codec.capture.readers import hextext, jsonl
from gatts_codec.errors import CaptureError

LINE = '{"t_us":5,"dir":"device->host","hex":"c00f"}'
CHUNK = Chunk(5, "device->host", b"\xc0\x0f")


def read_jsonl(text: str | bytes) -> list[Entry]:
    data = text.encode() if isinstance(text, str) else text
    return list(jsonl.read(buffered(io.BytesIO(data)), "rec.jsonl"))


@pytest.mark.parametrize(
    "data",
    [
        LINE.encode(),
        f"\n{LINE}\n\n".encode(),
        f"{LINE}\r\n".encode(),
        b"\xef\xbb\xbf" + LINE.encode(),
        LINE.encode("utf-16"),
        b"\xfe\xff" + LINE.encode("utf-16-be"),
    ],
    ids=["no line end", "empty lines", "crlf", "utf-8 mark", "utf-16", "utf-16 big endian"],
)
def test_one_chunk_whatever_the_text_went_through(data: bytes) -> None:
    assert read_jsonl(data) == [CHUNK]


def test_time_and_direction_may_be_unknown() -> None:
    assert read_jsonl('{"hex":"c0"}\n{"t_us":null,"dir":null,"hex":"C0 00","note":1}') == [
        Chunk(None, None, b"\xc0"),
        Chunk(None, None, b"\xc0\x00"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"t_us":5,"dir":"device->host","hex":"c0', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "expected an object"),
        ('{"t_us":5}', "no hex"),
        ('{"hex":7}', "no hex"),
        ('{"hex":"c"}', "hex: "),
        ('{"hex":"zz"}', "hex: "),
        ('{"hex":"c0","t_us":1.5}', "t_us"),
        ('{"hex":"c0","t_us":true}', "t_us"),
        ('{"hex":"c0","dir":"up"}', "dir"),
        ('{"hex":"c0","dir":["host->device"]}', "dir"),
        ("x" * (MAX_LINE + 5), "more than"),
    ],
)
def test_a_broken_line_is_reported_and_the_next_one_read(line: str, reason: str) -> None:
    first, error, last = read_jsonl(f"{LINE}\n{line}\n{LINE}\n")
    assert (first, last) == (CHUNK, CHUNK)
    assert isinstance(error, CaptureError)
    assert (error.file, error.line) == ("rec.jsonl", 2)
    assert reason in error.reason


def test_lines_are_counted_behind_one_that_is_too_long() -> None:
    *_, error = read_jsonl("x" * (3 * MAX_LINE) + "\n\nnonsense\n")
    assert isinstance(error, CaptureError)
    assert error.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "c0000500fbc0",
        "c0 00 05 00 fb c0",
        "C0-00-05-00-FB-C0",
        "c0:00:05:00:fb:c0",
        "0xC0, 0x00, 0x05, 0x00, 0xFB, 0xC0",
        "{0xC0,0x0,0x5,0x0,0xFB,0xC0};",
        "0xc0000500fbc0",
        r'"\xc0\x00\x05\x00\xfb\xc0"',
        "[c0 00 05 00 fb c0 ]",
        "C0h 00h 05h 00h FBh C0h",
        "c0 0 5 0 fb c0",
        "c000 0500\tfbc0",
    ],
)
def test_hex_in_every_spelling(text: str) -> None:
    assert hextext.parse_hex(text) == bytes.fromhex("c0000500fbc0")
    assert hextext.looks_like_hex(text)


@pytest.mark.parametrize(
    ("text", "word"), [("c0 zz", "zz"), ("c0 00f", "00f"), ("hello", "hello"), ("0x", "0x")]
)
def test_what_is_not_hex_is_named(text: str, word: str) -> None:
    with pytest.raises(CaptureError, match=word):
        hextext.parse_hex(text)
    assert not hextext.looks_like_hex(text)


def test_hex_lines_with_comments_and_a_broken_one() -> None:
    text = b"# reset\nc0 00 05 # head\nzz\n00 fb c0\n"
    first, error, last = hextext.read(buffered(io.BytesIO(text)), "reset.txt")
    assert (first, last) == (Chunk(None, None, b"\xc0\x00\x05"), Chunk(None, None, b"\x00\xfb\xc0"))
    assert isinstance(error, CaptureError)
    assert str(error) == "reset.txt:3: 'zz' is not hex"


@given(st.binary())
def test_whatever_the_bytes_nothing_but_entries_comes_out(data: bytes) -> None:
    for reader in (jsonl, hextext):
        for entry in reader.read(buffered(io.BytesIO(data)), "any"):
            assert isinstance(entry, (Chunk, CaptureError))


@given(st.lists(st.tuples(st.none() | st.integers(), st.sampled_from([None, TO_DEVICE]), st.binary())))
def test_what_is_written_is_read(chunks: list[tuple[int | None, Direction | None, bytes]]) -> None:
    text = "\n".join(json.dumps({"t_us": time, "dir": way, "hex": data.hex()}) for time, way, data in chunks)
    assert read_jsonl(text) == [Chunk(*chunk) for chunk in chunks]
