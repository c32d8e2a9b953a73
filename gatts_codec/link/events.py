"""What the link machine reports: one class an event."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import FramingError, LinkClosed, LinkError, LinkReset, LinkTimeout
from ..framing import H5Packet
from ..framing.unfrozen import unfrozen


class LostReason(Enum):
    """Why a link is not, or no longer, up."""

    NO_SYNC_RSP = "SYNC was not answered"
    NO_CONFIG_RSP = "CONFIG was not answered"
    NO_ACK = "a packet was not acknowledged"
    ACK_MISMATCH = "the ends disagree about sequence numbers"
    PEER_RESTARTED = "the peer sent SYNC: it has restarted"
    REBOOTED = "this end rebooted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Both ends agree, sequence numbers are 0: packets may be sent."""


@dataclass(frozen=True, slots=True)
class LinkLost:
    """No link, or no longer. All that was under way has failed.

    ``stage`` is what was under way (as in LinkError: "reset", "sync", "config", "ack", "active"), ``attempts`` how
    often it was tried, ``heard`` what came instead, ``advice`` what that points to. ``in_flight`` was sent and not
    acknowledged: the peer may or may not have it. ``unsent`` never left. ``relinking``: the machine is already at it,
    and LinkUp, or a LinkLost without it, will follow.
    """

    reason: LostReason
    stage: str
    attempts: int = 0
    heard: str = "nothing"
    advice: str = ""
    relinking: bool = False
    in_flight: bytes | None = None
    unsent: tuple[bytes, ...] = ()

    def describe(self) -> str:
        """One sentence for a person: what happened, what was heard instead, where to look."""
        tried = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        heard = f"; heard {self.heard}" if self.stage in ("sync", "config", "ack") else ""
        advice = f": {self.advice}" if self.advice else ""
        return self.reason.value + tried + heard + advice

    def to_error(self) -> LinkError:
        """The exception for a caller that was waiting: LinkTimeout, LinkReset or LinkClosed."""
        error = _ERRORS[self.reason]
        return error(self.describe(), stage=self.stage, attempts=self.attempts, heard=self.heard)


@dataclass(frozen=True, slots=True)
class ChipRestarted:
    """Host end: the chip sent SYNC while the link was up. Its attribute table is gone. LinkLost follows."""


@dataclass(frozen=True, slots=True)
class Rebooted:
    """Chip end: all the chip knew is gone. ``cause``: "RESET packet", "no ACK", or what ``reboot`` was given."""

    cause: str


@dataclass(frozen=True, slots=True)
class PacketReceived:
    """A packet from the peer, delivered once and in order, its ACK already among the data to send."""

    payload: bytes


_NewReceived = unfrozen(PacketReceived)


def received(payload: bytes) -> PacketReceived:
    """``PacketReceived(payload)``, which each packet costs."""
    event = _NewReceived()
    event.payload = payload
    event.__class__ = PacketReceived
    return event  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class PacketAcked:
    """The peer has the packet that was in flight; ``attempts`` transmissions were needed."""

    attempts: int


@dataclass(frozen=True, slots=True)
class Retransmitted:
    """No answer in time, so ``what`` ("SYNC", "CONFIG" or "packet") went out for the ``attempt``-th time."""

    what: str
    attempt: int


@dataclass(frozen=True, slots=True)
class FrameRejected:
    """Bytes between two C0 that are not a frame. Never answered: the peer's retransmission repairs it."""

    error: FramingError
    raw: bytes

    @property
    def reason(self) -> str:
        """The error's code: short_frame, length_mismatch, bad_escape, header_checksum or crc."""
        return self.error.code


@dataclass(frozen=True, slots=True)
class PacketIgnored:
    """A good frame that has no business now: a repeated packet, a stray ACK, another type. ``reason`` says which."""

    packet: H5Packet
    reason: str


LinkEvent = (
    LinkUp
    | LinkLost
    | ChipRestarted
    | Rebooted
    | PacketReceived
    | PacketAcked
    | Retransmitted
    | FrameRejected
    | PacketIgnored
)

_ERRORS: dict[LostReason, type[LinkError]] = {
    LostReason.NO_SYNC_RSP: LinkTimeout,
    LostReason.NO_CONFIG_RSP: LinkTimeout,
    LostReason.NO_ACK: LinkTimeout,
    LostReason.ACK_MISMATCH: LinkReset,
    LostReason.PEER_RESTARTED: LinkReset,
    LostReason.REBOOTED: LinkReset,
    LostReason.CLOSED: LinkClosed,
}
