"""Packets that connectivity firmware does not survive.

From SDK 11 on its fault handler is called for an opcode that it does not know, a body that does not decode, and every
payload that is not a command: it restarts the chip or, in stock firmware up to SDK 14, hangs it.
"""

from __future__ import annotations

from typing import NamedTuple

from gatts_codec.capture.calls.deliveries import Delivery
from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.packets.opaque import Opaque

_FATAL = (
    "which is fatal to firmware from SDK 11 on: its fault handler restarts the chip, or hangs it "
    "(stock SDK 11 to 14)"
)


class Fatal(NamedTuple):
    """Why a chip stops on a packet, and whose fault that is."""

    why: str
    whose: str


def fatal(delivery: Delivery) -> Fatal | None:
    """Why a chip does not survive a packet of the host, as far as the packet itself shows it."""
    packet = delivery.packet
    kind = packet.kind or "packet of a type"
    if kind != "command":
        return Fatal(f"it is not a command: firmware knows no such {kind} of a host, {_FATAL}", "the host")
    if packet.error is not None and not packet.tolerated:
        path = f"{packet.error.path}: " if packet.error.path else ""
        long = "" if str(MAX_VALUE_LEN) in packet.error.reason else " (wrong dialect, or a damaged packet)"
        return Fatal(f"its body does not decode ({path}{packet.error.reason}), {_FATAL}{long}", "the host")
    if isinstance(packet.message, Opaque) and packet.message.group == "unknown":
        return Fatal(
            f"the firmware does not know the opcode 0x{packet.opcode or 0:02x}, {_FATAL}", "the host"
        )
    return None
