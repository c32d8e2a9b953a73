"""A link to a chip over a port that the page holds, a virtual chip behind such a port, and the demonstration.

The page's end of a port is two functions: ``send`` takes bytes to write, ``receive`` is called with what has come.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import click
from rich.console import Console

from gatts_codec.capture import TO_DEVICE, TO_HOST, Chunk, Direction
from gatts_codec.cli.call import command_from
from gatts_codec.cli.call import spoken as response_spoken
from gatts_codec.cli.ladder import Ladder
from gatts_codec.cli.monitor import spoken as event_spoken
from gatts_codec.cli.output import one_line
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.demonstration import demonstrate
from gatts_codec.device.farm import ChipFarm
from gatts_codec.device.script import ScriptRun, parse_script
from gatts_codec.errors import GattsError, LinkClosed, PeerError, printable
from gatts_codec.link.aio import AsyncClient, aconnect
from gatts_codec.link.inbox import AnyEvent
from gatts_codec.link.transports.loop import LoopPort

MOST_CHUNKS = 200_000  # of a recording; then its oldest half goes
_PAUSE_S = 0.02  # between two looks at what the phone waits for
_DEMO_WIDTH = 110  # columns


class Tape:
    """What has passed, as a recording in the capture format. Of a long one the oldest half is dropped."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._lines: list[str] = []

    def note(self, direction: Direction, data: bytes) -> None:
        """Bytes that pass now."""
        self.add(int((perf_counter() - self._began) * 1e6), direction, data)

    def add(self, t_us: int | None, direction: Direction | None, data: bytes) -> None:
        """Bytes with their time."""
        self._lines.append(json.dumps({"t_us": t_us, "dir": direction, "hex": data.hex()}))
        if len(self._lines) > MOST_CHUNKS:
            del self._lines[: MOST_CHUNKS // 2]

    def text(self) -> str:
        """All of it, JSON lines."""
        return "\n".join(self._lines) + "\n"


class Link:
    """A client on the page's port. ``show`` gets a line of text for each event and whatever else happens."""

    def __init__(self, dialect: str, send: Callable[[bytes], object], show: Callable[[str], object]) -> None:
        self._dialect, self._show = dialect, show
        self._tape = Tape()
        self._send = send
        self._port = LoopPort("the port", self._write)
        self._client: AsyncClient | None = None

    async def open(self, reset: bool) -> None:
        """Bring the link up; ``reset`` restarts the chip. Raises LinkTimeout, LinkClosed."""
        self._client = await aconnect(self._port, self._dialect, reset=reset)
        self._client.on_event(self._event)

    def receive(self, data: bytes) -> None:
        """The page: these bytes have come."""
        self._tape.note(TO_HOST, data)
        self._port.feed(data)

    def gone(self) -> None:
        """The page: the port is gone."""
        self._port.hang_up()

    async def call(self, line: str) -> list[str]:
        """Send the command that a line spells, ``value_get handle=14``; what came of it, in lines. Raises nothing."""
        name, *fields = line.split()
        try:
            return await self._call(name, fields)
        except click.UsageError as error:
            return [printable(error.format_message())]
        except GattsError as error:
            return [printable(one_line(error))]

    async def _call(self, name: str, fields: list[str]) -> list[str]:
        assert self._client is not None
        response = await self._client.call(command_from(self._client.codec, name, fields), check=False)
        said, advice = response_spoken(response, self._client.codec)
        return [printable(text) for text in (said, advice) if text]

    async def close(self) -> None:
        """End the link."""
        if self._client is not None:
            await self._client.close()

    def recording(self) -> str:
        """What has passed so far."""
        return self._tape.text()

    def _write(self, data: bytes) -> None:
        self._tape.note(TO_DEVICE, data)
        self._send(data)

    def _event(self, event: AnyEvent) -> None:
        assert self._client is not None
        self._show(printable(event_spoken(event, self._client.codec)))


class Chip:
    """A virtual chip at the far end of a port of the page, with a phone. ``send`` takes what the chip writes."""

    def __init__(self, dialect: str, send: Callable[[bytes], object], show: Callable[[str], object]) -> None:
        self._send, self._show = send, show
        self._phones: set[asyncio.Future[None]] = set()
        self._chip = VirtualChip(dialect)
        self._farm = ChipFarm(lambda: self._chip)
        self._port = self._farm.open_memory()
        self._port.watch(self._forward)

    def receive(self, data: bytes) -> None:
        """The page: the host has sent these bytes."""
        self._port.write(data)

    def phone(self, script: str) -> None:
        """Let the phone follow a script, ``connect`` for example; ``show`` gets what comes of it, in lines."""
        try:
            run = ScriptRun(self._chip, parse_script(script), self._say)
        except PeerError as error:
            self._say(str(error))
            return
        task = asyncio.ensure_future(self._follow(run))
        self._phones.add(task)
        task.add_done_callback(self._phones.discard)

    async def _follow(self, run: ScriptRun) -> None:
        loop = asyncio.get_running_loop()
        while not run.done:
            self._farm.act(self._chip, lambda _: run.turn(loop.time()))
            await asyncio.sleep(_PAUSE_S)
        if run.error is not None:
            self._say(str(run.error))

    def _say(self, text: str) -> None:
        self._show(printable(text))

    def _forward(self) -> None:
        with suppress(LinkClosed):
            self._send(self._port.read())

    async def close(self) -> None:
        """Switch it off."""
        for phone in self._phones:
            phone.cancel()
        await self._farm.close()


async def demo(dialect: str, show: Callable[[str], object] = lambda text: None) -> str:
    """``gatts-codec demo``: ``show`` gets each step's ladder as text. Returns the recording, JSON lines."""
    tape, paper = Tape(), io.StringIO()
    ladder = Ladder(Console(file=paper, width=_DEMO_WIDTH, highlight=False), dialect)
    ladder.header()
    number = 0
    async for step in demonstrate(dialect):
        number += 1
        ladder.step(number, step)
        for entry in step.entries:
            if isinstance(entry, Chunk):
                tape.add(entry.t_us, entry.dir, entry.data)
        show(paper.getvalue())
        paper.seek(0)
        paper.truncate()
    return tape.text()
