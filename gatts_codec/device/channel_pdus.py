"""What the chips of L2CAP channels with credits say to each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChannelRequest:
    """The sender wants a channel, which it calls ``cid``; what it takes."""

    cid: int
    psm: int
    mtu: int
    mps: int
    credits: int


@dataclass(frozen=True, slots=True)
class ChannelAnswer:
    """The same from who was asked, of the channel that the receiver calls ``to``; or why not."""

    to: int
    status: int
    cid: int = 0
    mtu: int = 0
    mps: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class ChannelCredits:
    """The receiver may send so many PDUs more."""

    to: int
    credits: int


@dataclass(frozen=True, slots=True)
class Sdu:
    """Data."""

    to: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ChannelEnd:
    """The sender gives the channel up; ``answers``: since the receiver has."""

    to: int
    answers: bool = False
