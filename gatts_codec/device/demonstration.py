"""A client and a virtual chip in one event loop: a heart rate service, and a phone that uses it.

``demonstrate`` goes through it step by step; each ``DemoStep`` has what passed on the wire and what host and peer did.
Neither threads nor ports, so that it runs in a browser too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Literal, TypeVar

from gatts_codec.advertising.data import AdvData
from gatts_codec.capture import Chunk, Direction
from gatts_codec.constants import DEFAULT_MTU, AuthorizeType, GattStatus, ServiceType
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.farm import ChipFarm
from gatts_codec.device.peer import Peer
from gatts_codec.device.procedure import Procedure
from gatts_codec.dialects import Dialect
from gatts_codec.errors import PeerError
from gatts_codec.link.aio import AsyncClient, aconnect
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.gatts.characteristic_add import CharMd, CharProps
from gatts_codec.packets.gatts.exchange_mtu_request_event import ExchangeMtuRequestEvent
from gatts_codec.packets.gatts.hvx import HvxParams
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams, RwAuthorizeReplyParams
from gatts_codec.packets.gatts.rw_authorize_request_event import (
    RwAuthorizeRequestEvent,
    RwAuthorizeRequestEventV1,
)
from gatts_codec.packets.gatts.sys_attr_missing_event import SysAttrMissingEvent
from gatts_codec.packets.gatts.write_event import WriteEvent, WriteEventV1
from gatts_codec.schema.structs import NO_ACCESS, OPEN, Attr, AttrMd, Uuid

Who = Literal["host", "peer"]
E = TypeVar("E")
T = TypeVar("T")

HEART_RATE, MEASUREMENT, LOCATION, CONTROL_POINT = 0x180D, 0x2A37, 0x2A38, 0x2A39
NAME = "Heart"
_MTU = 247
_CHEST, _RESET_ENERGY, _NONSENSE = b"\x01", b"\x01", b"\x63"
# "control point not supported", by the service's specification.
_NOT_SUPPORTED_HERE = GattStatus.ATTERR_APP_BEGIN
_PATIENCE_S, _PAUSE_S = 5.0, 0.001


@dataclass(frozen=True, slots=True)
class Said:
    """What host or peer did or got, beside the wire."""

    who: Who
    text: str


@dataclass(slots=True)
class DemoStep:
    """One step: its title, and what happened in it, in order."""

    title: str
    entries: list[Chunk | Said] = field(default_factory=list)


async def demonstrate(dialect: str | Dialect = "sd_api_v5") -> AsyncIterator[DemoStep]:
    """The steps, each when it is over. Nothing of it is prepared: what it shows has just happened."""
    async with Stage(dialect) as stage:
        for title, act in _ACTS:
            if act is _agree_on_mtu and not stage.exchanges_mtu:
                continue
            yield await stage.perform(title, act)


class Stage:
    """Chip, client and what they do."""

    def __init__(self, dialect: str | Dialect) -> None:
        self.dialect = dialect
        self.chip = VirtualChip(dialect)
        self.conn = 0
        self.handles: dict[int, int] = {}
        self.client: AsyncClient
        self._entries: list[Chunk | Said] = []
        self._began = perf_counter()
        self._farm = ChipFarm(lambda: self.chip)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        await self._stack.enter_async_context(self._farm)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def exchanges_mtu(self) -> bool:
        """Whether the dialect's host is asked for the MTU."""
        return self.chip.device.profile.exchanges_mtu

    async def open_client(self) -> None:
        """Bring the link up."""
        port = self._farm.open_memory(self._note_bytes)
        opening = aconnect(port, self.dialect, max_payload=self.chip.link.config.max_payload)
        self.client = await self._stack.enter_async_context(opening)

    def say(self, who: Who, text: str) -> None:
        """Note what host or peer did."""
        self._entries.append(Said(who, text))

    async def perform(self, title: str, act: Act) -> DemoStep:
        """One step, until the wire is quiet again."""
        await act(self)
        await self.until(lambda: not self.chip.link.waiting)
        entries, self._entries = self._entries, []
        return DemoStep(title, entries)

    def let(self, do: Callable[[Peer], T]) -> T:
        """Have the peer do something. Raises PeerError."""
        outcome: list[T] = []
        self._farm.act(self.chip, lambda chip: outcome.append(do(chip.peer)))
        return outcome[0]

    async def result_of(self, procedure: Procedure[T]) -> T:
        """What a request of the peer comes to. Raises PeerError: it was refused, or is not answered in time."""
        await self.until(lambda: procedure.done)
        return procedure.result()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, for a few seconds."""
        loop = asyncio.get_running_loop()
        limit = loop.time() + _PATIENCE_S
        while not condition() and loop.time() < limit:
            await asyncio.sleep(_PAUSE_S)

    def _note_bytes(self, direction: Direction, data: bytes) -> None:
        t_us = int((perf_counter() - self._began) * 1e6)
        self._entries.append(Chunk(t_us, direction, data))


Act = Callable[[Stage], Awaitable[None]]


async def _link_up(stage: Stage) -> None:
    await stage.open_client()


async def _enable(stage: Stage) -> None:
    await stage.client.start(att_mtu=_MTU if stage.exchanges_mtu else DEFAULT_MTU, device_name=NAME)
    if stage.exchanges_mtu:
        stage.say("host", f"configured: connections may use an ATT MTU of {_MTU} bytes")
    stage.say("host", f"BLE is enabled, the device is called {NAME!r}")


async def _add_service(stage: Stage) -> None:
    client, handles = stage.client, stage.handles
    service = (await client.service_add(ServiceType.PRIMARY, Uuid(HEART_RATE))).handle
    measured = AttrMd(read_perm=NO_ACCESS, write_perm=NO_ACCESS, vlen=1)
    read_by_leave = AttrMd(write_perm=NO_ACCESS, rd_auth=1)
    written_by_leave = AttrMd(read_perm=NO_ACCESS, write_perm=OPEN, wr_auth=1)
    for uuid, props, md, value in (
        (MEASUREMENT, CharProps(notify=1), measured, b"\0\x48"),
        (LOCATION, CharProps(read=1), read_by_leave, b"\0"),
        (CONTROL_POINT, CharProps(write=1), written_by_leave, b"\0"),
    ):
        max_len = 20 if md.vlen else 1
        attr = Attr(Uuid(uuid), md, max_len, value)
        added = (await client.characteristic_add(service, CharMd(props), attr)).handles
        assert added is not None
        handles[uuid] = added.value_handle
    stage.say("host", ", ".join(f"{uuid:04x} is 0x{handle:04x}" for uuid, handle in handles.items()))


async def _connect(stage: Stage) -> None:
    await stage.client.advertise(AdvData(name=NAME, services=[HEART_RATE]))
    stage.say("host", "advertising")
    stage.conn = stage.let(Peer.connect)
    stage.say("peer", "a phone connects")
    await stage.client.wait_for(ConnectedEvent)


async def _agree_on_mtu(stage: Stage) -> None:
    exchanging = stage.let(lambda peer: peer.exchange_mtu(185))
    asked = await stage.client.wait_for(ExchangeMtuRequestEvent)
    stage.say("peer", f"it asks for an MTU of {asked.client_rx_mtu}")
    ours = min(_MTU, stage.chip.device.connections.require(stage.conn).max_mtu)
    await stage.client.exchange_mtu_reply(stage.conn, ours)
    agreed = await stage.result_of(exchanging)
    stage.say("peer", f"the MTU is {agreed} now")


async def _subscribe(stage: Stage) -> None:
    services = stage.let(Peer.discover)
    found = ", ".join(f"{service.uuid.uuid:04x}" for service in services)
    stage.say("peer", f"it discovers services {found}; the host notices nothing")
    handle = stage.handles[MEASUREMENT]
    subscribing = stage.let(lambda peer: peer.subscribe(handle))
    stage.say("peer", "it subscribes to the measurement")
    await stage.client.wait_for(SysAttrMissingEvent)
    stage.say("host", "a new peer: it starts without subscriptions")
    await stage.client.sys_attr_set(stage.conn)
    await stage.result_of(subscribing)
    await stage.client.wait_for(_either(stage, WriteEvent, WriteEventV1))


async def _notify(stage: Stage) -> None:
    for beats in (72, 75):
        params = HvxParams(stage.handles[MEASUREMENT], data=bytes([0, beats]))
        await stage.client.hvx(stage.conn, params)
    values = stage.chip.peer.received
    await stage.until(lambda: len(values) >= 2)
    stage.say("peer", "it receives " + ", ".join(f"{value.data[1]} bpm" for value in values))


async def _read(stage: Stage) -> None:
    handle = stage.handles[LOCATION]
    reading = stage.let(lambda peer: peer.read(handle))
    stage.say("peer", "it reads where the sensor is, and waits")
    await stage.client.wait_for(_either(stage, RwAuthorizeRequestEvent, RwAuthorizeRequestEventV1))
    answer = AuthorizeParams(update=1, data=_CHEST)
    reply = RwAuthorizeReplyParams(AuthorizeType.READ, read=answer)
    await stage.client.rw_authorize_reply(stage.conn, reply)
    stage.say("peer", f"it gets {(await stage.result_of(reading)).hex()}: on the chest")


async def _write(stage: Stage) -> None:
    handle = stage.handles[CONTROL_POINT]
    for data in (_RESET_ENERGY, _NONSENSE):
        writing = stage.let(partial(Peer.write, handle=handle, data=data))
        stage.say("peer", f"it writes {data.hex()} to the control point, and waits")
        await stage.client.wait_for(_either(stage, RwAuthorizeRequestEvent, RwAuthorizeRequestEventV1))
        granted = data == _RESET_ENERGY
        answer = AuthorizeParams(update=1, data=data) if granted else AuthorizeParams(_NOT_SUPPORTED_HERE)
        reply = RwAuthorizeReplyParams(AuthorizeType.WRITE, write=answer)
        await stage.client.rw_authorize_reply(stage.conn, reply)
        try:
            await stage.result_of(writing)
            stage.say("peer", "it is granted it")
        except PeerError as error:
            stage.say("peer", f"it is refused: {error}")


async def _disconnect(stage: Stage) -> None:
    stage.let(Peer.disconnect)
    stage.say("peer", "it walks away")
    await stage.client.wait_for(DisconnectedEvent)


def _either(stage: Stage, late: type[E], early: type[E]) -> type[E]:
    """The form of an event that the dialect has."""
    return early if stage.chip.device.profile.context_events else late


_ACTS: tuple[tuple[str, Act], ...] = (
    ("The link comes up", _link_up),
    ("The host enables BLE", _enable),
    ("The host builds a heart rate service", _add_service),
    ("The host advertises, a phone connects", _connect),
    ("The phone asks for a larger MTU", _agree_on_mtu),
    ("The phone subscribes", _subscribe),
    ("The heart beats", _notify),
    ("A read that the host authorizes", _read),
    ("A write that it grants, and one that it refuses", _write),
    ("The phone leaves", _disconnect),
)
