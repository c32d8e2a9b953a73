"""Secure DFU over the air: send a package, as ``nrfutil pkg generate`` makes it, to a bootloader.

    python examples/dfu.py package.zip /dev/ttyACM0 sd_api_v5_pc      # by a chip with connectivity firmware
    python examples/dfu.py package.zip                                # without hardware: a virtual chip and target

A link that is lost is made again, and the transfer goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from struct import pack, unpack
from typing import Any
from zipfile import ZipFile
from zlib import crc32

from rich.progress import Progress

from gatts_codec import AdvData, AsyncClient, Event, Uuid, aconnect, gap, gattc
from gatts_codec.common import TxCompleteEvent
from gatts_codec.constants import GattOp, GattStatus, dfu_refusal
from gatts_codec.device import Air, ChipFarm, DfuTarget, VirtualChip
from gatts_codec.errors import CommandFailed, EncodeError, GattsError

NAME, SERVICE, PATIENCE_S, ATTEMPTS, MTU, RECEIPTS = "DfuTarg", 0xFE59, 30.0, 5, 247, 8
FULL = 0x0013, 0x3004  # RESOURCES; up to sd_api_v3 NO_TX_PACKETS
REPORTS = gap.AdvReportEvent, gap.AdvReportEventV5
CREATE, SET_RECEIPTS, CHECKSUM, EXECUTE, SELECT = 0x01, 0x02, 0x03, 0x04, 0x06


class DfuError(GattsError): ...  # the target refuses the package


class LinkLost(GattsError): ...  # the connection to the target is gone


class Target:
    """A bootloader that is connected."""

    def __init__(self, sd: AsyncClient) -> None:
        self.sd, self.conn, self.packet_size, self.packet, self.control = sd, 0, 20, 0, 0

    async def next(self, *kinds: type[Event]) -> Any:
        """The next event of these kinds. Raises LinkLost."""
        kinds = (*kinds, gap.DisconnectedEvent)
        found = await self.sd.wait_for(Event, PATIENCE_S, lambda event: isinstance(event, kinds))
        if isinstance(found, gap.DisconnectedEvent):
            raise LinkLost(f"the target is gone, reason 0x{found.reason:02x}")
        return found

    async def connect(self) -> None:
        """Scan, connect, agree on the longest packets, find the characteristics, ask for responses."""
        [event async for event in self.sd.events(timeout_s=0)]  # what is left of a connection before
        await self.sd.scan(active=True, interval_ms=50, window_ms=50)
        while AdvData.from_report(report := await self.next(*REPORTS)).name != NAME:
            await self.sd.resume_scanning()
        await self.sd.connect_to(report.peer_addr, interval_ms=7.5)
        self.conn = (await self.next(gap.ConnectedEvent)).conn_handle
        if self.sd.dialect.api >= 3:
            await self.sd.gattc.exchange_mtu_request(self.conn, MTU)
            size = (await self.next(gattc.ExchangeMtuRspEvent)).server_rx_mtu - 3
            with suppress(EncodeError):  # some builds of the connectivity firmware take no more than 20 bytes
                self.sd.codec.encode(gattc.Write(0, gattc.WriteParams(1, bytes(size))))
                self.packet_size = size
        await self.sd.gattc.primary_services_discover(self.conn, 1, Uuid(SERVICE))
        span = (await self.next(gattc.PrimSrvcDiscRspEvent)).services[0].handle_range
        for _ in range(2):  # the packet characteristic stands first
            await self.sd.gattc.characteristics_discover(self.conn, span)
            char = (await self.next(gattc.CharDiscRspEvent)).chars[0]
            self.packet, self.control = self.control, char.handle_value
            span = gattc.HandleRange(self.control + 1, span.end_handle)
        await self.write(self.control + 1, b"\x01\x00")
        await self.request(SET_RECEIPTS, RECEIPTS.to_bytes(2, "little"))

    async def write(self, handle: int, data: bytes) -> None:
        """A write request."""
        await self.sd.gattc.write(self.conn, gattc.WriteParams(handle, data, GattOp.WRITE_REQ))
        if (status := (await self.next(gattc.WriteRspEvent)).gatt_status) != GattStatus.SUCCESS:
            raise DfuError(f"writing {data.hex()} failed: GATT status 0x{status:04x}")

    async def request(self, op: int, parameters: bytes = b"") -> bytes:
        """The answer to a request. Raises DfuError, which says what the result means."""
        await self.write(self.control, bytes([op]) + parameters)
        answer = (await self.next(gattc.HvxEvent)).data
        if dfu_refusal(answer):
            raise DfuError(dfu_refusal(answer))
        return bytes(answer[3:])

    async def send(self, data: bytes) -> None:
        """Packets, as many at a time as the chip has room for; the target tells of every so many that it has them."""
        [event async for event in self.sd.events(timeout_s=0)]  # that earlier ones have left
        for number, at in enumerate(range(0, len(data), self.packet_size), 1):
            params = gattc.WriteParams(self.packet, data[at : at + self.packet_size], GattOp.WRITE_CMD)
            while (await self.sd.call(gattc.Write(self.conn, params), check=False)).result in FULL:
                await self.next(gattc.WriteCmdTxCompleteEvent, TxCompleteEvent)
            if number % RECEIPTS == 0:
                await self.next(gattc.HvxEvent)

    async def transfer(self, kind: int, data: bytes, progressed: Callable[[int, int], object]) -> None:
        """An init packet (1) or an image (2), from where the target is: object by object, each checked and executed."""
        most, offset, crc = unpack("<3I", await self.request(SELECT, bytes([kind])))
        if crc != crc32(data[:offset]) or (offset % most and offset != len(data)):
            offset = max(0, offset - 1) // most * most  # the last object again
        elif offset:
            await self.request(EXECUTE)  # it is complete; without effect if that was done
        while offset < len(data):
            end = min(offset + most, len(data))
            await self.request(CREATE, pack("<BI", kind, end - offset))
            await self.send(data[offset:end])
            if await self.request(CHECKSUM) == pack("<II", end, crc32(data[:end])):
                await self.request(EXECUTE)
                progressed(offset := end, len(data))


async def update(sd: AsyncClient, package: str, progressed: Callable[[int, int], object]) -> None:
    """Send every image of a package. Raises DfuError where the target refuses, LinkLost after several attempts."""
    with ZipFile(package) as files:
        manifest = json.loads(files.read("manifest.json"))["manifest"]
        images = [(files.read(each["dat_file"]), files.read(each["bin_file"])) for each in manifest.values()]
    for init, image in images:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await (target := Target(sd)).connect()
                await target.transfer(1, init, lambda done, of: None)
                await target.transfer(2, image, progressed)
                break
            except (LinkLost, CommandFailed):
                if attempt == ATTEMPTS:
                    raise


async def main(package: str, port: str = "", dialect: str = "sd_api_v6") -> None:
    air = Air()
    farm = ChipFarm(lambda: air.add(VirtualChip(dialect)))
    with Progress() as progress:
        task = progress.add_task("Secure DFU")
        async with farm, await aconnect(port or farm.open_memory(), dialect) as sd:
            if not port:
                air.host(farm.chips[0], DfuTarget())
            size: Any = {"att_mtu": MTU, "write_cmd_tx_queue_size": RECEIPTS} if sd.dialect.api >= 4 else {}
            await sd.start(central_role_count=1, **size)
            await update(sd, package, lambda done, of: progress.update(task, completed=done, total=of))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
