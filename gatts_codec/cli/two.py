"""``gatts-codec demo --two``: two hosts and their chips; the packets on both wires, in their order."""

from __future__ import annotations

import asyncio
from time import perf_counter

import click

from gatts_codec.capture import CapturedFrame, Chunk, Direction, FrameAssembler, PacketDecoder
from gatts_codec.cli.output import console, say
from gatts_codec.cli.rows import RowPrinter
from gatts_codec.device.meeting import Side, meet
from gatts_codec.dialects import find_dialect
from gatts_codec.framing.h5 import H5Type

_CALLS = H5Type.VENDOR_SPECIFIC  # the link's own packets would fill the screen
_FIRST_API = 2  # with today's form of pairing


def show_two(dialect: str) -> int:
    """Show it. Raises click.UsageError for a dialect whose chips cannot do that."""
    wanted = find_dialect(dialect)
    if wanted.api < 2:
        raise click.UsageError(f"--two: pairing in {dialect} has another form; from sd_api_v2 on")
    say(
        f"Two hosts, each with a chip that speaks {dialect}. Seconds; commands go to a chip, the rest comes from it."
    )
    wires = Wires(dialect)
    asyncio.run(_watch(dialect, wires))
    say()
    say("All of it has just happened. For hosts of your own:")
    say(f"  gatts-codec air --chips 2 -d {dialect} --pty '/tmp/chip{{n}}'")
    return 0


async def _watch(dialect: str, wires: Wires) -> None:
    number = 0
    async for title in meet(dialect, wires.pass_by):
        number += 1
        wires.title(f"{number}. {title}")


class Wires:
    """The rows of both."""

    def __init__(self, dialect: str) -> None:
        self._began = perf_counter()
        decoders = {side: PacketDecoder(dialect) for side in ("peripheral", "central")}
        self._decoders = decoders
        self._rows = {side: RowPrinter(console(), decoder) for side, decoder in decoders.items()}
        self._frames = {side: FrameAssembler() for side in decoders}
        self._last = ""

    def title(self, text: str) -> None:
        """A step begins."""
        say()
        say(text)
        self._last = ""

    def pass_by(self, side: Side, direction: Direction, data: bytes) -> None:
        """Bytes on one wire: a row for each call, answer and event."""
        t_us = int((perf_counter() - self._began) * 1e6)
        for item in self._frames[side].feed(Chunk(t_us, direction, data)):
            if isinstance(item, CapturedFrame) and item.packet is not None and item.packet.type == _CALLS:
                if side != self._last:
                    self._rows[side].note(side)
                    self._last = side
                self._rows[side].record(self._decoders[side].decode(item))
