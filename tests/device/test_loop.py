"""A chip and its client in one event loop, without ports or threads."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from gatts_codec import LinkClosed, Uuid, aconnect, connect
from gatts_codec.constants import ServiceType
from gatts_codec.device import ChipFarm, VirtualChip

DIALECT = "sd_api_v5"


async def add_service(record: Path | None = None) -> int | None:
    farm = ChipFarm(lambda: VirtualChip(DIALECT))
    async with farm, aconnect(farm.open_memory(), DIALECT, record=record) as host:
        return (await host.service_add(ServiceType.PRIMARY, Uuid(0x180D))).handle


def test_a_client_reaches_its_chip_without_a_thread() -> None:
    threads = set(threading.enumerate())
    assert asyncio.run(add_service()) == 14
    assert set(threading.enumerate()) <= threads


def test_it_can_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    asyncio.run(add_service(path))
    directions = {json.loads(line)["dir"] for line in path.read_text("ascii").splitlines()}
    assert directions == {"host->device", "device->host"}


def test_a_chip_that_goes_away_is_a_port_that_goes_away() -> None:
    async def go_away() -> None:
        farm = ChipFarm(lambda: VirtualChip(DIALECT))
        async with farm, aconnect(farm.open_memory(), DIALECT) as host:
            await farm.close()
            with pytest.raises(LinkClosed, match="virtual chip"):
                await host.service_add(ServiceType.PRIMARY, Uuid(0x180D))

    asyncio.run(go_away())


def test_it_is_for_asyncio_clients_alone() -> None:
    async def block() -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            with pytest.raises(LinkClosed, match="use aconnect"):
                connect(farm.open_memory(), DIALECT)

    asyncio.run(block())
