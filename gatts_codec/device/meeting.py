"""Two hosts and their chips in one event loop: they find each other, pair by a passkey, and talk.

``meet`` goes through it step by step, and tells what passes on both wires. Neither threads nor ports.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Literal

from gatts_codec.advertising.data import AdvData
from gatts_codec.capture import Direction
from gatts_codec.constants.gap import AuthKeyType, HciStatus, IoCaps, SecStatus
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.farm import ChipFarm
from gatts_codec.device.shared_air import Air
from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.link.aio import AsyncClient, aconnect
from gatts_codec.packets.gap.adv_events import AdvReportEvent, AdvReportEventV5
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.gap.keys import KeySet
from gatts_codec.packets.gap.security_events import (
    AuthKeyRequestEvent,
    AuthStatusEvent,
    PasskeyDisplayEvent,
    SecParamsRequestEvent,
)
from gatts_codec.packets.gap.structs import KeyDistribution, SecParams
from gatts_codec.packets.gattc.char_disc_rsp_event import CharDiscRspEvent
from gatts_codec.packets.gattc.hvx_event import HvxEvent
from gatts_codec.packets.gattc.prim_srvc_disc_rsp_event import PrimSrvcDiscRspEvent
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent
from gatts_codec.packets.gattc.structs import HandleRange
from gatts_codec.packets.gattc.write import WriteParams
from gatts_codec.packets.gattc.write_rsp_event import WriteRspEvent
from gatts_codec.packets.gatts.hvx import HvxParams
from gatts_codec.packets.gatts.sys_attr_missing_event import SysAttrMissingEvent
from gatts_codec.schema.characteristic import CharMd, CharProps
from gatts_codec.schema.message import Event
from gatts_codec.schema.structs import AUTHENTICATED, Attr, AttrMd, Uuid

Side = Literal["peripheral", "central"]
OnWire = Callable[[Side, Direction, bytes], object]
_PATIENCE_S = 10.0
_NAME, _SERVICE, _VALUE = "Heart", 0x180D, 0x2A37
_NO_KEYS = KeyDistribution()
_NO_PLACES = KeySet()  # up to v2 the firmware fails without a key set


async def meet(dialect: str | Dialect, on_wire: OnWire) -> AsyncIterator[str]:
    """The title of each step before it is gone through. Raises GattsError for a chip that cannot be central."""
    wanted, air = find_dialect(dialect), Air(seed=1)
    farm = ChipFarm(lambda: air.add(VirtualChip(wanted)))
    yield "Two hosts bring up the links to their chips"
    sides: tuple[Side, Side] = ("peripheral", "central")
    ports = [farm.open_memory(partial(on_wire, side)) for side in sides]
    async with (
        farm,
        await aconnect(ports[0], wanted) as peripheral,
        await aconnect(ports[1], wanted) as central,
    ):
        async for title in Meeting(peripheral, central).steps():
            yield title


class Meeting:
    """Both clients, and what they do."""

    def __init__(self, peripheral: AsyncClient, central: AsyncClient) -> None:
        self.peripheral, self.central = peripheral, central

    async def steps(self) -> AsyncIterator[str]:
        """All of it."""
        yield "The peripheral has a value that only paired peers may have, and advertises"
        handle = await self._serve()
        yield "The central looks for it, and connects"
        await self._find()
        yield "It discovers the value, and may not read it yet"
        await self._discover()
        await self._read(handle)
        yield "They pair: what one shows, the user types at the other"
        await self._pair()
        yield "Now it is read, and told when it changes"
        await self._use(handle)
        yield "The central says good-bye"
        await self.central.gap.disconnect(self.conn, HciStatus.REMOTE_USER_TERMINATED_CONNECTION)
        await self._heard(self.central, DisconnectedEvent)
        await self._heard(self.peripheral, DisconnectedEvent)

    async def _serve(self) -> int:
        sd = self.peripheral
        await sd.start(device_name=_NAME)
        await sd.service_add(1, Uuid(_SERVICE))
        metadata = AttrMd(read_perm=AUTHENTICATED, vlen=1)
        properties = CharMd(CharProps(read=1, notify=1))
        handles = (
            await sd.characteristic_add(0, properties, Attr(Uuid(_VALUE), metadata, 4, b"\x00\x48"))
        ).handles
        assert handles is not None
        await sd.advertise(AdvData(name=_NAME, services=[_SERVICE]))
        return handles.value_handle

    async def _find(self) -> None:
        sd = self.central
        await sd.start(central_role_count=1, central_sec_count=1)
        await sd.scan(interval_ms=100, window_ms=100)
        while (
            AdvData.from_report(report := await self._heard(sd, AdvReportEvent, AdvReportEventV5)).name
            != _NAME
        ):
            await sd.resume_scanning()
        await sd.connect_to(report.peer_addr)
        self.conn = (await self._heard(sd, ConnectedEvent)).conn_handle
        self.there = (await self._heard(self.peripheral, ConnectedEvent)).conn_handle

    async def _discover(self) -> None:
        sd = self.central
        await sd.gattc.primary_services_discover(self.conn, 1, Uuid(_SERVICE))
        span = (await self._heard(sd, PrimSrvcDiscRspEvent)).services[0].handle_range
        await sd.gattc.characteristics_discover(self.conn, HandleRange(span.start_handle, span.end_handle))
        await self._heard(sd, CharDiscRspEvent)

    async def _read(self, handle: int) -> None:
        await self.central.gattc.read(self.conn, handle, 0)
        await self._heard(self.central, ReadRspEvent)

    async def _pair(self) -> None:
        shows, types = (
            SecParams(mitm=1, io_caps=io, kdist_own=_NO_KEYS, kdist_peer=_NO_KEYS)
            for io in (IoCaps.DISPLAY_ONLY, IoCaps.KEYBOARD_ONLY)
        )
        await self.central.gap.authenticate(self.conn, types)
        await self._heard(self.peripheral, SecParamsRequestEvent)
        await self.peripheral.gap.sec_params_reply(self.there, SecStatus.SUCCESS, shows, _NO_PLACES)
        await self._heard(self.central, SecParamsRequestEvent)
        await self.central.gap.sec_params_reply(self.conn, SecStatus.SUCCESS, None, _NO_PLACES)
        passkey = (await self._heard(self.peripheral, PasskeyDisplayEvent)).passkey
        await self._heard(self.central, AuthKeyRequestEvent)
        await self.central.gap.auth_key_reply(self.conn, AuthKeyType.PASSKEY, passkey)
        for sd in (self.central, self.peripheral):
            await self._heard(sd, AuthStatusEvent)

    async def _use(self, handle: int) -> None:
        await self._read(handle)
        await self.central.gattc.write(self.conn, WriteParams(handle + 1, b"\x01\x00"))
        await self._heard(self.peripheral, SysAttrMissingEvent)
        await self.peripheral.sys_attr_set(self.there)
        await self._heard(self.central, WriteRspEvent)
        await self.peripheral.hvx(self.there, HvxParams(handle, data=b"\x00\x49"))
        await self._heard(self.central, HvxEvent)

    async def _heard(self, sd: AsyncClient, *kinds: type[Event]) -> Any:
        return await sd.wait_for(Event, _PATIENCE_S, lambda event: isinstance(event, kinds))
