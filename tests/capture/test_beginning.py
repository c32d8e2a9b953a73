"""A recording that comes in parts, as pipes give it, is what it is in a file."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import pytest
from capture.pipes import Pipe
from capture.recordings import CAPTURES, each_of

from gatts_codec.capture.readers import beginning, read
from gatts_codec.capture.readers.format import HEAD_BYTES, Head
from gatts_codec.capture.recording import from_stream
from gatts_codec.errors import CaptureError

PASTED = Path(__file__).parents[1] / "verdicts" / "pasted"
TALK = CAPTURES / "real_firmware" / "sd_api_v5" / "c_values.jsonl"
SOME = [TALK, *sorted((CAPTURES / "driver_logs").glob("*.log")), *sorted(PASTED.iterdir())]
FRAME = b"TX c0 00 05 00 fb c0\n"


class Parts(Pipe):
    """A pipe that always has the next part."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        super().__init__(parts)
        self._ready = os.open(__file__, os.O_RDONLY)

    def close(self) -> None:
        if not self.closed:
            os.close(self._ready)
        super().close()

    def fileno(self) -> int:
        return self._ready  # a file can always be read


def byte_by_byte(data: bytes) -> Iterator[bytes]:
    """The first ones; who has read some kilobytes knows enough."""
    first = data[:3000]
    yield from (bytes([byte]) for byte in first)
    yield data[len(first) :]


def found(parts: Iterable[bytes]) -> tuple[str, list[str]]:
    with io.BufferedReader(cast(io.FileIO, Parts(parts))) as stream:
        try:
            recording = from_stream(stream, "pipe")
            return recording.format, [str(item) for item in recording.items]
        except CaptureError as error:
            return str(error), []


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr(beginning, "_PATIENCE_S", 1e6)


@each_of(SOME)
def test_parts_of_any_size(recording: Path) -> None:
    data = recording.read_bytes()
    whole = found([data])
    for parts in (byte_by_byte(data), data.splitlines(keepends=True), [data[:1], data[1:]]):
        assert found(parts) == whole


def test_compressed_byte_by_byte() -> None:
    assert found(byte_by_byte(gzip.compress(TALK.read_bytes()))) == found([TALK.read_bytes()])
    broken = gzip.compress(TALK.read_bytes())[:2000]
    assert found(byte_by_byte(broken)) == found([broken])


@pytest.mark.parametrize("what", [b"z", b"hello world\n", b"\xff\xfb\x00"])
def test_what_is_unknown_is_not_looked_at_for_every_byte(
    what: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def look(data: bytes) -> Head:
        looks.append(len(data))
        return Head(data)

    monkeypatch.setattr(beginning, "Head", look)
    assert "not a recording" in found(bytes([byte]) for byte in what * (HEAD_BYTES // len(what)))[0]
    assert 10 < len(looks) < 100


@pytest.mark.parametrize("begins", [b"%PDF-1.7", b"\x7fELF\x02\x01\x01"])
def test_what_is_of_another_kind_is_refused_without_its_end(begins: bytes) -> None:
    def parts() -> Iterator[bytes]:
        yield from (bytes([byte]) for byte in begins.ljust(24, b"\0") + b"\n")
        pytest.fail("read on")

    assert "this is a" in found(parts())[0]


@pytest.mark.parametrize(
    "begins",
    [TALK.read_bytes().splitlines(keepends=True)[0], FRAME, b"hello\n" + FRAME, b"\xc0\0\x05\0\xfb\xc0" * 4],
)
def test_a_live_pipe_is_known_before_its_end(begins: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "_PATIENCE_S", 0)
    reads, writes = os.pipe()
    with os.fdopen(reads, "rb") as stream, os.fdopen(writes, "wb", buffering=0) as writer:
        writer.write(begins)
        format_, _ = read(stream, "pipe")
    assert format_.recognises(Head(begins))
