"""The whole chip: the device behind the chip's end of the link machine, with faults in between. No clock, no port.

    chip = VirtualChip("sd_api_v5")
    chip.open(now)
    while ..:
        port.write(chip.data_to_send())
        data = port.read(until=chip.next_deadline())
        chip.receive_data(data, now) if data else chip.tick(now)
    chip.peer.connect()                     # and whatever else a peer does

``ChipRunner`` drives it on a port, ``ChipFarm`` many of them in an event loop. Times are seconds of any clock that
never goes back. Not for two threads at a time.
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Literal

from gatts_codec.arguments import checked
from gatts_codec.constants import NrfError, RpcPacketType
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.device import Device
from gatts_codec.device.faults import Fault, FaultPlan, Target, parse_fault
from gatts_codec.device.firmware import Firmware
from gatts_codec.device.peer import Peer
from gatts_codec.dialects import Dialect
from gatts_codec.errors import EncodeError
from gatts_codec.framing import Decoder, H5Packet, H5Type, h5
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import LONGEST_TIMEOUT_S, ChipConfig, require
from gatts_codec.link.events import LinkEvent, LinkLost, LostReason, PacketReceived, Rebooted
from gatts_codec.link.notices import call_back

_SYNC_FRAME = h5.encode_frame(H5Packet(H5Type.LINK_CONTROL, h5.LINK_PAYLOADS["SYNC"]))
# Pieces of what arrives, none of which completes more than one frame.
_PIECES = re.compile(rb"\xc0?[^\xc0]*\xc0?")
_MOST_OF_ONE = 2
# Events that may wait for the host; a SoftDevice has room for far fewer.
MAX_QUEUED = 4096


@dataclass(frozen=True, slots=True)
class Seen:
    """A packet that passed, for observers: commands as they are taken, responses and events as they are handed over."""

    direction: Literal["host->chip", "chip->host"]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Something that observers should know: a fault that struck, an event that was lost."""

    text: str


Observation = Seen | Note | LinkEvent


class TransmitBuffers(Enum):
    """What became of the firmware's transmit buffer."""

    FINE = auto()
    LOST = auto()
    """SYNC came while a packet was unacknowledged: the next one to be sent finds no buffer."""
    FULL = auto()
    """It waits for one for ever, and nothing more is taken: RESET helps, where the firmware knows it."""


