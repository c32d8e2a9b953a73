"""Settings of both ends of the link. Times are seconds, sizes bytes; a number out of range raises EncodeError.

The defaults are measured: Nordic's host library and its firmware code were run against each other, and each against
a scripted peer.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeVar

from ..arguments import check_fields
from ..errors import EncodeError, brief
from ..framing import h5

T = TypeVar("T", bound="float | None")

_FRAME_OVERHEAD = 2 + h5.HEADER_SIZE + h5.CRC_SIZE
_ACK_SIZE = len(h5.ACK_FRAMES[0])
_LONGEST_S = 3600
LARGEST_BUFFER = 10**9  # events
LONGEST_TIMEOUT_S = 1_000_000  # twelve days, which every operating system can wait

FOR_EVER = float("inf")


def require(path: str, value: object, least: float, most: float, packet: str = "link") -> None:
    """A setting must be a number within its limits, a whole one unless it is a time (``.._s``), and not NaN.

    Raises EncodeError that names it.
    """
    is_time = path.endswith("_s")
    if isinstance(value, bool) or not isinstance(value, (float, int, Real) if is_time else (int, Integral)):
        reason = f"must be a {'number of seconds' if is_time else 'whole number'}, not {brief(value)}"
    elif not least <= value <= most:  # type: ignore[operator]  # numbers, as has just been seen
        reason = (
            f"must be {f'at least {least}' if most == FOR_EVER else f'{least}..{most}'}, not {brief(value)}"
        )
    else:
        return
    raise EncodeError(reason, path=path, value=value, packet=packet)


def timeout(timeout_s: T) -> T:
    """A time to wait at most, in seconds, None for no end. Raises EncodeError for anything else."""
    value: float | None = timeout_s
    if type(value) is float and 0 <= value <= LONGEST_TIMEOUT_S:  # what is usual, at the price of a call
        return timeout_s
    if value is None:
        return timeout_s
    require("timeout_s", value, 0, LONGEST_TIMEOUT_S)
    return float(value)  # type: ignore[return-value]  # a Fraction, say, which formats differ from Python to Python


@dataclass(frozen=True, slots=True, kw_only=True)
class LineConfig:
    """What both ends need to know. Raises EncodeError for a number out of range.

    ``max_payload`` is the firmware's largest packet, type byte included: 384, 512 or 768 bytes. The default is the
    largest of all and not the dialect's; clients put that in its place (``Options``). ``retransmission_interval_s`` is
    the least time between two transmissions of a packet, ``transmissions`` how many there are in all: 0.25 s and 6 are
    the reference host's. On a line too slow for it (``baud`` known) the interval grows to what the frame, the longest
    frame the peer may be in the middle of, and its ACK take, plus ``peer_time_s``.
    """

    max_payload: int = 768
    retransmission_interval_s: float = 0.25
    transmissions: int = 6
    baud: int | None = None
    """Bits per second; None where the line's speed is unknown or does not matter (TCP, pseudo-terminals)."""
    parity: bool = False
    """Whether each byte carries a parity bit."""
    peer_time_s: float = 0.05
    """How long the peer may take to begin its ACK: an allowance of ours."""
    max_waiting: int = 256
    """Packets that may wait for the one in flight; ``send`` refuses more. A bound of ours."""

    def __post_init__(self) -> None:
        require("max_payload", self.max_payload, 1, h5.MAX_PAYLOAD)
        require("retransmission_interval_s", self.retransmission_interval_s, 0.001, _LONGEST_S)
        require("transmissions", self.transmissions, 1, 1000)
        require("baud", 1 if self.baud is None else self.baud, 1, 10**9)
        require("peer_time_s", self.peer_time_s, 0, _LONGEST_S)
        require("max_waiting", self.max_waiting, 1, FOR_EVER)
        check_fields(self)

    def interval_s(self, frame_size: int) -> float:
        """How long to wait for the ACK of a frame of that many bytes before sending it again."""
        if self.baud is None:
            return self.retransmission_interval_s
        line_bytes = frame_size + self.max_payload + _FRAME_OVERHEAD + _ACK_SIZE
        bits_per_byte = 11 if self.parity else 10
        return max(self.retransmission_interval_s, self.peer_time_s + line_bytes * bits_per_byte / self.baud)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostConfig(LineConfig):
    """The PC's end.

    ``reset`` says whether a link begins with a RESET packet, which reboots the chip: without it the chip keeps its
    attribute table and only the sequence numbers start again. ``fast_link_up=False`` sends no more than the reference
    host does, and waits as long.
    """

    reset: bool = True
    reset_wait_s: float = 0.3
    """After RESET: how long to be deaf. In recordings SYNC comes 0.6 s (v2) or 0.7 s (v5, v6) after a RESET packet, 0.4
    of which are its interval: firmware seems to restart only after 0.2 to 0.3 s, and a link begun before that would end
    with it. For a chip known to restart at once 0.05 will do."""
    link_transmissions: int = 6
    """How often SYNC goes out, and CONFIG; 6 is the reference host's."""
    fast_link_up: bool = True
    """Whether to say SYNC, SYNC_RSP and CONFIG in one breath: up in two round trips instead of 0.75 s."""

    def __post_init__(self) -> None:
        LineConfig.__post_init__(self)
        require("reset_wait_s", self.reset_wait_s, 0, _LONGEST_S)
        require("link_transmissions", self.link_transmissions, 1, 1000)


def check_host_config(value: object) -> None:
    """Raises EncodeError for ``link=`` that is neither None nor a HostConfig."""
    if not isinstance(value, HostConfig | None):
        raise EncodeError(f"must be a HostConfig, not {brief(value)}", path="link", value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipConfig(LineConfig):
    """The connectivity firmware's end. Raises EncodeError for a number out of range.

    In firmware one interval rules SYNC, CONFIG and retransmissions: measured 0.4 s with 768-byte packets, the default,
    0.25 s in stock SDK 15, 0.04 s in SDK 11 to 14. A response or event goes out 5 times; then the chip reboots.
    """

    retransmission_interval_s: float = 0.4
    link_interval_s: float | None = None
    """Between two SYNCs, and two CONFIGs; None: as for packets."""
    transmissions: int = 5
    boot_s: float = 0.0
    """After a RESET packet: how long until the first interval begins, 0.2 to 0.3 s in captures."""
    knows_reset: bool = True
    """Whether a RESET packet restarts the chip: firmware up to SDK 14.2 ignores it."""
    escape_latch: bool = True
    """Whether a byte damaged to DB makes it deaf until DC or DD comes (``FirmwareDecoder``). SDK 11, 14.2, 17.1 do."""

    def __post_init__(self) -> None:
        LineConfig.__post_init__(self)
        require("boot_s", self.boot_s, 0, _LONGEST_S)
        if self.link_interval_s is not None:
            require("link_interval_s", self.link_interval_s, 0.001, _LONGEST_S)
