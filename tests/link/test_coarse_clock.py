"""A clock that ticks 64 times a second, as monotonic() does on Windows before Python 3.13."""

from __future__ import annotations

import asyncio
import time
from importlib import import_module

import pytest

from gatts_codec import HvcEvent, LinkTimeout, Uuid, aconnect, connect, memory_pair
from gatts_codec.device import ChipRunner, VirtualChip

TICKS = 64
DIALECT = "sd_api_v5"
FAULTS = ["drop-ack=2", "drop-ack=5", "corrupt-response=3"]


def coarse() -> float:
    return time.monotonic() * TICKS // 1 / TICKS


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("link.line", "link.client", "device.runner"):
        monkeypatch.setattr(import_module(f"gatts_codec.{module}"), "monotonic", coarse)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "time", lambda loop: coarse())


def test_a_client_and_a_chip() -> None:
    ours, theirs = memory_pair()
    with ChipRunner(VirtualChip(DIALECT, faults=FAULTS), theirs), connect(ours, DIALECT) as client:
        for uuid in range(10):
            assert client.service_add(1, Uuid(uuid)).result == 0
        with pytest.raises(LinkTimeout):
            client.wait_for(HvcEvent, 0.001)


def test_a_client_in_an_event_loop() -> None:
    async def main() -> None:
        ours, theirs = memory_pair()
        with ChipRunner(VirtualChip(DIALECT, faults=FAULTS), theirs):
            async with aconnect(ours, DIALECT) as client:
                for uuid in range(10):
                    assert (await client.service_add(1, Uuid(uuid))).result == 0
                with pytest.raises(LinkTimeout):
                    await client.wait_for(HvcEvent, 0.001)

    asyncio.run(main())
