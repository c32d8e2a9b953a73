"""What both ends of the link do: the actions that HOST and CHIP have in common, and the public methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Any, ClassVar

from ..errors import EncodeError, LinkClosed, LinkError
from ..framing import Decoder, Frame, H5Packet, H5Type, h5
from .config import LineConfig
from .diagnosis import listed, why_ignored
from .events import (
    FrameRejected,
    LinkEvent,
    LinkLost,
    LinkUp,
    LostReason,
    PacketAcked,
    PacketIgnored,
    Retransmitted,
    received,
)
from .machine import Input, TransitionTable

LINK_PAYLOADS: dict[str, bytes] = {
    name: payload + h5.CONFIG_FIELD if name.startswith("CONFIG") else payload
    for name, payload in h5.LINK_PAYLOADS.items()
}
_LINK_FRAMES = {
    name: h5.encode_frame(H5Packet(H5Type.LINK_CONTROL, payload)) for name, payload in LINK_PAYLOADS.items()
}
_LINK_INPUTS: dict[str | None, Input] = {
    name: Input[name] for name in ("SYNC", "SYNC_RSP", "CONFIG", "CONFIG_RSP")
}
_acked = lru_cache(PacketAcked)

# Plain ints and names of this module: an enum's member costs an attribute search for every frame.
_ACK, _RESET, _VENDOR, _LINK = (
    int(kind) for kind in (H5Type.ACK, H5Type.RESET, H5Type.VENDOR_SPECIFIC, H5Type.LINK_CONTROL)
)

_SEND, _BAD_FRAME, _OTHER = Input.SEND, Input.BAD_FRAME, Input.OTHER
_ACK_NEXT, _ACK_SAME, _ACK_OTHER = Input.ACK_NEXT, Input.ACK_SAME, Input.ACK_OTHER
_PACKET_NEXT, _PACKET_OTHER = Input.PACKET_NEXT, Input.PACKET_OTHER

Action = Callable[[Any, Any], None]


class _Intervals(dict[int, float]):
    """How long to wait for an ACK, by the size of the frame: worked out once. Unlike lru_cache it can be pickled."""

    def __init__(self, config: LineConfig) -> None:
        self._config = config

    def __missing__(self, size: int) -> float:
        self[size] = found = self._config.interval_s(size)
        return found


class LinkEnd:
    """One end of the link. ``gatts_codec.link.machine`` says how it is driven and what it does.

    Not for two threads at a time: no lock is taken, ``send`` included. ``Client`` puts one around it.
    """

    acknowledges: ClassVar[bool] = True
    """Whether the peer says that it has a packet."""
    _rows: ClassVar[list[list[tuple[Action, IntEnum]]]]

    def __init_subclass__(cls, table: TransitionTable) -> None:
        # The table's words become functions once, so that an input costs two list accesses.
        cls._rows = [
            [(getattr(cls, f"_{action}"), after) for action, after in (row[what] for what in Input)]
            for row in (table[state] for state in sorted(table))
        ]

    def __init__(self, config: LineConfig, decoder: Decoder) -> None:
        self.state: IntEnum
        self._line = config
        self._packet_interval_s = _Intervals(config)
        self._decoder = decoder
        self._out = b""
        self._events: list[LinkEvent] = []
        self._now = 0.0
        self._deadline: float | None = None
        self._attempts = 0
        self._limit: int | None = None
        self._stage = ""
        self._heard: Counter[str] = Counter()  # since the stage, or the packet in flight, began
        self._noise_before = 0
        self.is_up: bool = False
        """Whether packets can be sent."""
        self._seq = 0  # of the packet in flight, or else of the next one
        self._expected = 0  # the number the peer's next packet must have
        self._in_flight: bytes | None = None
        self._frame = b""
        self._waiting: tuple[bytes, ...] = ()

    # -- what a driver calls

    @property
    def waiting(self) -> int:
        """How many packets are not yet acknowledged: the one in flight and those behind it."""
        return len(self._waiting) + (self._in_flight is not None)

    def close(self, now: float) -> list[LinkEvent]:
        """End the link, or the attempt to get one. Nothing is sent: the peer does not learn of it."""
        return self._give(Input.CLOSE, None, now)

    def _start_over(self, opening: Input, now: float) -> list[LinkEvent]:
        """Close, forget what was half heard and half said, and open."""
        events = self.close(now)
        self._decoder.reset()
        self._out = b""
        self._listen()
        return events + self._give(opening, None, now)

    def send(self, payload: bytes, now: float) -> None:
        """Send a packet, at once or behind those that wait.

        Raises LinkClosed when the link is not up, LinkError when ``max_waiting`` packets wait, EncodeError when the
        payload is over the firmware's maximum or not bytes.
        """
        if not isinstance(payload, bytes):
            raise EncodeError("a packet is bytes", path="payload", value=payload, packet="H5")
        if not self.is_up:
            raise LinkClosed(f"the link is not up ({self.state.name})", stage=self._stage or "closed")
        if len(payload) > self._line.max_payload:
            reason = f"{len(payload)} bytes, the firmware takes {self._line.max_payload}"
            raise EncodeError(reason, path="payload", value=payload, packet="H5")
        self._now = now
        action, self.state = self._rows[self.state][_SEND]
        action(self, payload)

    def receive_data(self, data: bytes, now: float) -> list[LinkEvent]:
        """What the bytes mean. Bytes may come in any pieces; none make it raise."""
        self._now = now
        events: list[LinkEvent] = []
        self._events = events
        for frame in self._decoder.feed(data):
            packet = frame.packet
            what = _BAD_FRAME if packet is None else self._classify(packet)
            action, self.state = self._rows[self.state][what]
            action(self, packet or frame)
        return events

    def tick(self, now: float) -> list[LinkEvent]:
        """What follows from the time: to be called when ``next_deadline`` has come; earlier calls change nothing."""
        if self._deadline is None or now < self._deadline:
            return []
        last = self._limit is not None and self._attempts >= self._limit
        return self._give(Input.LAST_TIMEOUT if last else Input.TIMEOUT, None, now)

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do if nothing arrives before; None if nothing is due."""
        return self._deadline

    def data_to_send(self) -> bytes:
        """The bytes to write now. Each byte is handed out once."""
        data, self._out = self._out, b""
        return data

    # -- from inputs to actions

    def _give(self, what: Input, detail: object, now: float) -> list[LinkEvent]:
        self._now = now
        events: list[LinkEvent] = []
        self._events = events
        self._input(what, detail)
        return events

    def _input(self, what: Input, detail: object = None) -> None:
        action, self.state = self._rows[self.state][what]
        action(self, detail)

    def _classify(self, packet: H5Packet) -> Input:
        """Which input a good frame is."""
        kind = packet.type
        if kind == _ACK:
            ahead = packet.ack - self._seq & 7
            return _ACK_NEXT if ahead == 1 else _ACK_OTHER if ahead else _ACK_SAME
        if kind == _VENDOR and packet.reliable:
            return _PACKET_NEXT if packet.seq == self._expected else _PACKET_OTHER
        if kind == _LINK:
            return _LINK_INPUTS.get(packet.link, _OTHER)
        return Input.RESET if kind == _RESET else _OTHER

    # -- actions of both ends

    def _ignore(self, packet: H5Packet | None) -> None:
        if isinstance(packet, H5Packet):
            self._heard[packet.link or packet.type_name] += 1
            self._events.append(PacketIgnored(packet, why_ignored(packet, self.state.name, self._expected)))

    def _reject(self, frame: Frame) -> None:
        assert frame.error is not None
        self._heard["bad frames"] += 1
        self._events.append(FrameRejected(frame.error, frame.raw))

    def _close(self, _: None) -> None:
        self._lose(LostReason.CLOSED)

    def _become_active(self, _: H5Packet) -> None:
        self.is_up = True
        self._deadline = None
        self._stage = "active"
        self._seq = self._expected = 0
        self._events.append(LinkUp())

    def _answer_config(self, _: H5Packet) -> None:
        self._say("CONFIG_RSP")

    def _transmit(self, payload: bytes) -> None:
        self._in_flight = payload
        self._frame = frame = h5.encode_reliable(payload, self._seq, self._expected)
        self._out += frame
        # What _listen() and _wait() do; but a packet's way is gone too often for two calls more.
        self._heard.clear()
        self._noise_before = self._decoder.dropped
        self._attempts, self._limit = 1, self._line.transmissions
        self._deadline = self._now + self._packet_interval_s[len(frame)]

    def _queue(self, payload: bytes) -> None:
        if len(self._waiting) >= self._line.max_waiting:
            reason = f"{len(self._waiting)} packets wait already"
            raise LinkError(reason, stage="ack", attempts=self._attempts)
        self._waiting += (payload,)

    def _finish(self, _: H5Packet) -> None:
        """The packet in flight has arrived; the next one may go."""
        self._seq = self._seq + 1 & 7
        self._in_flight = None
        self._deadline = None
        self._events.append(_acked(self._attempts))
        if self._waiting:
            payload, *rest = self._waiting
            self._waiting = tuple(rest)
            self._input(Input.SEND, payload)

    def _retransmit(self, _: None) -> None:
        self._out += self._frame
        self._again("packet", self._packet_interval_s[len(self._frame)])

    def _deliver(self, packet: H5Packet) -> None:
        self._expected = expected = self._expected + 1 & 7
        self._out += h5.ACK_FRAMES[expected]
        self._events.append(received(packet.payload))

    def _deliver_before_ack(self, packet: H5Packet) -> None:
        self._heard["packets"] += 1
        self._deliver(packet)

    def _repeat_ack(self, packet: H5Packet) -> None:
        self._out += h5.ACK_FRAMES[self._expected]
        self._ignore(packet)

    # -- what actions are made of

    def _say(self, *names: str) -> None:
        for name in names:
            self._out += _LINK_FRAMES[name]

    def _wait(self, seconds: float, limit: int | None) -> None:
        """Start a deadline; ``limit`` is how many transmissions there are, the one just made included."""
        self._attempts = 1
        self._limit = limit
        self._deadline = self._now + seconds

    def _again(self, what: str, seconds: float) -> None:
        """Note a repetition just made, and set the next deadline."""
        self._attempts += 1
        self._deadline = self._now + seconds
        self._events.append(Retransmitted(what, self._attempts))

    def _listen(self) -> None:
        """Note from here on what is heard instead of an answer."""
        self._heard.clear()
        self._noise_before = self._decoder.dropped

    def _advice(self, reason: LostReason, heard: Counter[str]) -> str:
        return ""

    def _lose(self, reason: LostReason, *, relinking: bool = False) -> None:
        """No link any more: report what had not arrived, and forget it."""
        heard = self._heard + Counter({"bytes of noise": self._decoder.dropped - self._noise_before})
        self._events.append(
            LinkLost(
                reason,
                stage=self._stage if self._in_flight is None else "ack",
                attempts=self._attempts,
                heard=listed(heard),
                advice=self._advice(reason, heard),
                relinking=relinking,
                in_flight=self._in_flight,
                unsent=self._waiting,
            )
        )
        self.is_up = False
        self._deadline = self._in_flight = None
        self._waiting = ()