class VirtualChip:
    """A connectivity chip. Raises UnknownDialectError, and EncodeError for a fault or a build that is not known.

    ``firmware`` is one of the builds in ``gatts_codec.device.firmware``, by itself or by its name; ``link`` sets the
    link's end (packet limit, intervals) otherwise than the build has it. ``faults`` are ``Fault`` objects or their
    written form, with ``seed`` for those that happen by chance. ``ack_delay_s`` lets each ACK, and what is sent behind
    it, leave that much later: a help for hosts that lose a race against an ACK that comes at once.
    """

    @checked
    def __init__(
        self,
        dialect: str | Dialect,
        config: DeviceConfig | None = None,
        *,
        firmware: str | Firmware | None = None,
        link: ChipConfig | None = None,
        faults: Iterable[Fault | str] = (),
        seed: int = 0,
        ack_delay_s: float = 0.0,
    ) -> None:
        self.device: Device = Device(dialect, config, firmware)
        build = self.device.firmware
        dialect = self.device.dialect
        config_first = dialect.config_first if build.config_first is None else build.config_first
        self.plan: FaultPlan = FaultPlan(
            (parse_fault(fault, dialect.numbers) if isinstance(fault, str) else fault for fault in faults),
            seed,
        )
        settings = link or ChipConfig(
            max_payload=dialect.max_payload,
            retransmission_interval_s=max(build.interval_s, build.patience_s),
            link_interval_s=build.interval_s,
        )
        settings = replace(settings, knows_reset=dialect.knows_reset)
        if self.plan.max_payload is not None:
            settings = replace(settings, max_payload=self.plan.max_payload)
        self.link: ChipLink = ChipLink(settings) if config_first else OldChipLink(settings)
        self.peer: Peer = Peer(self.device)
        self.observers: list[Callable[[Observation], object]] = []
        require("ack_delay_s", ack_delay_s, 0, LONGEST_TIMEOUT_S, "chip")
        self._ack_delay_s = ack_delay_s
        self._now = 0.0
        self._waiting: deque[bytes] = deque()
        self._hung = False
        self._buffers = TransmitBuffers.FINE
        self._out = bytearray()
        self._late: list[tuple[float, int, bytes]] = []
        self._order = 0
        self._frames = Decoder()
        self._heard = Decoder()  # while the link hears nothing

    def new_peer(self) -> Peer:
        """Another peer, for hosts with more than one connection."""
        return Peer(self.device)

    # -- what a driver calls

    def open(self, now: float) -> None:
        """Power on."""
        self._now = now
        self._hung = False
        self._buffers = TransmitBuffers.FINE
        self._late.clear()
        self._take(self.link.open(now))
        self.device.reboot()
        self._pump()

    def close(self, now: float) -> None:
        """Power off."""
        self._now = now
        self._take(self.link.close(now))
        self.device.reboot()

    def receive_data(self, data: bytes, now: float) -> None:
        """Bytes from the host, in any pieces; none make it raise."""
        self.tick(now)
        # Frame by frame: what a command leads to comes before the frame behind it is looked at.
        for piece in _PIECES.findall(data) if data.count(b"\xc0") > _MOST_OF_ONE else (data,):
            if self._hung:
                return
            self._hear(piece)
            self._pump()

    def tick(self, now: float) -> None:
        """Do what is due; also how the chip learns the time before a peer acts."""
        self._now = now
        self.device.tick(now)
        if not self._hung:
            self._take(self.link.tick(now))
        self._pump()

    def next_deadline(self) -> float | None:
        """When ``tick`` or ``data_to_send`` has something to do if nothing arrives."""
        late = self._late[0][0] if self._late else None
        link = None if self._hung else self.link.next_deadline()
        dues = (link, self.device.next_deadline(), late)
        return min((due for due in dues if due is not None), default=None)

    def data_to_send(self) -> bytes:
        """The bytes to write now. Each is handed out once."""
        self._pump()
        while self._late and self._late[0][0] <= self._now:
            self._out += heapq.heappop(self._late)[2]
        data = bytes(self._out)
        self._out.clear()
        return data

    @property
    def is_up(self) -> bool:
        """Whether a host has brought the link up."""
        return self.link.is_up

    def note(self, text: str) -> None:
        """Tell the observers something, as a driver does of the line."""
        self._observe(Note(text))

    # -- between device and link

    def _hear(self, data: bytes) -> None:
        if self._buffers is not TransmitBuffers.FULL:
            self._take(self.link.receive_data(data, self._now))
        elif any(frame.raw == h5.RESET_FRAME for frame in self._heard.feed(data)):
            self._take(self.link.receive_data(h5.RESET_FRAME, self._now))

    def _take(self, happened: list[LinkEvent]) -> None:
        for event in happened:
            if isinstance(event, PacketReceived):
                self._receive(event.payload)
                continue
            if isinstance(event, Rebooted):
                self._waiting.clear()
                self._buffers = TransmitBuffers.FINE
                self.device.reboot()
            elif (
                isinstance(event, LinkLost) and event.in_flight and event.reason is LostReason.PEER_RESTARTED
            ):
                self._buffers = TransmitBuffers.LOST
            self._observe(event)

    def _receive(self, payload: bytes) -> None:
        if self._buffers is TransmitBuffers.LOST:
            self._get_stuck()
        else:
            self._command(payload)

    def _get_stuck(self) -> None:
        """What has to be sent waits for a buffer that never becomes free, and whatever comes next waits behind it."""
        self._buffers = TransmitBuffers.FULL
        self._observe(
            Note("stuck: SYNC came while a packet was unacknowledged, and cost the transmit buffer")
        )

    def _command(self, payload: bytes) -> None:
        self._observe(Seen("host->chip", payload))
        fault = None
        if self.plan and payload[:1] == bytes([RpcPacketType.COMMAND]) and len(payload) > 1:
            fault = self.plan.command(self._call_name(payload[1]))
        if fault is None:
            self.device.receive(payload, self._now)
            return
        self._observe(Note(f"fault: {fault.kind}"))
        if fault.kind == "reboot":
            self.device.reboot_cause = "fault"
        elif fault.kind == "silent":
            self._hung = True
        elif fault.kind == "result":
            head = bytes([RpcPacketType.RESPONSE, payload[1]])
            self.device.outbox.append(head + fault.result.to_bytes(4, "little"))
        else:
            before = len(self.device.outbox)
            self.device.receive(payload, self._now)
            if fault.kind == "no-response":
                del self.device.outbox[before : before + 1]
            else:
                self._pump()
                self._send_frame(_SYNC_FRAME)

    def _call_name(self, opcode: int) -> str:
        groups = self.device.dialect.groups.values()
        found = (name for group in groups for name, number in group.calls.numbers.items() if number == opcode)
        return next(found, "")

    def _pump(self) -> None:
        """Hand what the device has to say to the link, and what the link has to say to the wire."""
        for payload in self.device.payloads_to_send():
            self._queue(payload)
        if self._hung:
            self._waiting.clear()
            return
        if self._waiting and not self.link.has_host:
            self._observe(Note(f"events are lost, there is no link: {len(self._waiting)}"))
            self._waiting.clear()
        if self._waiting and self._buffers is not TransmitBuffers.FINE:
            self._waiting.clear()
            self._get_stuck()
        while self._waiting and self.link.is_up and self.link.waiting < self.link.config.max_waiting:
            self._send(self._waiting.popleft())
        self._emit(self.link.data_to_send())
        if self.device.reboot_cause is not None:  # the ACK has left before the lights go out
            self._go_down(self.device.reboot_cause)

    def _go_down(self, cause: str) -> None:
        if self.device.is_off:
            self._hung = True
            self.device.reboot()  # whoever was connected to it has lost it
            self._observe(Note("is off until it is switched on"))
        elif self.device.at_fault and self.device.firmware.on_fault == "hang":
            self._hung = True
            self._observe(Note(f"hangs until it is switched off: {cause}"))
        else:
            self._take(self.link.reboot(self._now, cause))
            self._emit(self.link.data_to_send())

    def _queue(self, payload: bytes) -> None:
        if len(self._waiting) < MAX_QUEUED or payload[0] == RpcPacketType.RESPONSE:
            self._waiting.append(payload)
        else:
            self._observe(Note("an event is lost: the host does not take them as fast as they come"))

    def _send(self, payload: bytes) -> None:
        try:
            self.link.send(payload, self._now)
        except EncodeError as error:
            if payload[0] != RpcPacketType.RESPONSE:
                self._observe(Note(f"an event is lost: {error.reason}"))
                return
            payload = payload[:2] + NrfError.DATA_SIZE.to_bytes(4, "little")
            self.link.send(payload, self._now)
        self._observe(Seen("chip->host", payload))

    # -- on the way to the wire

    def _emit(self, data: bytes) -> None:
        if not data:
            return
        if not self.plan and not self._ack_delay_s:
            self._out += data
            return
        for frame in self._frames.feed(data):
            self._send_frame(frame.raw)

    def _send_frame(self, raw: bytes) -> None:
        packet = h5.decode_frame(raw)
        target: Target | None = None
        if packet.type == H5Type.ACK:
            target = "ack"
        elif packet.type == H5Type.VENDOR_SPECIFIC:
            target = "response" if packet.payload[0] == RpcPacketType.RESPONSE else "event"
        frames = self.plan.frame(target, raw) if target else [(0.0, raw)]
        # Nothing overtakes a frame that waits for the ACK delay, only one that a fault delays.
        for delay_s, frame in frames:
            self._order += 1  # among those that are due at the same time
            heapq.heappush(self._late, (self._now + self._ack_delay_s + delay_s, self._order, frame))

    def _observe(self, what: Observation) -> None:
        for observer in self.observers:
            call_back(observer, what)
