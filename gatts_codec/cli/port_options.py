"""The options of the subcommands that talk to a chip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gatts_codec.device.guests.catalogue import GUESTS
from gatts_codec.framing import FRAMINGS

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--reset",
        is_flag=True,
        help="Restart the chip first: its attribute table is then empty. Without it the chip keeps what it has.",
    ),
    click.option(
        "--max-payload",
        type=click.IntRange(1, 4095),
        metavar="BYTES",
        help="The firmware's largest packet: 384, 512 or 768. Default: the dialect's.",
    ),
    click.option(
        "--framing",
        type=click.Choice(list(FRAMINGS)),
        default="h5",
        show_default=True,
        help="How packets travel: length for ser_phy_uart firmware, cobs for bridges.",
    ),
    click.option(
        "--record", type=click.Path(dir_okay=False), metavar="FILE", help="Write all bytes to FILE."
    ),
)


peer_option = click.option(
    "--peer",
    "peers",
    multiple=True,
    type=click.Choice(list(GUESTS)),
    help="What else is in the air; several may be.",
)


def port_options(function: F) -> F:
    """``--reset``, ``--max-payload``, ``--framing``, ``--record``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
