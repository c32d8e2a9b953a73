"""What a chip knows of a connection's link layer: radio modes, packet lengths, signal strength."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatts_codec.constants.gap import Phy
from gatts_codec.packets.gap.radio import DataLengthParams, Phys

SHORTEST, LONGEST = 27, 251  # octets of a packet's payload
SHORT_US = 328
_PROCEDURE_S = 40.0  # Bluetooth's


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long packets may be, in octets, each with the time that it takes in microseconds."""

    tx: int = SHORTEST
    rx: int = SHORTEST
    tx_us: int = SHORT_US
    rx_us: int = SHORT_US

    @property
    def params(self) -> DataLengthParams:
        """As hosts are told."""
        return DataLengthParams(self.tx, self.rx, self.tx_us, self.rx_us)


@dataclass(slots=True)
class Sampling:
    """How the host wants to hear of the signal strength; ``threshold`` 0xFF: not at all."""

    threshold: int
    skip: int
    due: float
    last: int
    reported: int | None = None
    counted: int = 0


@dataclass(slots=True)
class LinkState:
    """``phys`` are in use; of each procedure what this end has asked, and the peer wants, until it is answered."""

    phys: Phys = field(default_factory=lambda: Phys(Phy.MBPS_1, Phy.MBPS_1))
    phys_asked: Phys | None = None
    phys_wanted: Phys | None = None
    lengths: Lengths = Lengths()
    lengths_asked: Lengths | None = None
    lengths_wanted: Lengths | None = None
    sampling: Sampling | None = None
    timing_due: float | None = None
    """When the central's host has taken too long to decide on the timing that this end has asked for."""
    procedure_due: float | None = None
    """When the peer has taken too long to answer a procedure of the link layer: the connection ends."""

    def expect_answer(self, now: float) -> None:
        """A procedure has begun."""
        self.procedure_due = now + _PROCEDURE_S

    def deadlines(self) -> list[float | None]:
        """When something is due."""
        sampling_due = None if self.sampling is None else self.sampling.due
        return [self.timing_due, self.procedure_due, sampling_due]
