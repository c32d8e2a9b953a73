"""Many virtual chips in one event loop: a test farm in one process.

    async with ChipFarm(lambda: VirtualChip("sd_api_v5")) as farm:
        url = await farm.listen_tcp()           # each connection to it is a chip of its own
        urls = [farm.open_pty() for _ in range(200)]
        await farm.run_until_closed()

A chip costs the memory of its table and a timer; what it does not have to do costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gatts_codec.arguments import checked
from gatts_codec.capture import TO_DEVICE, TO_HOST, Direction
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.listen import cannot_listen, warn_if_reachable
from gatts_codec.device.outlet import Outlet
from gatts_codec.device.runner import stopped
from gatts_codec.errors import EncodeError, LinkClosed, brief
from gatts_codec.link.notices import call_back
from gatts_codec.link.transports import Transport, open_transport
from gatts_codec.link.transports.base import Unshared
from gatts_codec.link.transports.loop import LoopPort, call_at

OnWire = Callable[[Direction, bytes], object]


class ChipFarm(Unshared):
    """Chips made by ``make_chip``, each on a line of its own. ``chips`` are those that run now."""

    @checked
    def __init__(self, make_chip: Callable[[], VirtualChip]) -> None:
        self._make_chip = make_chip
        self._lines: set[_Line] = set()
        self._transports: list[Transport] = []
        self._servers: list[asyncio.AbstractServer] = []
        self._closed = asyncio.Event()

    async def __aenter__(self) -> ChipFarm:
        self._closed.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def chips(self) -> list[VirtualChip]:
        """The chips that run now, oldest first."""
        return [line.chip for line in sorted(self._lines, key=lambda line: line.number)]

    @checked
    async def listen_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Take connections on a TCP port, 0 a free one; the URL for hosts. Raises PortError.

        Warns of a host that others than this machine can reach.
        """
        loop = asyncio.get_running_loop()
        warn_if_reachable(host)
        try:
            server = await loop.create_server(self._admit, host, port)
        except (OSError, OverflowError, TypeError, ValueError) as error:
            raise cannot_listen(f"{host}:{port}", error) from error
        self._servers.append(server)
        return f"tcp:{host}:{server.sockets[0].getsockname()[1]}"

    @checked
    def open_pty(self, link: str = "") -> str:
        """A chip on a new pseudo-terminal, or on this symbolic link to one; the URL for hosts.

        Raises PortError, and EncodeError where ``make_chip`` has made no chip.
        """
        line = self._new_line()
        transport = open_transport(f"pty:{link}")
        self._transports.append(transport)
        line.follow(transport)
        return f"serial:{transport.name}"

    @checked
    def open_memory(self, on_wire: OnWire = lambda direction, data: None) -> LoopPort:
        """A chip in this loop, without a port: its host's transport, for ``aconnect`` or ``AsyncClient``.

        ``on_wire`` sees what passes. Raises EncodeError where ``make_chip`` has made no chip.
        """
        line = self._new_line()

        def take(data: bytes) -> None:
            on_wire(TO_DEVICE, data)
            line.data_received(data)

        def send(data: bytes) -> int:
            on_wire(TO_HOST, data)
            port.feed(data)
            return len(data)

        port = LoopPort("virtual chip", take, line.stop)
        line.power_on(send, port.hang_up)
        return port

    @checked
    def act(self, chip: VirtualChip, action: Callable[[VirtualChip], object]) -> None:
        """Let something be done with a chip, by its peer for example, and what follows be sent.

        Raises what ``action`` raises, and LinkClosed where the chip is none of ``chips``.
        """
        line = next((line for line in self._lines if line.chip is chip), None)
        if line is None:
            raise stopped()
        chip.tick(line.now())
        try:
            action(chip)
        finally:
            line.flush()

    async def run_until_closed(self) -> None:
        """Wait for ``close``."""
        await self._closed.wait()

    async def close(self) -> None:
        """Power all chips off and give everything back. May be called twice."""
        for server in self._servers:
            server.close()
        for line in list(self._lines):
            line.stop()
        for transport in self._transports:
            transport.close()
        self._servers.clear()
        self._transports.clear()
        self._closed.set()

    def _new_line(self) -> _Line:
        chip = self._make_chip()
        if not isinstance(chip, VirtualChip):
            raise EncodeError(f"must return a VirtualChip, not {brief(chip)}", path="make_chip", value=chip)
        return _Line(chip, self._lines)

    def _admit(self) -> asyncio.Protocol:
        # asyncio would keep to itself that there is no chip, and the connection open.
        return call_back(self._new_line) or _Refusal()


