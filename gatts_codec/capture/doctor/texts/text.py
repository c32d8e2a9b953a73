"""The words of a diagnosis: how grave it is, what is seen, why that happens, what to do; what ended and whose fault.

Placeholders in braces are filled in from the evidence. ``count`` is always there; ``{count:packet}`` says "1 packet",
"2 packets".
"""

from __future__ import annotations

from typing import Literal, NamedTuple

LINE = (
    "parity or baud rate differ between the ends (stock SDK firmware: 1 Mbaud, even parity, RTS/CTS), bytes are lost "
    "to overruns, or the wiring picks up noise"
)
CHECK_LINE = "compare both ends' UART settings and the recorder's; use flow control; shorten the wires"
OPEN_AGAIN = "after a command without an ACK open the link again (RESET, SYNC, CONFIG) before the next one"


class Text(NamedTuple):
    """One diagnosis. Every error says what ended and whose fault it is.

    ``both``: it can only be judged where both directions are in the recording.
    """

    severity: Literal["error", "warning", "note"]
    title: str
    cause: str
    advice: str
    ended: str = ""
    fault: str = ""
    both: bool = False


class Quantity(int):
    """A number that says what it counts: ``format(Quantity(2), "packet")`` is "2 packets"."""

    def __format__(self, what: str) -> str:
        return f"{int(self)} {what}{'s' * (self != 1)}" if what else str(int(self))
