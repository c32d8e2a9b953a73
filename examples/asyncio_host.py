"""A host stack of one's own on asyncio: codec, link and calls are the library's, this file brings bytes and time.

    python examples/asyncio_host.py                       a virtual chip that reboots in the middle
    python examples/asyncio_host.py 192.168.1.7 5000      a chip behind a serial server

``gatts_codec.aconnect`` is such a host, complete. This one shows how little is needed to fit the protocol into a
program that has its own ideas about connections, tasks or timeouts.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit

from gatts_codec import Codec, Command, Event, LinkClosed, LinkReset, Opaque, Response, ServiceAdd, Uuid
from gatts_codec.device import ChipFarm, VirtualChip
from gatts_codec.link import Arrival, CallSession, Goal, HostConfig, HostLink, Inbox, LinkGoal, Request

DIALECT = "sd_api_v5"
CALL_S = 3.0  # how long a call may take in all


class Host(asyncio.Protocol):
    """One connection to a chip: calls from any task, events in a queue."""

    def __init__(self, dialect: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.codec = Codec(dialect)
        # The default of HostConfig is the largest there is; a packet over the firmware's own limit would be dropped.
        link = HostLink(HostConfig(max_payload=self.codec.dialect.max_payload))
        self.session = CallSession(link, self.codec, Inbox(1))
        self.session.listener = self._hear
        self.events: asyncio.Queue[Event | Opaque] = asyncio.Queue()
        self.settled = asyncio.Event()  # something has happened
        self.turn = asyncio.Lock()  # the chip takes one call at a time
        self.timer: asyncio.TimerHandle | None = None

    async def call(self, command: Command[Response] | Opaque, timeout_s: float = CALL_S) -> Response | Opaque:
        """Send a command, return its response. It may be cancelled: the response, when it comes, is dropped.

        Raises LinkReset when the chip restarts, or has since the last call; LinkTimeout; LinkClosed.
        """
        async with self.turn:
            request = Request(self.codec.pack(command), timeout_s, until=self.loop.time() + timeout_s)
            try:
                # The link, if it is not up; a barrier, if an earlier call was given up and its response may still come.
                for goal in self.session.steps(request, self.loop.time):
                    self._settle()
                    await self._wait(goal, request.until)
            finally:
                self.session.abandon(request)  # nothing, if it is done
        if request.error is not None:
            raise request.error
        answer = self.codec.unpack(request.answer)
        assert isinstance(answer, (Response, Opaque))
        return answer

    async def wait_for_link(self) -> None:
        """Wait until the link is up, also after the chip has restarted. Raises LinkTimeout, LinkClosed."""
        if self.session.down is not None and not self.session.is_closed:
            self.session.open(self.loop.time())
            self._settle()
        await self._wait(LinkGoal(self.session), None)
        if self.session.down is not None:
            raise self.session.down

    async def _wait(self, goal: Goal, until: float | None) -> None:
        while not goal.done and (until is None or self.loop.time() < until):
            self.settled.clear()
            await self.settled.wait()

    def _hear(self, arrival: Arrival) -> bool:
        self.events.put_nowait(arrival.event)
        return True

    # -- bytes and time

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.session.open(self.loop.time())
        self._settle()

    def data_received(self, data: bytes) -> None:
        self.session.receive_data(data, self.loop.time())
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self.session.close(LinkClosed("the connection is gone", stage="closed"), self.loop.time())
        self._settle()

    def _tick(self) -> None:
        self.session.tick(self.loop.time())
        self._settle()

    def _settle(self) -> None:
        """After whatever happened: write, set the clock, and see how the link is."""
        self.transport.write(self.session.data_to_send())
        if self.timer is not None:
            self.timer.cancel()
        due = self.session.next_deadline()
        self.timer = None if due is None else self.loop.call_at(due, self._tick)
        self.settled.set()


async def build(host: Host) -> None:
    """Three services, and their handles."""
    for uuid in (0x180D, 0x180F, 0x180A):
        print(await host.call(ServiceAdd(1, Uuid(uuid))))


async def talk(address: str, port: int) -> None:
    """Build the attribute table, and build it again when the chip has lost it."""
    loop = asyncio.get_running_loop()
    transport, host = await loop.create_connection(lambda: Host(DIALECT), address, port)
    while True:
        try:
            await build(host)
            break
        except LinkReset as error:
            print("again:", error)
    transport.close()


async def main(arguments: list[str]) -> None:
    if arguments:
        await talk(arguments[0], int(arguments[1]))
        return
    async with ChipFarm(lambda: VirtualChip(DIALECT, faults=["reboot=2"])) as farm:
        place = urlsplit((await farm.listen_tcp()).replace("tcp:", "tcp://", 1))
        await talk(str(place.hostname), place.port or 0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
