"""``gatts-codec air``: virtual chips that meet, each on a pseudo-terminal of its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import cycle

import click

from gatts_codec.cli.output import Seconds, tell
from gatts_codec.cli.port_options import peer_option
from gatts_codec.cli.signals import ended_by
from gatts_codec.constants.table import NUMBERS
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.farm import ChipFarm
from gatts_codec.device.guests.catalogue import bring
from gatts_codec.device.shared_air import Air
from gatts_codec.dialects import find_dialect


@click.command("air")
@click.option(
    "-d",
    "--dialect",
    "dialects",
    type=click.Choice(list(NUMBERS)),
    multiple=True,
    required=True,
    metavar="NAME",
    help="Version of the protocol. Several: of the first chip, of the second ..., and from the beginning again.",
)
@click.option("--chips", "count", type=click.IntRange(1, 200), default=2, show_default=True, help="How many.")
@click.option(
    "--pty", metavar="LINK", default="", help="Symbolic links to the pseudo-terminals: /tmp/chip{n}."
)
@click.option(
    "--loss",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Share of packets that are not heard at once.",
)
@click.option("--seed", default=0, show_default=True, help="For what happens by chance.")
@peer_option
@click.option(
    "--ack-delay-ms",
    type=Seconds(may_be_endless=False),
    default=1.0,
    show_default=True,
    metavar="MS",
    help="How much later ACKs leave: the native driver of pc-ble-driver-py loses those that come at once.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=Seconds(may_be_endless=False),
    metavar="S",
    help="End after so many seconds.",
)
def command(
    dialects: tuple[str, ...],
    count: int,
    pty: str,
    loss: float,
    seed: int,
    peers: tuple[str, ...],
    ack_delay_ms: float,
    timeout_s: float | None,
) -> int:
    """Be chips that hear each other until Ctrl-C, each on a pseudo-terminal: number {n} counts from 1."""
    if pty and count > 1 and "{n}" not in pty:
        raise click.UsageError(f"--pty {pty}: several chips need several links, as /tmp/chip{{n}}")
    air, wanted = Air(seed=seed, loss=loss), cycle(map(find_dialect, dialects))
    farm = ChipFarm(lambda: air.add(VirtualChip(next(wanted), ack_delay_s=ack_delay_ms / 1000)))
    with suppress(KeyboardInterrupt):
        links = [pty.replace("{n}", str(number + 1)) for number in range(count)]
        asyncio.run(_serve(farm, links, peers, timeout_s))
    return 0


async def _serve(farm: ChipFarm, links: list[str], peers: tuple[str, ...], timeout_s: float | None) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    async with farm:
        for link in links:
            url = farm.open_pty(link)
            tell(f"{farm.chips[-1].device.dialect.name} chip on {url}", "")
        bring(farm.chips[0], peers)
        tell("Ctrl-C ends them", "")
        with ended_by(lambda: loop.call_soon_threadsafe(ended.set)), suppress(asyncio.TimeoutError):
            await asyncio.wait_for(ended.wait(), timeout_s)
