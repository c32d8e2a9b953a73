"""The sigrok decoder: every golden vector read as the codec does, and real sigrok-cli."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from capture.formats import chunks_of
from contrib.logic import SAMPLES_PER_BIT, samples
from every import ends_first, one_in
from golden import records

from gatts_codec import DIALECTS, Codec, DecodeError, Opaque
from gatts_codec.capture import DIRECTIONS, TO_DEVICE, TO_HOST, CapturedFrame, Chunk, PacketDecoder, assemble
from gatts_codec.constants import result_name
from gatts_codec.constants.table import short_name
from gatts_codec.framing.h5 import H5Type

ROOT = Path(__file__).parents[2]
DECODERS = ROOT / "contrib" / "sigrok"
SCRIPTED = ROOT / "tests" / "captures" / "scripted_chip" / "sd_api_v5"
PACKET_TYPES = {"command": 0, "response": 1, "event": 2}

needs_sigrok = pytest.mark.external("sigrok-cli")


@pytest.fixture
def packets(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The decoder's modules without sigrok around them."""
    monkeypatch.syspath_prepend(DECODERS)
    monkeypatch.setitem(sys.modules, "sigrokdecode", SimpleNamespace(Decoder=object))
    yield import_module("nordic_gatts.packets")
    for name in [name for name in sys.modules if name.startswith("nordic_gatts")]:
        del sys.modules[name]


def vectors(dialect: str) -> Iterator[dict[str, Any]]:
    for category in ("valid", "tolerated", "malformed"):
        yield from records(dialect, category)


def faults(codec: Codec, payload: bytes) -> list[str]:
    try:
        codec.unpack(payload)
    except DecodeError as error:
        return [str(error).splitlines()[0]]
    return []


@pytest.mark.parametrize("dialect", ends_first(DIALECTS))
@one_in(3)
def test_every_vector_reads_as_it_decodes(dialect: str, step: int, packets: ModuleType) -> None:
    strict, tolerant = Codec(dialect), Codec(dialect, strict=False)
    known = packets.DIALECTS[dialect]
    for vector in islice(vectors(dialect), None, None, step):
        kind, body = vector["kind"], bytes.fromhex(vector["hex"])
        payload = bytes((PACKET_TYPES[kind],)) + body
        width = 2 if kind == "event" else 1
        packet = known["packets"][kind].get(int.from_bytes(body[:width], "little"))
        if packet is None or len(body) < width:
            continue
        reader = packets.Reader(body)
        reader.read_packet(packet["layout"], width)
        spans = [(span.path.removesuffix(" (present)"), *span[1:4]) for span in tolerant.annotate(kind, body)]
        assert [(s.path.removesuffix(" (present)"), *s[1:4]) for s in reader.spans] == spans, vector
        texts = [text for _, text in reader.warnings] + ([str(reader.fault)] if reader.fault else [])
        assert texts[:1] == faults(strict, payload), vector
        assert ([str(reader.fault)] if reader.fault else []) == faults(tolerant, payload), vector
        assert packets.describe_payload(known, payload)[0].startswith(f"{packet['short']} {kind}")


def annotated(chunks: list[Chunk], folder: Path, dialect: str) -> dict[str, list[str]]:
    """What sigrok-cli annotates in the two lines (RX host to chip, TX chip to host), by annotation row."""
    raw, recording = folder / "raw.bin", folder / "capture.sr"
    raw.write_bytes(samples(chunks))
    _sigrok(
        "-I", f"binary:numchannels=2:samplerate={SAMPLES_PER_BIT}000000", "-i", str(raw), "-o", str(recording)
    )
    stack = f"uart:rx=0:tx=1:baudrate=1000000,nordic_gatts:dialect={dialect}"
    trace = _sigrok("-i", str(recording), "-P", stack, "-A", "nordic_gatts", "--protocol-decoder-jsontrace")
    found: dict[str, list[str]] = {}
    for event in json.loads(trace)["traceEvents"]:
        if event["ph"] == "B":
            found.setdefault(event["tid"], []).append(event["name"])
    return found


def _sigrok(*options: str) -> str:
    environment = os.environ | {"SIGROKDECODE_DIR": str(DECODERS)}
    command = ["sigrok-cli", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def expected_packet(decoder: PacketDecoder, frame: CapturedFrame) -> str:
    packet = decoder.decode(frame).packet
    assert packet is not None
    if isinstance(packet.message, Opaque) or packet.name is None:
        return ""
    result = getattr(packet.message, "result", None)
    name = "" if result is None else str(result_name(decoder.dialect.name, result))
    return f"{short_name(packet.name)} {packet.kind}{'*' if packet.message is None else ''} {name}".rstrip()


def shown_packet(text: str) -> str:
    """The same out of an annotation, its numbers left out."""
    words = [word for word in text.split() if "=" not in word]
    return " ".join(words).replace(" [malformed]", "*")


@needs_sigrok
@pytest.mark.parametrize("name", ["c_values", "d_hvx_misc", "e_events", "f_rx_corrupt_badesc", "f_noise_c0"])
def test_sigrok_cli_finds_every_frame_of_a_capture(name: str, tmp_path: Path) -> None:
    chunks = chunks_of(SCRIPTED / f"{name}.jsonl")
    found = annotated(chunks, tmp_path, "sd_api_v5")
    for line, direction in zip(("RX", "TX"), DIRECTIONS, strict=True):
        frames = [i for i in assemble(chunks) if isinstance(i, CapturedFrame) and i.dir == direction]
        bad = [
            text.removeprefix("bad frame: ") for text in found[f"{line} H5"] if text.startswith("bad frame: ")
        ]
        assert bad == [frame.error.code for frame in frames if frame.error]
        assert len(found[f"{line} H5"]) == len(frames)
        check_packets(frames, found.get(f"{line} packets", []))


def check_packets(frames: list[CapturedFrame], shown: list[str]) -> None:
    decoder = PacketDecoder("sd_api_v5")
    vendor = [f for f in frames if f.packet and f.packet.type == H5Type.VENDOR_SPECIFIC and f.packet.payload]
    for frame, text in zip(vendor, shown, strict=True):
        wanted = expected_packet(decoder, frame)
        assert not wanted or shown_packet(text) == wanted


@needs_sigrok
def test_fields_and_faults_stand_under_their_packet(tmp_path: Path) -> None:
    found = annotated(chunks_of(SCRIPTED / "d_hvx_misc.jsonl"), tmp_path, "sd_api_v5")
    assert "hvx_params.handle: 0x0010" in found["RX fields"]
    assert "hvx_params.type: 1 (NOTIFICATION)" in found["RX fields"]
    assert any(
        text.startswith("BLE_ERROR_GATTS_SYS_ATTR_MISSING: call sys_attr_set")
        for text in found["TX warnings"]
    )


@needs_sigrok
def test_bytes_outside_frames_are_counted(tmp_path: Path) -> None:
    noisy = [Chunk(0, TO_DEVICE, bytes.fromhex("0102 c0002f00d1017ec0")), Chunk(1, TO_HOST, b"\x03\xc0")]
    found = annotated(noisy, tmp_path, "sd_api_v5")
    assert found["RX H5"] == ["SYNC"]
    assert found["RX warnings"] == ["2 bytes outside frames"]
    assert found["TX warnings"] == ["1 byte outside frames"]