class _Refusal(asyncio.Protocol):
    """Hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class _Line(asyncio.Protocol):
    """One chip and its bytes: a connection's protocol, or a reader of a descriptor."""

    _count = 0

    def __init__(self, chip: VirtualChip, lines: set[_Line]) -> None:
        self.chip, self._lines = chip, lines
        self.number = _Line._count = _Line._count + 1
        self._loop = asyncio.get_running_loop()
        self._outlet = Outlet(lambda data: 0, chip.note)
        self._end: Callable[[], object] = lambda: None
        self._watch_room: Callable[[], object] = lambda: None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._is_roused = False

    def now(self) -> float:
        """The loop's time, which is the chip's."""
        return self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=0)  # it takes a piece, and the next once that has gone

        def write(data: bytes) -> int:
            if transport.get_write_buffer_size():
                return 0
            transport.write(data)
            return len(data)

        self.power_on(write, transport.close)

    def resume_writing(self) -> None:
        """There is room again for what was begun."""
        try:
            self._outlet.flush()
        except LinkClosed:
            self.stop()
        else:
            self._watch_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop()

    def follow(self, transport: Transport) -> None:
        """Read from a descriptor when the loop says that there is something."""
        fd = transport.fileno()
        assert fd is not None

        def readable() -> None:
            try:
                data = transport.read()
            except LinkClosed:
                self.stop()
            else:
                self.data_received(data)

        def watch_room() -> None:
            if self._outlet.waits:
                self._loop.add_writer(fd, self.resume_writing)
            else:
                self._loop.remove_writer(fd)

        def end() -> None:
            self._loop.remove_reader(fd)
            self._loop.remove_writer(fd)

        self._loop.add_reader(fd, readable)
        self._watch_room = watch_room
        self.power_on(transport.write, end)

    def power_on(self, write: Callable[[bytes], int], end: Callable[[], object]) -> None:
        """The chip starts; ``write`` takes as much as it has room for, ``end`` is called when the chip is off."""
        self._outlet = Outlet(write, self.chip.note)
        self._end = end
        self._lines.add(self)
        self.chip.device.roused = self._rouse
        self.chip.open(self.now())
        self.flush()

    def data_received(self, data: bytes) -> None:
        self.chip.receive_data(data, self.now())
        self.flush()

    def flush(self) -> None:
        """Send what the chip has to say, and be there when it next wants to."""
        data = self.chip.data_to_send()
        try:
            if data and self._outlet.has_room(len(data)):
                self._outlet.send(data)
        except LinkClosed:
            self.stop()
            return
        self._watch_room()
        due = self.chip.next_deadline()
        if due is None:
            self._cancel()
        elif self._timer is None or due < self._due:
            # A deadline that moves later is met by the timer there is, which then looks again.
            self._cancel()
            self._due = due
            self._timer = call_at(self._loop, due, self._wake)

    def _rouse(self) -> None:
        """Another chip has caused something: look at it once this turn is over."""
        if not self._is_roused:
            self._is_roused = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        self._is_roused = False
        if self in self._lines:
            self.chip.tick(self.now())
            self.flush()

    def _wake(self) -> None:
        self._timer = None
        self.chip.tick(self.now())
        self.flush()

    def stop(self) -> None:
        """Power off."""
        if self not in self._lines:
            return
        self._lines.discard(self)
        self._cancel()
        self._end()
        self.chip.close(self.now())
        if (ether := self.chip.device.ether) is not None:
            ether.leave(self.chip.device)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
