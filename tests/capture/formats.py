"""Recordings rewritten in other formats, as the tools themselves write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from gatts_codec.capture import TO_DEVICE, CapturedFrame, Chunk, Item, assemble
from gatts_codec.capture.readers import jsonl


class Byte(NamedTuple):
    t_us: int
    to_device: bool
    value: int


def chunks_of(recording: Path) -> list[Chunk]:
    with recording.open("rb") as file:
        return [entry for entry in jsonl.read(file, recording.name) if isinstance(entry, Chunk)]


def bytes_of(recording: Path) -> list[Byte]:
    """Byte by byte, ten microseconds apart within a chunk, as at 1 Mbaud.

    A pseudo-terminal is faster than any line, so time runs slower here by a thousand.
    """
    return [
        Byte(1000 * (chunk.t_us or 0) + 10 * position, chunk.dir == TO_DEVICE, value)
        for chunk in chunks_of(recording)
        for position, value in enumerate(chunk.data)
    ]


def frames(items: list[Item]) -> list[tuple[str | None, bytes]]:
    """What must be the same in every format."""
    return [(item.dir, item.raw) for item in items if isinstance(item, CapturedFrame)]


def frames_of(recording: Path) -> list[tuple[str | None, bytes]]:
    return frames(list(assemble(chunks_of(recording))))


def by_direction(found: list[tuple[str | None, bytes]]) -> dict[str | None, list[bytes]]:
    """For formats whose order between the directions is not that of the line."""
    return {way: [raw for other, raw in found if other == way] for way in {way for way, _ in found}}


def logic1(recording: Path, to_device: bool) -> str:
    rows = [
        f"{byte.t_us / 1e6:.15f},0x{byte.value:02X},,"
        for byte in bytes_of(recording)
        if byte.to_device == to_device
    ]
    return "\n".join(["Time [s],Value,Parity Error,Framing Error", *rows]) + "\n"


def logic2(recording: Path, *, radix: str = "0x{:02X}") -> str:
    rows = [
        f'"{"Host" if byte.to_device else "Chip"}","data",{byte.t_us / 1e6:.9f},8.68e-05,{radix.format(byte.value)}'
        for byte in bytes_of(recording)
    ]
    return "\n".join(['name,type,start_time,duration,"data"', *rows]) + "\n"


def interceptty(recording: Path) -> str:
    rows = [f"{'<' if byte.to_device else '>'} \t0x{byte.value:02x} (.)" for byte in bytes_of(recording)]
    return "\n".join(rows) + "\n"


def as_jsonl(chunks: list[Chunk]) -> str:
    return "".join(json.dumps({"t_us": c.t_us, "dir": c.dir, "hex": c.data.hex()}) + "\n" for c in chunks)
