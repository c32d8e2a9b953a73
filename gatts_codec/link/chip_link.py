"""The chip's end: the actions of the CHIP table that only connectivity firmware takes."""

from __future__ import annotations

from ..framing import FirmwareDecoder, Frame, H5Packet, H5Type, h5, slip
from .config import ChipConfig
from .end import LINK_PAYLOADS, LinkEnd
from .events import LinkEvent, LostReason, Rebooted
from .machine import CHIP, OLD_CHIP, ChipState, Input


class ChipLink(LinkEnd, table=CHIP):
    """The firmware's end of the link. Not for two threads at a time."""

    def __init__(self, config: ChipConfig | None = None) -> None:
        self.config: ChipConfig = config or ChipConfig()
        super().__init__(self.config, FirmwareDecoder(latch=self.config.escape_latch))
        self.state: ChipState = ChipState.CLOSED
        self._holds_command = False  # taken while a packet is in flight: it fills the receive buffer

    def open(self, now: float) -> list[LinkEvent]:
        """Power on; whatever was before is closed first. LinkUp follows when a host has come."""
        return self._start_over(Input.OPEN, now)

    @property
    def has_host(self) -> bool:
        """Whether a host has answered SYNC: the link is up, or coming up."""
        return self.state > ChipState.UNINITIALIZED

    def reboot(self, now: float, cause: str = "reboot") -> list[LinkEvent]:
        """Restart, as firmware does after a command it cannot decode, or a crash."""
        return self._give(Input.REBOOT, cause, now)

    def _classify(self, packet: H5Packet) -> Input:
        what = super()._classify(packet)
        return what if self._takes(what, packet) else Input.OTHER

    def _takes(self, what: Input, packet: H5Packet) -> bool:
        """Whether firmware takes this packet for what it looks like."""
        if what is Input.PACKET_NEXT or what is Input.PACKET_OTHER:
            fits = packet.crc and len(packet.payload) <= self.config.max_payload
            return fits and not (self._holds_command and what is Input.PACKET_NEXT)
        if what is Input.RESET:
            return self.config.knows_reset
        if packet.type == H5Type.LINK_CONTROL:
            bare = not packet.reliable and not packet.crc
            return bare and packet.payload == LINK_PAYLOADS.get(packet.link or "")
        return True

    def _reject(self, frame: Frame) -> None:
        if frame.raw != slip.RELEASE:  # which is not meant for a chip that hears
            super()._reject(frame)

    def _deliver_before_ack(self, packet: H5Packet) -> None:
        self._holds_command = True
        super()._deliver_before_ack(packet)

    def _finish(self, packet: H5Packet) -> None:
        self._holds_command = False
        super()._finish(packet)

    def _lose(self, reason: LostReason, *, relinking: bool = False) -> None:
        self._holds_command = False
        super()._lose(reason, relinking=relinking)

    def _boot(self, _: None) -> None:
        self._stage = "sync"
        self._wait_for_host()

    def _send_sync(self, _: None) -> None:
        self._say("SYNC")
        self._wait_for_host()

    def _answer_sync(self, _: H5Packet) -> None:
        self._say("SYNC_RSP")

    def _await_config(self, _: H5Packet) -> None:
        self._stage = "config"
        self._deadline = None

    def _send_config(self, _: H5Packet | None) -> None:
        self._say("CONFIG")
        self._wait_for_host()

    def _answer_config_and_become_active(self, packet: H5Packet) -> None:
        self._answer_config(packet)
        self._become_active(packet)

    def _retransmit(self, _: None) -> None:
        # The header is rebuilt each time: what the chip has received since belongs in it.
        assert self._in_flight is not None
        self._frame = h5.encode_reliable(self._in_flight, self._seq, self._expected)
        super()._retransmit(None)

    def _relink_after_sync(self, packet: H5Packet) -> None:
        self._lose(LostReason.PEER_RESTARTED, relinking=True)
        self._boot(None)
        self._answer_sync(packet)

    def _reboot(self, cause: str) -> None:
        self._decoder.reset()
        self._restart(cause)

    def _restart(self, cause: str) -> None:
        if self.is_up:
            self._lose(LostReason.REBOOTED, relinking=True)
        self._out = b""
        self._events.append(Rebooted(cause))
        self._boot(None)

    def _reboot_by_reset(self, _: H5Packet) -> None:
        self._restart("RESET packet")
        self._wait(self.config.boot_s + self._interval_s(), None)

    def _reboot_after_silence(self, _: None) -> None:
        self._lose(LostReason.NO_ACK, relinking=True)
        self._reboot("no ACK")

    def _await_config_or_ask(self, _: H5Packet) -> None:
        self._stage = "config"
        self._wait_for_host()

    def _wait_for_host(self) -> None:
        self._wait(self._interval_s(), None)

    def _interval_s(self) -> float:
        own = self.config.link_interval_s
        return self.config.interval_s(h5.HEADER_SIZE) if own is None else own


class OldChipLink(ChipLink, table=OLD_CHIP):
    """The end of firmware up to SDK 15.0."""
