"""The peers that a chip may have in its air: a host finds each, and gets from it what it is there for."""

from __future__ import annotations

import asyncio
from typing import Any

from patience import PATIENCE_S

from gatts_codec import AdvData, AsyncClient, Event, Uuid, aconnect
from gatts_codec.constants import GattOp
from gatts_codec.device import Air, ChipFarm, Guest, VirtualChip
from gatts_codec.device.guests.catalogue import GUESTS
from gatts_codec.device.guests.phone import Phone
from gatts_codec.gap import (
    AdvReportEvent,
    AdvReportEventV5,
    AuthStatusEvent,
    ConnectedEvent,
    ConnSecUpdateEvent,
    DisconnectedEvent,
    EncKey,
    KeySet,
    SecInfoRequestEvent,
    SecKeys,
    SecParams,
    SecParamsRequestEvent,
)
from gatts_codec.gattc import (
    CharDiscRspEvent,
    HandleRange,
    HvxEvent,
    PrimSrvcDiscRspEvent,
    ReadRspEvent,
    WriteParams,
)
from gatts_codec.packets.common.uuid_vs_add import Uuid128
from gatts_codec.packets.gap.structs import EncInfo, KeyDistribution, MasterId

_UART = Uuid128.from_text("6E400000-B5A3-F393-E0A9-E50E24DCCA9E")


def meet(guest: Guest, host: Any, dialect: str = "sd_api_v5") -> None:
    """Let a host on asyncio run with a chip that a guest is near."""

    async def run() -> None:
        air = Air()
        farm = ChipFarm(lambda: air.add(VirtualChip(dialect)))
        async with farm, await aconnect(farm.open_memory(), dialect) as sd:
            await sd.start(att_mtu=247, central_role_count=1, central_sec_count=1)
            air.host(farm.chips[0], guest)
            await host(sd)

    asyncio.run(run())


async def find(sd: AsyncClient, name: str) -> int:
    """A connection to who is called so."""
    await sd.scan(interval_ms=50, window_ms=50)
    while True:
        report = await heard(sd, AdvReportEvent, AdvReportEventV5)
        if AdvData.from_report(report).name == name:
            break
        await sd.resume_scanning()
    await sd.connect_to(report.peer_addr, interval_ms=7.5)
    conn: int = (await heard(sd, ConnectedEvent)).conn_handle
    return conn


async def heard(sd: AsyncClient, *kinds: type[Event]) -> Any:
    return await sd.wait_for(Event, PATIENCE_S, lambda event: isinstance(event, kinds))


async def value_handles(sd: AsyncClient, conn: int, service: Uuid) -> list[int]:
    await sd.gattc.primary_services_discover(conn, 1, service)
    span = (await heard(sd, PrimSrvcDiscRspEvent)).services[0].handle_range
    found: list[int] = []
    while True:  # as many as fit the MTU at a time
        rest = HandleRange(found[-1] + 1 if found else span.start_handle, span.end_handle)
        await sd.gattc.characteristics_discover(conn, rest)
        answer = await heard(sd, CharDiscRspEvent)
        found += [char.handle_value for char in answer.chars]
        if answer.gatt_status:
            return found


def test_a_heart_rate_sensor_notifies_each_second() -> None:
    async def host(sd: AsyncClient) -> None:
        conn = await find(sd, "Heart rate")
        measurement, _ = await value_handles(sd, conn, Uuid(0x180D))
        await sd.gattc.write(conn, WriteParams(measurement + 1, b"\x01\x00"))
        for _ in range(2):
            data = (await heard(sd, HvxEvent)).data
            assert data[0] == 0
            assert 60 <= data[1] < 100

    meet(GUESTS["heart-rate"](), host)


def test_a_battery_is_read() -> None:
    async def host(sd: AsyncClient) -> None:
        conn = await find(sd, "Battery")
        (level,) = await value_handles(sd, conn, Uuid(0x180F))
        await sd.gattc.read(conn, level, 0)
        assert (await heard(sd, ReadRspEvent)).data == b"\x64"

    meet(GUESTS["battery"](), host)


def test_a_uart_echoes() -> None:
    async def host(sd: AsyncClient) -> None:
        conn = await find(sd, "UART")
        kind = (await sd.uuid_vs_add(_UART)).uuid_type or 0
        rx, tx = await value_handles(sd, conn, Uuid(0x0001, kind))
        await sd.gattc.write(conn, WriteParams(tx + 1, b"\x01\x00"))
        await sd.gattc.write(conn, WriteParams(rx, b"hello", GattOp.WRITE_CMD))
        assert (await heard(sd, HvxEvent)).data == b"hello"

    meet(GUESTS["uart"](), host)


def test_a_phone_bonds_and_comes_back_with_the_key() -> None:
    phone = Phone()
    place = EncKey(EncInfo(bytes(16), 0, 0), MasterId(0, bytes(8)))

    async def host(sd: AsyncClient) -> None:
        await sd.advertise(AdvData(name="Peripheral"))
        conn = (await heard(sd, ConnectedEvent)).conn_handle
        await heard(sd, SecParamsRequestEvent)
        params = SecParams(bond=1, kdist_own=KeyDistribution(enc=1))
        await sd.gap.sec_params_reply(conn, 0, params, KeySet(SecKeys(place)))
        status = await heard(sd, AuthStatusEvent)
        assert (status.auth_status, status.bonded) == (0, 1)
        await sd.gap.disconnect(conn, 0x13)
        await heard(sd, DisconnectedEvent)
        await sd.advertise(AdvData(name="Peripheral"))
        conn = (await heard(sd, ConnectedEvent)).conn_handle
        await heard(sd, SecInfoRequestEvent)
        await sd.gap.sec_info_reply(conn, status.sec_keyset.keys_own.enc_key.enc_info)
        update = await sd.wait_for(ConnSecUpdateEvent, PATIENCE_S)
        assert update.conn_sec.sec_mode.lv == 2

    meet(phone, host)
    assert len(phone.bonds) == 1


def test_guests_leave_with_their_chip() -> None:
    air, chip = Air(), VirtualChip("sd_api_v5")
    air.add(chip)
    for make in GUESTS.values():
        air.host(chip, make())
    assert len(chip.device.guests) == len(GUESTS)
    air.remove(chip)
    assert chip.device.guests == []


def test_each_has_an_address_of_its_own() -> None:
    addresses = {make().device.gap.address for make in GUESTS.values()}
    assert len(addresses) == len(GUESTS)
