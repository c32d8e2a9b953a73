"""Which serial ports there are, the likely ones first."""

from __future__ import annotations

import re
from typing import NamedTuple

from serial.tools import list_ports

# USB vendor ids of the boards that carry connectivity firmware.
VENDORS = {0x1915: "Nordic Semiconductor", 0x1366: "SEGGER J-Link"}

_NUMBER, _DIGITS = re.compile(r"([0-9]+)"), 20


class SerialPort(NamedTuple):
    """A serial port: ``device`` to open, what it says it is, its USB ids (None if it is not a USB device)."""

    device: str
    description: str
    vendor_id: int | None
    product_id: int | None
    serial_number: str | None

    @property
    def maker(self) -> str:
        """Its maker, if its boards carry connectivity firmware; else ``""``."""
        return VENDORS.get(self.vendor_id or 0, "")

    @property
    def url(self) -> str:
        """What connect() takes."""
        return f"serial:{self.device}"


def list_serial_ports() -> list[SerialPort]:
    """The serial ports: Nordic's and SEGGER's first, other USB ones next, the rest last."""
    found = [
        SerialPort(
            port.device,
            "" if port.description in (None, "n/a") else port.description,
            port.vid,
            port.pid,
            port.serial_number,
        )
        for port in list_ports.comports()
    ]
    likely = list(VENDORS)

    def rank(port: SerialPort) -> tuple[int, list[str]]:
        # COM3 comes before COM10.
        name = [part.zfill(_DIGITS) if part.isdecimal() else part for part in _NUMBER.split(port.device)]
        if port.vendor_id in likely:
            return likely.index(port.vendor_id), name
        return len(likely) + (port.vendor_id is None), name

    return sorted(found, key=rank)
