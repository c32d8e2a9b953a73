"""Lines without a link: firmware with ``ser_phy_uart`` (framing ``length``), and COBS bridges.

Driven as the H5 machine is (``gatts_codec.link.machine``). There is nothing to bring up, nothing is acknowledged and
nothing repeated: a packet that is lost stays lost, and a restart of the chip goes unnoticed.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar

from gatts_codec.errors import EncodeError, LinkClosed
from gatts_codec.framing import Framing
from gatts_codec.link.config import HostConfig
from gatts_codec.link.events import FrameRejected, LinkEvent, LinkLost, LinkUp, LostReason, PacketReceived


class PlainState(IntEnum):
    """Open or not."""

    CLOSED = 0
    ACTIVE = 1


class PlainLink:
    """Packets in frames over a stream, and no more."""

    acknowledges: ClassVar[bool] = False

    def __init__(self, framing: Framing, config: HostConfig) -> None:
        self.config = config
        self.state: PlainState = PlainState.CLOSED
        self._framing = framing
        self._decoder = framing.decoder()
        self._out = bytearray()

    @property
    def is_up(self) -> bool:
        """Whether packets can be sent."""
        return self.state is PlainState.ACTIVE

    @property
    def waiting(self) -> int:
        """How many packets are not yet acknowledged: none ever is."""
        return 0

    def open(self, now: float) -> list[LinkEvent]:
        """Up at once. Forgets an unfinished frame."""
        self.state = PlainState.ACTIVE
        self._decoder.reset()
        self._out.clear()
        return [LinkUp()]

    def close(self, now: float) -> list[LinkEvent]:
        """Down at once."""
        was_up, self.state = self.is_up, PlainState.CLOSED
        return [LinkLost(LostReason.CLOSED, stage="closed")] if was_up else []

    def send(self, payload: bytes, now: float) -> None:
        """Send a packet. Raises LinkClosed, and EncodeError for one over the firmware's maximum."""
        if not self.is_up:
            raise LinkClosed("the line is closed", stage="closed")
        if len(payload) > self.config.max_payload:
            reason = f"{len(payload)} bytes, the firmware takes {self.config.max_payload}"
            raise EncodeError(reason, path="payload", value=payload, packet=self._framing.name)
        self._out += self._framing.encode(payload)

    def receive_data(self, data: bytes, now: float) -> list[LinkEvent]:
        """The packets in the bytes, and what is not a frame."""
        events: list[LinkEvent] = []
        for frame in self._decoder.feed(data) if self.is_up else ():
            if frame.payload is not None:
                events.append(PacketReceived(frame.payload))
            elif frame.error is not None:
                events.append(FrameRejected(frame.error, frame.raw))
        return events

    def tick(self, now: float) -> list[LinkEvent]:
        """Nothing is ever due."""
        return []

    def next_deadline(self) -> float | None:
        """Nothing is ever due."""
        return None

    def data_to_send(self) -> bytes:
        """The bytes to write now. Each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def save(self) -> tuple[object, ...]:
        """What ``restore`` needs to undo all that follows."""
        return (self.state,)

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Undo what was done since, as long as nothing of it has been written. The bytes taken since are noise."""
        (self.state,) = saved
        self._out.clear()
        self._decoder.reset()
