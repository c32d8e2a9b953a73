"""Waiting as on Windows: a clock that ticks 64 times a second (before Python 3.13), and Ctrl-C that waits for waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from importlib import import_module

import pytest
from patience import PATIENT_CHIP, PATIENT_HOST

from gatts_codec import HvcEvent, LinkTimeout, Uuid, aconnect, connect, memory_pair
from gatts_codec.device import ChipRunner, VirtualChip

TICKS = 64
DIALECT = "sd_api_v5"
FAULTS = ["drop-ack=2", "drop-ack=5", "corrupt-response=3"]
# Two ticks and more.
HOST = replace(PATIENT_HOST, retransmission_interval_s=0.04)
CHIP = replace(PATIENT_CHIP, retransmission_interval_s=0.04)


def faulty_chip() -> VirtualChip:
    return VirtualChip(DIALECT, faults=FAULTS, link=CHIP)


def coarse() -> float:
    return time.monotonic() * TICKS // 1 / TICKS


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("link.line", "link.client", "device.runner"):
        monkeypatch.setattr(import_module(f"gatts_codec.{module}"), "monotonic", coarse)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "time", lambda loop: coarse())


def test_a_client_and_a_chip() -> None:
    ours, theirs = memory_pair()
    with ChipRunner(faulty_chip(), theirs), connect(ours, DIALECT, link=HOST) as client:
        for uuid in range(10):
            assert client.service_add(1, Uuid(uuid)).result == 0
        with pytest.raises(LinkTimeout):
            client.wait_for(HvcEvent, 0.001)


def test_a_client_in_an_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "_clock_resolution", 1 / TICKS)
        ours, theirs = memory_pair()
        with ChipRunner(faulty_chip(), theirs):
            async with aconnect(ours, DIALECT, link=HOST) as client:
                for uuid in range(10):
                    assert (await client.service_add(1, Uuid(uuid))).result == 0
                with pytest.raises(LinkTimeout):
                    await client.wait_for(HvcEvent, 0.001)

    asyncio.run(main())


def test_no_wait_keeps_ctrl_c_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatts_codec.link.line.LONGEST_WAIT_S", 0.001)  # half a second on Windows
    ours, theirs = memory_pair()
    waited: list[float | None] = []
    really_wait = ours.wait

    def wait(timeout_s: float | None, writing: bool = False) -> None:
        waited.append(timeout_s)
        really_wait(timeout_s, writing)

    monkeypatch.setattr(ours, "wait", wait)
    with ChipRunner(VirtualChip(DIALECT), theirs), connect(ours, DIALECT) as client:
        assert client.service_add(1, Uuid(0x180D)).result == 0
        for _ in client.events(timeout_s=0.02):
            pass
    assert all(timeout_s is not None and timeout_s <= 0.001 for timeout_s in waited)
