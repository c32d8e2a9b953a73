"""A link over the page's port, with a virtual chip at its far end: what the page does, without a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

pytest.importorskip("click", reason="needs the cli extra")
pytest.importorskip("rich", reason="needs the cli extra")

from patience import PATIENCE_S

from gatts_codec.capture import diagnose
from gatts_codec.capture.recording import from_stream
from gatts_codec.web.live import Chip, Link, demo

DIALECT = "sd_api_v5"


class Page:
    """Two ends of a port."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.link = Link(DIALECT, lambda data: self.chip.receive(data), self.lines.append)
        self.chip = Chip(DIALECT, self.link.receive, self.lines.append)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S) if hasattr(asyncio, "timeout") else asyncio.Lock():
            while not condition():
                await asyncio.sleep(0.001)

    async def close(self) -> None:
        await self.link.close()
        await self.chip.close()


def judged(recording: str) -> str:
    import io

    return diagnose(from_stream(io.BytesIO(recording.encode()), "live").items).headline


def test_calls_events_and_the_recording() -> None:
    async def talk() -> None:
        page = Page()
        await page.link.open(reset=True)
        assert await page.link.call("enable") == ["enable: NRF_SUCCESS"]
        assert await page.link.call("service_add type=1 uuid.uuid=0x180d") == [
            "service_add: NRF_SUCCESS handle=0x000e"
        ]
        page.chip.phone("connect")
        await page.until(lambda: any(line.startswith("GAP.CONNECTED ") for line in page.lines))
        recording = page.link.recording()
        await page.close()
        # Nothing wrong, unless this machine is so slow that one end had to repeat itself.
        assert judged(recording).endswith(" in 2 calls and 1 event.")

    asyncio.run(talk())


def test_what_is_wrong_with_a_call_is_said_and_nothing_is_sent() -> None:
    async def talk() -> None:
        page = Page()
        await page.link.open(reset=True)
        before = page.link.recording()
        (unknown,) = await page.link.call("nope")
        (field,) = await page.link.call("value_get handle=x")
        assert "no command 'nope'" in unknown
        assert "handle" in field
        assert page.link.recording() == before
        refused, advice = await page.link.call("service_add type=9 uuid.uuid=0x180d")
        assert "INVALID_PARAM" in refused
        assert advice
        await page.close()

    asyncio.run(talk())


def test_a_phone_that_cannot_says_so() -> None:
    async def talk() -> None:
        page = Page()
        await page.link.open(reset=True)
        page.chip.phone("fly")
        page.chip.phone("disconnect")
        await page.until(lambda: len(page.lines) == 2)
        assert "no such command" in page.lines[0]
        assert "not connected" in page.lines[1]
        await page.close()

    asyncio.run(talk())


def test_a_port_that_goes_away_ends_the_link() -> None:
    async def talk() -> None:
        page = Page()
        await page.link.open(reset=True)
        page.link.gone()
        (said,) = await page.link.call("enable")
        assert "the other end has gone" in said
        await page.close()

    asyncio.run(talk())


def test_the_demonstration_brings_its_recording() -> None:
    steps: list[str] = []
    recording = asyncio.run(demo(DIALECT, steps.append))
    assert len(steps) == 10
    assert "1. The link comes up" in steps[0]
    assert {json.loads(line)["dir"] for line in recording.splitlines()} == {"host->device", "device->host"}
    assert " in 18 calls" in judged(recording)
