"""The captured recordings, with what the reference host reported beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from every import every

from gatts_codec.capture import CapturedFrame, Item, PacketDecoder, PacketRecord, Report, assemble
from gatts_codec.capture.readers import jsonl

CAPTURES = Path(__file__).parent.parent / "captures"
RECORDINGS = sorted(CAPTURES.rglob("*.jsonl"))


def dialect_of(recording: Path) -> str:
    """The dialect that a recording's folder, or in driver_logs its name, tells."""
    folder = recording.parent.name
    return recording.name.split(".")[0] if folder == "driver_logs" else folder


def id_of(recording: Path) -> str:
    return f"{recording.parent.parent.name}-{recording.parent.name}-{recording.stem}"


def each_of(recordings: list[Path], share: int = 1) -> Callable[[Any], Any]:
    """One test of its argument ``recording`` for all of these; with ``share`` for one of so many by default."""
    return every("recording", recordings, ids=id_of, share=share)


@cache
def items_of(recording: Path) -> tuple[Item, ...]:
    with recording.open("rb") as file:
        return tuple(assemble(jsonl.read(file, recording.name)))


@cache
def records_of(recording: Path, dialect: str = "") -> tuple[PacketRecord, ...]:
    decoder = PacketDecoder(dialect or dialect_of(recording))
    return tuple(decoder.decode(item) for item in items_of(recording) if isinstance(item, CapturedFrame))


@cache
def host_log(recording: Path) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(recording.with_suffix(".expected.json").read_text())["host_log"])


LOGGED = [recording for recording in RECORDINGS if recording.with_suffix(".expected.json").exists()]


def words_of(report: Report) -> str:
    """All words of a report."""
    found = [report.headline]
    for one in (*report.findings, *report.notes):
        found += [one.code, one.title, one.cause, one.advice, one.ended, one.fault]
        found += [f"frame {piece.frame} {piece.text}" for piece in one.evidence]
    return "\n".join(found)
