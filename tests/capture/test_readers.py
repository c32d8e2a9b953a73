"""The project's own recordings and hex text: every spelling people use, and lines that are broken."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Callable
from itertools import islice
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import TO_DEVICE, Chunk, Direction, Entry
from gatts_codec.capture.files.lines import MAX_LINE, buffered
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


def hex_entries(text: str) -> list[Entry]:
    return list(hextext.read(buffered(io.BytesIO(text.encode())), "pasted.txt"))


@given(st.binary())
def test_a_bytes_literal_is_what_python_prints(data: bytes) -> None:
    assert hextext.parse_hex(repr(data)) == data
    assert hex_entries(f" {data!r}  # a comment") == ([Chunk(None, None, data)] if data else [])


def test_every_escape_of_a_bytes_literal() -> None:
    text = r"""b'\\ \' \" " \a\b\f\n\r\t\v \0\12\377\1234 \xC0\xdb #'"""
    assert hextext.parse_hex(text) == ast.literal_eval(text)
    assert hextext.parse_hex(r"b'\q\X'") == rb"\q\X"


@pytest.mark.parametrize(
    "text",
    [
        "b'',''",
        f"b'',{'-' * 500}5,''",
        "b''.a.a,''",
        "b''" + '","' * 50_000 + "''",
        "b'c0' b'c0'",
        "b'''c0'''",
        r"b'\xc'",
        "b'\N{LATIN SMALL LETTER E WITH ACUTE}'",
        "b'c0",
        "b'c0\\'",
        "b'c0\n'",
        "b'c0'+b'c0'",
    ],
)
def test_nothing_but_one_bytes_literal_is_one(text: str) -> None:
    with pytest.raises(CaptureError, match="literal") as raised:
        hextext.parse_hex(text)
    assert len(str(raised.value)) < 150


LONG = {
    "run together": lambda data: data.hex(),
    "words": lambda data: data.hex(" "),
    "bytes with a prefix": lambda data: ",".join(f"0x{byte:02X}" for byte in data),
    "one prefix": lambda data: f"0x{data.hex()}",
    "escapes": lambda data: "".join(f"\\x{byte:02x}" for byte in data),
    "escapes of some digit": lambda data: "".join(f"\\x{byte:x}" for byte in data),
    "words with an h": lambda data: " ".join(f"{byte:02x}h" for byte in data),
    "literal": repr,
    "behind it a comment": lambda data: f"{data.hex()} # {'a comment ' * 300}",
    "behind a literal": lambda data: f"{data!r} # {'a comment ' * 300}",
}


@pytest.mark.parametrize("spell", LONG.values(), ids=LONG)
@pytest.mark.parametrize("cut", range(5))  # the pieces end at other places
def test_a_very_long_line_comes_in_pieces(
    spell: Callable[[bytes], str], cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hextext, "PIECE", 1000)
    data = bytes(range(256)) * 16
    before, *chunks, after = hex_entries(f"c0\n{' ' * cut}{spell(data)}\n5")
    assert (before, after) == (Chunk(None, None, b"\xc0"), Chunk(None, None, b"\x05"))
    sizes = [len(chunk.data) for chunk in chunks if isinstance(chunk, Chunk)]
    assert len(sizes) == len(chunks) > 2
    assert max(sizes) <= hextext.PIECE
    assert b"".join(chunk.data for chunk in chunks if isinstance(chunk, Chunk)) == data
    assert hextext.parse_hex(spell(data).partition(" #")[0]) == data or "comment" in spell(b"")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("c0" * 100_000 + "c", "half a byte"),
        ("c0" * 100_000 + "zz" + "c0" * 100_000, "is not hex"),
        ("z" * 300_000, "is not hex"),
        ("b'" + "\\0" * 100_000, "without an end"),
    ],
)
def test_a_very_long_line_that_is_broken_is_told_once_and_briefly(text: str, reason: str) -> None:
    *_, error, after = hex_entries(f"{text}\n05")
    assert after == Chunk(None, None, b"\x05")
    assert isinstance(error, CaptureError)
    assert (error.line, reason in error.reason, len(error.reason) < 100) == (1, True, True)


def test_of_a_line_without_end_no_more_is_read_than_is_handed_out() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            buffer[:] = b"c" * len(buffer)
            self.taken += len(buffer)
            return len(buffer)

    source, held = Endless(), 0
    for entry in islice(hextext.read(buffered(cast(BinaryIO, source)), "endless"), 200):
        assert isinstance(entry, Chunk)
        held += len(entry.data)
        assert source.taken - 2 * held <= 3 * hextext.PIECE


@given(st.binary())
def test_whatever_the_bytes_nothing_but_entries_comes_out(data: bytes) -> None:
    for reader in (jsonl, hextext):
        for entry in reader.read(buffered(io.BytesIO(data)), "any"):
            assert isinstance(entry, (Chunk, CaptureError))


@given(st.lists(st.tuples(st.none() | st.integers(), st.sampled_from([None, TO_DEVICE]), st.binary())))
def test_what_is_written_is_read(chunks: list[tuple[int | None, Direction | None, bytes]]) -> None:
    text = "\n".join(json.dumps({"t_us": time, "dir": way, "hex": data.hex()}) for time, way, data in chunks)
    assert read_jsonl(text) == [Chunk(*chunk) for chunk in chunks]
