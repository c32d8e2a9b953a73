"""Tools: whatever a recording holds, detection, session and doctor have their say, and every writer writes it.

byte 0    which dialect it is read in
then      the file, whose format its content tells
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from fuzz.material import DIALECT_NAMES, TESTS, files
from gatts_codec.capture import CapturedFrame, PacketDecoder
from gatts_codec.capture.calls.session import Session
from gatts_codec.capture.decoding.detection import detect_dialect
from gatts_codec.capture.doctor import diagnose
from gatts_codec.capture.recording import from_stream
from gatts_codec.capture.wire.frames import Item
from gatts_codec.capture.writers import Export, outputs
from gatts_codec.errors import CaptureError

_DECODERS = [PacketDecoder(dialect) for dialect in DIALECT_NAMES]
_DIALECT_OF = {name: number for number, name in enumerate(DIALECT_NAMES)}
_TITLE = "</script>\x1b[2J.jsonl"  # a name that a stranger gave the file


def seeds() -> list[bytes]:
    """A small recording in every format, and recorded faults in full."""
    recordings = sorted((TESTS / "captures" / "scripted_chip" / "sd_api_v5").glob("f_*.jsonl"))
    return [b"\x05" + content for content in files()] + [
        bytes([_DIALECT_OF["sd_api_v5"]]) + path.read_bytes() for path in recordings
    ]


def check(data: bytes) -> None:
    """Read the file once, then put every tool on what was read."""
    if not data:
        return
    decoder = _DECODERS[data[0] % len(_DECODERS)]
    try:
        items = list(from_stream(io.BytesIO(data[1:]), "fuzz").items)
    except CaptureError as error:
        assert str(error)
        return
    _diagnose(items, decoder)
    _follow(items, decoder)
    written = {name: _written(name, items, decoder) for name in outputs()}
    assert _TITLE.encode() not in written["html"], "a file's name ends the page's script"
    assert list(_frames(written["jsonl"])) == [
        (item.t_us, item.raw) for item in items if isinstance(item, CapturedFrame)
    ], "a frame is lost on the way through JSONL"


def _diagnose(items: list[Item], decoder: PacketDecoder) -> None:
    verdict, again = detect_dialect(iter(items))
    assert str(verdict)
    assert list(again) == items, "looking for the dialect costs items"
    report = diagnose(items, decoder.dialect)
    assert json.dumps(report.to_dict())
    assert report.frames == sum(isinstance(item, CapturedFrame) for item in items)
    for finding in (*report.findings, *report.notes):
        assert finding.title
        assert finding.cause
        assert finding.advice
        assert finding.count >= len(finding.evidence) > 0


def _follow(items: list[Item], decoder: PacketDecoder) -> None:
    """The session tells of no more than passed."""
    session = Session(decoder.dialect)
    frames = [decoder.decode(item) for item in items if isinstance(item, CapturedFrame)]
    told = sum(len(list(session.feed(frame))) for frame in frames) + len(list(session.finish()))
    assert told <= 4 * len(frames) + 4


def _written(name: str, items: list[Item], decoder: PacketDecoder) -> bytes:
    stream = io.BytesIO()
    writer = outputs()[name].open(stream, Export(decoder, _TITLE))
    for item in items:
        writer.write(item)
    writer.close()
    return stream.getvalue()


def _frames(jsonl: bytes) -> Iterator[tuple[int | None, bytes]]:
    for line in jsonl.splitlines():
        record = json.loads(line)
        yield record["t_us"], bytes.fromhex(record["hex"])
