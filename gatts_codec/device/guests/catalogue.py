"""Peers by the names that the command line has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.guests.dfu import DfuTarget
from gatts_codec.device.guests.guest import Guest
from gatts_codec.device.guests.phone import Phone
from gatts_codec.device.guests.served import Battery, HeartRate, Uart
from gatts_codec.device.shared_air import Air

GUESTS: dict[str, Callable[[], Guest]] = {
    "dfu-target": DfuTarget,
    "heart-rate": HeartRate,
    "battery": Battery,
    "uart": Uart,
    "phone": Phone,
}


def bring(chip: VirtualChip, names: Iterable[str]) -> None:
    """Bring peers into a chip's air; an air of its own, if it has none."""
    guests = [GUESTS[name]() for name in names]
    air = chip.device.ether if isinstance(chip.device.ether, Air) else Air()
    if guests and chip.device.ether is None:
        air.add(chip)
    for guest in guests:
        air.host(chip, guest)
