"""The server that README shows: the same source on every dialect, with both clients."""

from __future__ import annotations

import ast
import asyncio
import inspect
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from docs.blocks import blocks
from link.rig import QUICK

from gatts_codec import (
    DIALECTS,
    AdvData,
    CommandFailed,
    EncodeError,
    Uuid,
    aconnect,
    connect,
    memory_pair,
)
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.gap import Addr, AddrType
from gatts_codec.link import ChipConfig, Transport
from gatts_codec.link.calls.plans import PlanCalls
from gatts_codec.plans import Start

README = Path(__file__).parents[2] / "README.md"
SOURCE = next(block.source for block in blocks(README) if "def serve(" in block.source)
NAME_IN_THE_AIR = b"\x06\x09Heart"  # length, complete local name (Core Specification Supplement, Part A, 1.2)
each_dialect = pytest.mark.parametrize("dialect", DIALECTS)


@contextmanager
def chip_of(dialect: str) -> Iterator[tuple[ChipRunner, Transport]]:
    """A chip that is quick to come up, and the host's end of its line."""
    chip_end, host_end = memory_pair()
    quick = ChipConfig(retransmission_interval_s=0.01, transmissions=1000)
    with ChipRunner(VirtualChip(dialect, link=quick), chip_end) as chip:
        yield chip, host_end


class Awaiting(ast.NodeTransformer):
    """The same source for asyncio: what is called on ``sd`` is awaited."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return ast.AsyncFunctionDef(**vars(self.generic_visit(node)))

    def visit_For(self, node: ast.For) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]
        return ast.AsyncFor(**vars(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return ast.Await(node) if ast.unparse(node.func).startswith("sd.") else node


def server(tree: ast.Module) -> Callable[[Any], Any]:
    names: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(tree), str(README), "exec"), names)
    found: Callable[[Any], Any] = names["serve"]
    return found


def phone_comes(chip: ChipRunner) -> list[bytes]:
    """What a phone does that looks for a heart rate; the values that it got."""
    phone = chip.peer
    phone.wait_for_advertising()
    phone.connect()
    (heart,) = (each for each in phone.discover() if each.uuid == Uuid(0x180D))
    phone.subscribe(heart.characteristics[0].value_handle)
    values = phone.wait_for_value()
    phone.disconnect()
    return [value.data for value in values]


@each_dialect
def test_a_phone_finds_subscribes_and_is_told(dialect: str) -> None:
    sent = bytearray()
    with chip_of(dialect) as (chip, port), connect(port, dialect, link=QUICK) as sd:
        chip.on_wire = lambda _, data: sent.extend(data)
        serving = threading.Thread(target=server(ast.parse(SOURCE)), args=(sd,))
        serving.start()
        assert phone_comes(chip) == [b"\x00\x4b"]
        serving.join()
        assert chip.chip.device.gap.name == b"Heart"
    assert NAME_IN_THE_AIR in sent


@each_dialect
def test_and_so_it_does_with_asyncio(dialect: str) -> None:
    serve = server(Awaiting().visit(ast.parse(SOURCE)))
    assert inspect.iscoroutinefunction(serve)

    async def run(chip: ChipRunner, port: Transport) -> list[bytes]:
        async with aconnect(port, dialect, link=QUICK) as sd:
            phone = asyncio.create_task(asyncio.to_thread(phone_comes, chip))
            await serve(sd)
            return await phone

    with chip_of(dialect) as (chip, port):
        assert asyncio.run(run(chip, port)) == [b"\x00\x4b"]


@each_dialect
def test_it_advertises_again_and_says_when_it_does_already(dialect: str) -> None:
    with chip_of(dialect) as (chip, port), connect(port, dialect, link=QUICK) as sd:
        sd.start()
        sd.advertise(AdvData(name="Heart"))
        with pytest.raises(CommandFailed, match="adv_stop first"):
            sd.advertise(AdvData(name="Heart"))
        sd.stop_advertising()
        sd.advertise(AdvData(name="Other"), timeout_s=60)
        chip.peer.wait_for_advertising()


def test_what_cannot_be_is_refused_before_anything_is_sent() -> None:
    with chip_of("sd_api_v2") as (_, port), connect(port, "sd_api_v2", link=QUICK) as sd:
        with pytest.raises(EncodeError, match="att_mtu: cannot be set in sd_api_v2"):
            sd.start(att_mtu=247)
        sd.carry_out(Start(att_mtu=23))  # nothing was enabled by the first
        with pytest.raises(CommandFailed, match="enabled already"):
            sd.start()


@pytest.mark.parametrize("dialect", [name for name, each in DIALECTS.items() if each.can_be_central])
def test_a_central_scans_goes_on_and_connects(dialect: str) -> None:
    with chip_of(dialect) as (_, port), connect(port, dialect, link=QUICK) as sd:
        sd.start(periph_role_count=0, central_role_count=1)
        sd.scan(active=True)
        sd.resume_scanning()
        sd.stop_scanning()
        sd.connect_to("F0:12:34:56:78:9A")
        sd.gap.connect_cancel()


@each_dialect
def test_the_address_is_set_and_asked_for_alike(dialect: str) -> None:
    with chip_of(dialect) as (_, port), connect(port, dialect, link=QUICK) as sd:
        sd.start()
        sd.gap.addr_set(Addr.from_text("F0:12:34:56:78:9A"))
        found = sd.gap.addr_get().addr
        assert found is not None
        assert (found.addr.hex(), found.addr_type) == ("9a78563412f0", AddrType.RANDOM_STATIC)


def test_the_signal_strength_is_asked_for_alike() -> None:
    for dialect in ("sd_api_v2_pc", "sd_api_v5", "sd_api_v6"):
        with chip_of(dialect) as (chip, port), connect(port, dialect, link=QUICK) as sd:
            sd.start()
            conn = chip.peer.connect()
            sd.gap.rssi_start(conn, 0xFF, 0)
            assert (sd.gap.rssi_get(conn).rssi or 0) < 0


def test_a_client_has_every_plan_and_loads_none_before() -> None:
    script = "import sys; from gatts_codec import Client; print(*sys.modules); print(*dir(Client))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded, names = map(str.split, done.stdout.splitlines())
    assert not [name for name in loaded if name.startswith(("gatts_codec.plans", "gatts_codec.advertising"))]
    assert {name for name in vars(PlanCalls) if not name.startswith("_")} <= set(names)


@pytest.mark.parametrize("dialect", ["sd_api_v3", "sd_api_v5", "sd_api_v7"])
def test_a_long_name_fits_where_it_was_given_room(dialect: str) -> None:
    with chip_of(dialect) as (chip, port), connect(port, dialect, link=QUICK) as sd:
        sd.start(device_name="n" * 100)
        assert chip.chip.device.gap.name == b"n" * 100
        assert sd.gap.device_name_get().dev_name == b"n" * 100
