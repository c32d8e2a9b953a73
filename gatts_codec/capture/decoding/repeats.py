"""Which packets are the one before, sent again.

A reliable packet is repeated until it is acknowledged. So one that equals, but for the ack number that it carries
along, one of the last two different ones of its direction is a repetition. RESET and SYNC restart a link, whose
packets may look like those of the link before.
"""

from __future__ import annotations

from gatts_codec.capture.wire.chunks import Direction
from gatts_codec.framing import H5Packet, H5Type

_KEPT = 2  # an ACK that was lost may cost the sender one packet more
Sent = tuple[int, int, bool, bytes]


class Repeats:
    """Follows a recording; frames without a direction are passed over."""

    def __init__(self) -> None:
        self.recent: dict[Direction, list[Sent]] = {}
        """Type, number, whether with CRC, and payload of the last different packets."""

    def add(self, direction: Direction | None, packet: H5Packet | None) -> bool:
        """Whether a frame is a repetition."""
        if packet is None or direction is None:
            return False
        if packet.type == H5Type.RESET or packet.link == "SYNC":
            self.recent.clear()
        if not packet.reliable:
            return False
        sent = packet.type, packet.seq, packet.crc, packet.payload
        recent = self.recent.setdefault(direction, [])
        if sent in recent:
            return True
        recent.append(sent)
        del recent[:-_KEPT]
        return False
