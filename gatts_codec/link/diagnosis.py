"""Words for what went wrong on the link: what was heard instead, and what that points to."""

from __future__ import annotations

from collections import Counter

from ..framing import H5Packet, H5Type
from .events import LostReason

# A chip that acknowledges a command and does not answer it, on a link that began so.
NOT_RESET = (
    "the link began without RESET: where a packet of the chip was not acknowledged then, the chip never answers again; "
    "reset=True revives it, and firmware up to SDK 14 needs a power cycle"
)


def listed(heard: Counter[str]) -> str:
    """``"6 SYNC, 2 bad frames"``, or ``"nothing"``."""
    return ", ".join(f"{count} {name}" for name, count in heard.items() if count) or "nothing"


def advice(reason: LostReason, heard: Counter[str], *, after_reset: bool) -> str:
    """Where to look, "" if there is nothing to say. ``after_reset``: the link began with a RESET packet."""
    if reason is LostReason.NO_SYNC_RSP:
        return _advice_no_sync_rsp(heard, after_reset)
    if reason is LostReason.NO_CONFIG_RSP:
        if heard["SYNC"]:
            return "the chip starts over each time: it does not see our SYNC_RSP, or it keeps rebooting"
        return "the chip answered SYNC and then no more: it rebooted, or drops configuration field 0x11"
    if reason is LostReason.NO_ACK:
        if heard["ACK"]:
            return "the chip is there and does not take the packet"
        return "the chip hung, lost power or was unplugged, or the packet is over its maximum, which it does not say"
    return ""


def _advice_no_sync_rsp(heard: Counter[str], after_reset: bool) -> str:
    if heard["SYNC"]:
        return (
            f"the chip sent SYNC {heard['SYNC']} times and never saw our SYNC_RSP: "
            "the host-to-chip line is dead or held by RTS/CTS"
        )
    if not after_reset:
        return "a chip that hangs, as after a host that died in mid-call, needs the RESET that is sent now"
    if any(heard.values()):
        return "only bytes that are no answer came: wrong baud rate or parity, or no connectivity firmware"
    return (
        "wrong port, no connectivity firmware, no power, the chip-to-host line is dead, or the chip hangs: "
        "firmware up to SDK 14 has no RESET and needs a power cycle then"
    )


def why_ignored(packet: H5Packet, state: str, expected: int) -> str:
    """Why a good frame was not used."""
    if packet.type == H5Type.VENDOR_SPECIFIC and state in ("ACTIVE", "AWAITING_ACK"):
        if not packet.reliable:
            return "not reliable"
        if packet.seq == expected:
            return "no CRC" if not packet.crc else f"{len(packet.payload)} bytes are over the maximum"
        repeated = packet.seq == expected - 1 & 7
        return f"repeated number {packet.seq}" if repeated else f"number {packet.seq}, expected {expected}"
    if packet.type == H5Type.ACK:
        return f"ACK {packet.ack} acknowledges nothing"
    return f"{packet.link or packet.type_name} means nothing in {state}"
