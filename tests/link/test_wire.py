"""Both clients on every kind of wire there is, recorded; the recordings say what was called."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from link.rig import DIALECT, QUICK
from link.scripted_chip import ScriptedChip
from link.wires import EVERY_KIND, KINDS

from gatts_codec import HvcEvent, PortError, Uuid, Value, aconnect, connect, memory_pair
from gatts_codec.capture import CapturedFrame, PacketDecoder, assemble
from gatts_codec.capture.readers import jsonl
from gatts_codec.framing import slip
from tools.soak.lines import Pair

CALLED = [
    "sd_ble_gatts_service_add",
    "sd_ble_gatts_service_add",
    "sd_ble_gatts_value_set",
    "sd_ble_gatts_value_set",
    "BLE_GATTS_EVT_HVC",
]


@pytest.fixture(params=EVERY_KIND)
def ends(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield KINDS[request.param](stack)


def recorded_names(path: Path) -> list[str | None]:
    """The packets of a recording, in order; one that a slow machine sent twice counts once."""
    decoder = PacketDecoder(DIALECT)
    with path.open("rb") as file:
        frames = [item for item in assemble(jsonl.read(file, str(path))) if isinstance(item, CapturedFrame)]
    assert all(frame.error is None or frame.raw == slip.RELEASE for frame in frames)
    distinct = {
        (frame.dir, frame.packet.seq, frame.packet.payload): frame for frame in frames if frame.packet
    }
    records = [decoder.decode(frame) for frame in distinct.values()]
    return [record.packet.name for record in records if record.packet is not None]


def test_blocking(ends: Pair, tmp_path: Path) -> None:
    path = tmp_path / "blocking.jsonl"
    ours, theirs = ends
    with ScriptedChip(theirs, DIALECT) as chip, connect(ours, DIALECT, link=QUICK, record=path) as sd:
        assert sd.service_add(1, Uuid(0x180D)).handle == 13
        sd.value_set(0xFFFF, 15, Value(bytes(range(0x60, 0xE0))))
        chip.send(HvcEvent(0, 15))
        assert sd.wait_for(HvcEvent) == HvcEvent(0, 15)
    assert recorded_names(path) == CALLED


def test_asyncio(ends: Pair, tmp_path: Path) -> None:
    path = tmp_path / "asyncio.jsonl"
    ours, theirs = ends

    async def main() -> None:
        with ScriptedChip(theirs, DIALECT) as chip:
            async with aconnect(ours, DIALECT, link=QUICK, record=path) as sd:
                assert (await sd.service_add(1, Uuid(0x180D))).handle == 13
                await sd.value_set(0xFFFF, 15, Value(bytes(range(0x60, 0xE0))))
                chip.send(HvcEvent(0, 15))
                assert await sd.wait_for(HvcEvent) == HvcEvent(0, 15)

    asyncio.run(main())
    assert recorded_names(path) == CALLED


def test_a_recording_that_cannot_be_written(tmp_path: Path) -> None:
    ours, theirs = memory_pair()
    theirs.close()
    with pytest.raises(PortError, match="cannot record"):
        connect(ours, DIALECT, record=tmp_path / "nowhere" / "x.jsonl")
