"""A host stack of one's own on asyncio: codec and link machine do the protocol, this file brings bytes and time.

    python examples/asyncio_host.py                       a virtual chip in the same process
    python examples/asyncio_host.py 192.168.1.7 5000      a chip behind a serial server

``gatts_codec.aconnect`` is such a host, complete. This one shows how little is needed to fit the protocol into a
program that has its own ideas about connections, tasks or timeouts.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from urllib.parse import urlsplit

from gatts_codec import Codec, Command, Opaque, Packet, Response, ServiceAdd, Uuid
from gatts_codec.device import ChipFarm, VirtualChip
from gatts_codec.link.events import LinkEvent, LinkLost, LinkUp, PacketReceived
from gatts_codec.link.host import HostLink

DIALECT = "sd_api_v5"


class Host(asyncio.Protocol):
    """One connection to a chip: commands in order, events in a queue."""

    def __init__(self, dialect: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.codec = Codec(dialect)
        self.link = HostLink()
        self.up: asyncio.Future[None] = self.loop.create_future()
        self.calls: deque[asyncio.Future[Packet | Opaque]] = deque()
        self.events: asyncio.Queue[Packet | Opaque] = asyncio.Queue()
        self.timer: asyncio.TimerHandle | None = None

    async def call(self, command: Command) -> Response:
        """Send a command and wait for its response."""
        self.link.send(self.codec.pack(command), self.loop.time())
        answer: asyncio.Future[Packet | Opaque] = self.loop.create_future()
        self.calls.append(answer)
        self._turn([])
        response = await answer
        assert isinstance(response, Response)
        return response

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._turn(self.link.open(self.loop.time()))

    def data_received(self, data: bytes) -> None:
        self._turn(self.link.receive_data(data, self.loop.time()))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self._turn(self.link.close(self.loop.time()))

    def _tick(self) -> None:
        self._turn(self.link.tick(self.loop.time()))

    def _turn(self, events: list[LinkEvent]) -> None:
        """After whatever happened: write, set the clock, and only then look at what was reported."""
        self.transport.write(self.link.data_to_send())
        if self.timer is not None:
            self.timer.cancel()
        deadline = self.link.next_deadline()
        self.timer = None if deadline is None else self.loop.call_at(deadline, self._tick)
        for event in events:
            self._take(event)

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, LinkUp) and not self.up.done():
            self.up.set_result(None)
        elif isinstance(event, PacketReceived):
            message = self.codec.unpack(event.payload)
            if message.kind == "response" and self.calls:
                self.calls.popleft().set_result(message)
            else:
                self.events.put_nowait(message)
        elif isinstance(event, LinkLost):
            if not event.relinking and not self.up.done():
                self.up.set_exception(event.to_error())
            while self.calls:
                self.calls.popleft().set_exception(event.to_error())


async def talk(host: str, port: int) -> None:
    """Link up, add three services, show their handles."""
    loop = asyncio.get_running_loop()
    transport, stack = await loop.create_connection(lambda: Host(DIALECT), host, port)
    await stack.up
    for uuid in (0x180D, 0x180F, 0x180A):
        print(await stack.call(ServiceAdd(1, Uuid(uuid))))
    transport.close()


async def main(arguments: list[str]) -> None:
    if arguments:
        await talk(arguments[0], int(arguments[1]))
        return
    async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
        place = urlsplit((await farm.listen_tcp()).replace("tcp:", "tcp://", 1))
        await talk(str(place.hostname), place.port or 0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
