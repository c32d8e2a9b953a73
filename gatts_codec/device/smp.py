"""What two chips of one air say to each other about security, and how they agree on a way to pair.

Nothing is encrypted here: what cryptography would prove travels as it is, and the receiver compares it with its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from gatts_codec.packets.gap.structs import (
    EncInfo,
    KeyDistribution,
    MasterId,
    PublicKey,
    SecParams,
    SecParamsV1,
)
from gatts_codec.packets.gap.whitelist import IdKey


class Keys(NamedTuple):
    """Which keys a side gives."""

    enc: bool
    id: bool

    def both(self, other: Keys) -> Keys:
        """What both sides agreed to."""
        return Keys(self.enc and other.enc, self.id and other.id)


class Features(NamedTuple):
    """What a side has and wants, whatever its dialect. ``central`` and ``peripheral`` say which keys those give."""

    bond: bool
    mitm: bool
    lesc: bool
    keypress: bool
    io_caps: int
    oob: bool
    min_key_size: int
    max_key_size: int
    central: Keys
    peripheral: Keys


def features_of(params: SecParams | SecParamsV1, *, as_central: bool) -> Features:
    """What a host's parameters say."""
    if isinstance(params, SecParamsV1):
        central, peripheral, lesc, keypress = params.kdist_central, params.kdist_periph, 0, 0
    else:
        own, peer = params.kdist_own, params.kdist_peer
        central, peripheral = (own, peer) if as_central else (peer, own)
        lesc, keypress = params.lesc, params.keypress
    return Features(
        bool(params.bond),
        bool(params.mitm),
        bool(lesc),
        bool(keypress),
        params.io_caps,
        bool(params.oob),
        params.min_key_size,
        params.max_key_size,
        Keys(bool(central.enc), bool(central.id)),
        Keys(bool(peripheral.enc), bool(peripheral.id)),
    )


def params_for(features: Features, *, to_central: bool, early: bool) -> SecParams | SecParamsV1:
    """How a host is told of its peer's features: keys as its own side sees them."""
    sides = features.central, features.peripheral
    central, peripheral = (KeyDistribution(int(keys.enc), int(keys.id)) for keys in sides)
    sizes = features.min_key_size, features.max_key_size
    bond, mitm, oob = int(features.bond), int(features.mitm), int(features.oob)
    if early:
        return SecParamsV1(bond, mitm, features.io_caps, oob, *sizes, peripheral, central)
    own, peer = (central, peripheral) if to_central else (peripheral, central)
    return SecParams(
        bond, mitm, int(features.lesc), int(features.keypress), features.io_caps, oob, *sizes, own, peer
    )


# -- the way to pair


class Method(Enum):
    """How both sides make sure that they are who they are."""

    JUST_WORKS = "just works"
    PASSKEY = "passkey"
    NUMERIC_COMPARISON = "numeric comparison"
    OUT_OF_BAND = "out of band"


class Way(NamedTuple):
    """What two sides agreed on. With a passkey, ``central_shows`` and ``peripheral_shows`` say who displays it."""

    method: Method
    lesc: bool
    bond: bool
    key_size: int
    central: Keys
    peripheral: Keys
    keypress: bool
    central_shows: bool
    peripheral_shows: bool

    @property
    def authenticated(self) -> bool:
        """Whether nobody can stand between them."""
        return self.method is not Method.JUST_WORKS


# By IoCaps of the central (rows) and the peripheral (columns), without and with LE Secure Connections: J just works,
# N numeric comparison; a passkey that the central (C) or the peripheral (P) shows and the other types, or both (B).
_LEGACY = ("JJCJC", "JJCJC", "PPBJP", "JJJJJ", "PPCJC")
_LESC = ("JJCJC", "JNCJN", "PPBJP", "JJJJJ", "PNCJN")
_METHODS = {"J": Method.JUST_WORKS, "N": Method.NUMERIC_COMPARISON}


def agree(request: Features, response: Features) -> Way:
    """What comes of a pairing request and its response, as Bluetooth has it."""
    lesc = request.lesc and response.lesc
    bond = request.bond and response.bond
    how = _how(request, response, lesc)
    none = Keys(False, False)
    return Way(
        method=Method.OUT_OF_BAND if how == "O" else _METHODS.get(how, Method.PASSKEY),
        lesc=lesc,
        bond=bond,
        key_size=min(request.max_key_size, response.max_key_size),
        central=request.central.both(response.central) if bond else none,
        peripheral=request.peripheral.both(response.peripheral) if bond else none,
        keypress=request.keypress and response.keypress,
        central_shows=how == "C",
        peripheral_shows=how == "P",
    )


def _how(request: Features, response: Features, lesc: bool) -> str:
    if (request.oob or response.oob) if lesc else (request.oob and response.oob):
        return "O"
    if not (request.mitm or response.mitm):
        return "J"
    table = _LESC if lesc else _LEGACY
    return table[request.io_caps][response.io_caps]


# -- what travels


@dataclass(frozen=True, slots=True)
class SecurityRequest:
    """The peripheral wants security."""

    bond: bool
    mitm: bool
    lesc: bool
    keypress: bool


@dataclass(frozen=True, slots=True)
class PairingRequest:
    """The central wants to pair."""

    features: Features


@dataclass(frozen=True, slots=True)
class PairingResponse:
    """The peripheral will."""

    features: Features


@dataclass(frozen=True, slots=True)
class PairingFailed:
    """The sender gives up."""

    status: int


@dataclass(frozen=True, slots=True)
class PublicKeyPdu:
    """The sender's public key."""

    key: PublicKey


@dataclass(frozen=True, slots=True)
class Confirm:
    """The sender has its key."""


@dataclass(frozen=True, slots=True)
class Random:
    """What the sender's confirm value was made of: its key, or what it gave out of band; and the central's digits."""

    secret: bytes
    digits: bytes = b""


@dataclass(frozen=True, slots=True)
class DhKeyCheck:
    """The sender's Diffie-Hellman key."""

    key: bytes


@dataclass(frozen=True, slots=True)
class Keypress:
    """The sender's user pressed a key."""

    kind: int


@dataclass(frozen=True, slots=True)
class StartEncryption:
    """The central encrypts with what pairing has made; ``ltk`` is the common key of LE Secure Connections."""

    ltk: bytes


@dataclass(frozen=True, slots=True)
class EncryptionStarted:
    """The peripheral has, too."""


@dataclass(frozen=True, slots=True)
class GivenKeys:
    """Keys of the sender, of which any may be missing."""

    enc: tuple[EncInfo, MasterId] | None
    id: IdKey | None


@dataclass(frozen=True, slots=True)
class EncryptionRequest:
    """The central wants to encrypt with a key of before, which it names."""

    master_id: MasterId
    ltk: bytes


@dataclass(frozen=True, slots=True)
class EncryptionRefused:
    """The peripheral has no such key."""


Pdu = (
    SecurityRequest
    | PairingRequest
    | PairingResponse
    | PairingFailed
    | PublicKeyPdu
    | Confirm
    | Random
    | DhKeyCheck
    | Keypress
    | StartEncryption
    | EncryptionStarted
    | GivenKeys
    | EncryptionRequest
    | EncryptionRefused
)
