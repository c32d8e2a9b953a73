"""What a chip knows of a connection's security, and of pairing while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from gatts_codec.device.smp import Features, GivenKeys, Way
from gatts_codec.packets.gap.keys import KeySet, KeySetV1
from gatts_codec.packets.gap.lesc import OobData
from gatts_codec.packets.gap.structs import EncInfo, PublicKey


class Stage(IntEnum):
    """How far pairing has come at one end, by what it has sent."""

    REQUEST = 0
    AGREED = 1
    PUBLIC_KEY = 2
    ASKED = 3
    CONFIRM = 4
    RANDOM = 5
    COMPARED = 6
    CHECK = 7
    ENCRYPTING = 8
    KEYS = 9


@dataclass(slots=True)
class Pairing:
    """Pairing at one end: what has come from the host and from the peer."""

    own: Features | None = None
    peer: Features | None = None
    way: Way | None = None
    stage: Stage = Stage.REQUEST
    awaits_params: bool = False
    """SEC_PARAMS_REQUEST is unanswered."""
    awaits_key: int | None = None
    """The AuthKeyType that AUTH_KEY_REQUEST asks for."""
    compares: bool = False
    """PASSKEY_DISPLAY with match_request is unanswered."""
    awaits_dhkey: bool = False
    """LESC_DHKEY_REQUEST is unanswered."""
    awaits_oob: bool = False
    """It asked for out of band data, too."""
    keyset: KeySet | KeySetV1 | None = None
    secret: bytes | None = None
    """This end's passkey or out of band data; with just works and numeric comparison nothing."""
    oob_peer: OobData | None = None
    digits: bytes = b""
    agrees: bool = False
    """The host has said that the digits are the peer's."""
    dhkey: bytes | None = None
    peer_key: PublicKey | None = None
    peer_confirm: bool = False
    peer_secret: bytes | None = None
    peer_dhkey: bytes | None = None
    given_own: GivenKeys | None = None
    given_peer: GivenKeys | None = None
    ltk: bytes = b""
    deadline: float = 0.0


@dataclass(slots=True)
class Security:
    """``key_size`` is that of encryption, in bytes; ``dead``: pairing took too long, and there is none any more."""

    key_size: int = 0
    pairing: Pairing | None = None
    asked: float | None = None
    """When this end's security request, as peripheral, has been ignored too long."""
    requested: bool = False
    """The peripheral has asked this end, the central, for security."""
    encrypting: EncInfo | None = None
    """The key with which this end, the central, encrypts, until the peripheral has answered."""
    wanted: bytes | None = None
    """The key that the central wants to encrypt with, until the peripheral's host has answered SEC_INFO_REQUEST."""
    dead: bool = False

    def deadlines(self) -> list[float | None]:
        """When something is due."""
        return [self.asked, self.pairing.deadline if self.pairing is not None else None]
