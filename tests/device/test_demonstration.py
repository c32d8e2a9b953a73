"""The demonstration in every dialect: it runs, and what it shows decodes."""

from __future__ import annotations

import asyncio

import pytest
from device.bench import ALL, WITH_MTU

from gatts_codec.capture import CapturedFrame, Chunk, PacketDecoder, assemble
from gatts_codec.device.demonstration import DemoStep, Said, demonstrate


async def all_steps(dialect: str) -> list[DemoStep]:
    return [step async for step in demonstrate(dialect)]


@pytest.mark.parametrize("dialect", ALL)
def test_every_step_happens(dialect: str) -> None:
    steps = asyncio.run(all_steps(dialect))
    assert len(steps) == (10 if dialect in WITH_MTU else 9)
    assert all(step.entries for step in steps)
    said = [entry.text for step in steps for entry in step.entries if isinstance(entry, Said)]
    assert "it receives 72 bpm, 75 bpm" in said
    assert "it gets 01: on the chest" in said
    assert any("APP_BEGIN" in text for text in said)
    chunks = [entry for step in steps for entry in step.entries if isinstance(entry, Chunk)]
    decoder = PacketDecoder(dialect)
    frames = [item for item in assemble(chunks) if isinstance(item, CapturedFrame)]
    assert len(frames) > 60
    assert [frame for frame in frames if decoder.decode(frame).failure] == []
