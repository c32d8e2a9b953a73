"""What a chip knows of a connection's L2CAP channels."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from gatts_codec.device.refusal import Crash
from gatts_codec.packets.l2cap.structs import ChTxParams, SduBuf

_LENGTH_FIELD = 2  # bytes at the beginning of an SDU


class ChannelState(Enum):
    """How far a channel has come."""

    ASKED = "this end has asked for it"
    WANTED = "the peer has asked for it"
    OPEN = "it stands"
    CLOSING = "this end gives it up"


@dataclass(slots=True)
class Channel:
    """One channel. ``flow`` is how many credits the peer gets for each buffer, ``granted`` how many it has."""

    cid: int
    state: ChannelState
    peer_cid: int = 0
    rx_mtu: int = 0
    rx_mps: int = 0
    tx: ChTxParams = field(default_factory=lambda: ChTxParams(0, 0, 0, 0))
    credits: int = 0
    flow: int = 1
    granted: int = 0
    due: float | None = None
    """When the peer's host has taken too long to answer the request for it."""
    buffers: deque[SduBuf] = field(default_factory=deque)
    queue: deque[SduBuf] = field(default_factory=deque)


class SduPool:
    """The firmware's own buffers, one for each that the host lends; the ninth is written through a NULL pointer.

    One is taken while a command is decoded, and lost if the call then fails, or if it was to send and had no data.
    """

    def __init__(self) -> None:
        self.left: int = 8

    def take(self) -> None:
        """Take one for a command. Raises Crash where none is left."""
        if not self.left:
            raise Crash("there is no buffer for another SDU: eight are taken, or lost to calls that failed")
        self.left -= 1

    def give_back(self, count: int) -> None:
        """The host gets so many back."""
        self.left += count


def comes_back(sent: SduBuf) -> bool:
    """Whether the firmware's buffer does that an SDU to be sent has: not without data."""
    return bool(sent.buf_id) and sent.data is not None


def cost(size: int, mps: int) -> int:
    """How many credits an SDU of so many bytes takes."""
    return -(-(size + _LENGTH_FIELD) // mps)
