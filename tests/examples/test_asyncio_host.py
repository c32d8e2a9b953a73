"""The asyncio host when things do not go as they should: the model for other people's stacks must not fall over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import PATIENT_HOST

from gatts_codec import InitialUserHandleGet, LinkClosed, LinkReset, LinkTimeout, ServiceAdd, Uuid
from gatts_codec.device import ChipFarm, VirtualChip
from gatts_codec.gap import ConnectedEvent

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
ADD, GET = ServiceAdd(1, Uuid(0x180D)), InitialUserHandleGet()
Scene = Callable[[Any, VirtualChip], Coroutine[Any, Any, None]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run a scene with a host, and the chip it is connected to."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    module = import_module("asyncio_host")
    monkeypatch.setattr(module, "HostConfig", partial(replace, PATIENT_HOST))

    @asynccontextmanager
    async def stage(faults: tuple[str, ...]) -> AsyncIterator[tuple[Any, VirtualChip]]:
        chip = VirtualChip("sd_api_v5_pc", faults=faults)
        async with ChipFarm(lambda: chip) as farm:
            place = urlsplit((await farm.listen_tcp()).replace("tcp:", "tcp://", 1))
            transport, host = await asyncio.get_running_loop().create_connection(
                lambda: module.Host("sd_api_v5_pc"), str(place.hostname), place.port or 0
            )
            yield host, chip
            transport.close()

    async def whole(scene: Scene, faults: tuple[str, ...]) -> None:
        async with stage(faults) as (host, chip):
            await scene(host, chip)

    def run(scene: Scene, *faults: str) -> None:
        asyncio.run(asyncio.wait_for(whole(scene, faults), 600))

    return run


def test_events_come_in_the_queue(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        assert (await host.call(ADD)).handle == 14
        chip.peer.connect()
        assert isinstance(await host.events.get(), ConnectedEvent)

    play(scene)


def test_a_call_that_is_cancelled_leaves_its_late_response_to_nobody(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        await host.wait_for_link()
        call = asyncio.ensure_future(host.call(ADD))
        while not host.session.link.waiting:
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await host.call(GET)).handle == 14
        assert (await host.call(ADD)).handle == 15

    play(scene)


def test_a_response_that_is_late_is_not_taken_for_the_next_one(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        await host.wait_for_link()
        with pytest.raises(
            LinkTimeout, match=r"within 0\.2 s"
        ):  # a slow machine may not even have the ACK by then
            await host.call(ADD, timeout_s=0.2)
        assert (await host.call(ADD)).handle == 15

    play(scene, "delay-response=1@0.2")


def test_calls_from_many_tasks_go_one_by_one(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        added = await asyncio.gather(*(host.call(ADD) for _ in range(5)))
        assert [response.handle for response in added] == [14, 15, 16, 17, 18]

    play(scene)


def test_after_a_reboot_the_link_can_be_waited_for(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        with pytest.raises(LinkReset):
            await host.call(ADD)
        await host.wait_for_link()
        assert (await host.call(ADD)).handle == 14

    play(scene, "reboot=1")


def test_a_connection_that_is_gone_is_told(play: Callable[..., None]) -> None:
    async def scene(host: Any, chip: VirtualChip) -> None:
        await host.wait_for_link()
        host.transport.abort()
        with pytest.raises(LinkClosed):
            await host.call(ADD)
        with pytest.raises(LinkClosed):
            await host.wait_for_link()

    play(scene)
