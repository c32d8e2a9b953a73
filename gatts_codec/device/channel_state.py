"""What a chip knows of a connection's L2CAP channels."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

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
    buffers: deque[SduBuf] = field(default_factory=deque)
    queue: deque[SduBuf] = field(default_factory=deque)


def cost(size: int, mps: int) -> int:
    """How many credits an SDU of so many bytes takes."""
    return -(-(size + _LENGTH_FIELD) // mps)
