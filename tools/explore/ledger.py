"""What became of each packet, and which of that must not be."""

from __future__ import annotations

from typing import NamedTuple


class Violation(Exception):
    """A promise that is broken, and the way that leads there."""


class Ledger(NamedTuple):
    """The packets of one direction, numbered as they were handed in: what became of each. Bit n is packet n's."""

    sent: int = 0
    settled: int = 0  # acknowledged, in doubt or handed back: the sender knows no more of them
    delivered: int = 0
    handed_back: int = 0
    in_doubt: int = 0

    def deliver(self, number: int) -> Ledger:
        """The receiver has it."""
        if self.delivered >> number & 1:
            raise Violation(f"packet {number} is delivered twice")
        if self.handed_back >> number & 1:
            raise Violation(f"packet {number} is delivered though it was handed back unsent")
        if self.delivered >> number:
            raise Violation(f"packet {number} is delivered after a later one")
        if number > self.settled:
            raise Violation(f"packet {number} is delivered while {self.settled} is on its way")
        return self._replace(delivered=self.delivered | 1 << number)

    def settle(self, how: str) -> Ledger:
        """The sender hears what became of its oldest packet."""
        bit = 1 << self.settled
        if how == "acknowledged" and not self.delivered & bit:
            raise Violation(f"packet {self.settled} is acknowledged and was never delivered: it is lost")
        if how == "handed back" and self.delivered & bit:
            raise Violation(f"packet {self.settled} was delivered and is handed back unsent")
        after = self._replace(settled=self.settled + 1)
        if how == "handed back":
            return after._replace(handed_back=self.handed_back | bit)
        return after._replace(in_doubt=self.in_doubt | bit) if how == "in doubt" else after


def entered(told: tuple[tuple[str, int], ...], own: Ledger, peers: Ledger) -> tuple[Ledger, Ledger]:
    for what, number in told:
        if what == "received":
            peers = peers.deliver(number)
        elif what != "given up":
            own = own.settle(what)
    return own, peers
