"""tshark and the codec agree on every golden vector, in all dialects: fields, faults and their offsets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden import records
from tshark import ExpertInfo, Tree, dissect, expert_infos, message_fields, needs_tshark

from gatts_codec import DIALECTS, Codec, DecodeError
from gatts_codec.capture.wire.frames import CapturedFrame
from gatts_codec.framing import H5Packet, encode_frame
from gatts_codec.vectors import is_accident

PACKET_TYPES = {"command": 0, "response": 1, "event": 2}
ABOUT_THE_BYTES = ("gatts.malformed", "gatts.not_strict")


def vectors(dialect: str, file: str) -> list[dict[str, Any]]:
    return list(records(dialect, file))


def payload_of(vector: dict[str, Any]) -> bytes:
    return bytes((PACKET_TYPES[vector["kind"]],)) + bytes.fromhex(vector["hex"])


def framed(number: int, vector: dict[str, Any]) -> CapturedFrame:
    packet = H5Packet(14, payload_of(vector), seq=number % 8, reliable=True, crc=True)
    direction = "host->device" if vector["kind"] == "command" else "device->host"
    return CapturedFrame(number, None, direction, encode_frame(packet), packet, None)  # type: ignore[arg-type]


def faults(codec: Codec, vector: dict[str, Any]) -> list[str]:
    """The first line of the codec's error, if it has one."""
    try:
        codec.unpack(payload_of(vector))
    except DecodeError as error:
        return [str(error).splitlines()[0].lstrip()]
    return []


def about_bytes(tree: Tree) -> list[ExpertInfo]:
    return [info for info in expert_infos(tree) if info.id in ABOUT_THE_BYTES]


def check_valid(codec: Codec, vector: dict[str, Any], tree: Tree) -> None:
    message = codec.unpack(payload_of(vector))
    assert message_fields(tree, message) == message.to_dict() == vector["fields"]
    assert tree.get("gatts.name") == vector["name"]
    assert tree.get("gatts.kind") == vector["kind"]


@needs_tshark
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_vector_dissects_as_it_decodes(dialect: str, tmp_path: Path) -> None:
    strict, tolerant = Codec(dialect), Codec(dialect, strict=False)
    kinds = [
        (file, vector) for file in ("valid", "tolerated", "malformed") for vector in vectors(dialect, file)
    ]
    frames = [framed(number, vector) for number, (_, vector) in enumerate(kinds, start=1)]
    trees = [layers.get("gatts") for layers in dissect(frames, tmp_path, dialect)]
    assert len(trees) == len(kinds) > 100
    for (file, vector), tree in zip(kinds, trees, strict=True):
        found = about_bytes(tree)
        if file != "malformed" and not is_accident(vector, file):
            check_valid(strict if file == "valid" else tolerant, vector, tree)
        # The first fault is what strict decoding refuses; the last what no decoder takes.
        assert [info.text for info in found[:1]] == faults(strict, vector), vector
        assert [info.text for info in found if info.id == "gatts.malformed"] == faults(tolerant, vector), (
            vector
        )
