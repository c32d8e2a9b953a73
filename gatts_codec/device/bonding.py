"""What comes of pairing: an encrypted link, keys for both hosts, and AUTH_STATUS."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from gatts_codec.constants.gap import Role, SecStatus, SecStatusSource
from gatts_codec.device import privacy
from gatts_codec.device.connection import Connection
from gatts_codec.device.security_state import Pairing
from gatts_codec.device.smp import GivenKeys, Keys, Way
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.keys import EncKey, KeySet, KeySetV1, SecKeys, SecKeysV1
from gatts_codec.packets.gap.lesc import OobData
from gatts_codec.packets.gap.security_events import (
    AuthStatusEvent,
    AuthStatusEventV1,
    ConnSecUpdateEvent,
    SecLevels,
)
from gatts_codec.packets.gap.structs import (
    ConnSec,
    EncInfo,
    Irk,
    KeyDistribution,
    MasterId,
    PublicKey,
)
from gatts_codec.packets.gap.whitelist import IdKey
from gatts_codec.schema.structs import SecMode

SideT = TypeVar("SideT", SecKeys, SecKeysV1)

_FULL_KEY = 16
_NO_KEYS = Keys(False, False)
_OPEN, _ENCRYPTED, _AUTHENTICATED, _LESC_AUTHENTICATED = 1, 2, 3, 4


# -- security of the link


def level_of(device: DeviceState, *, authenticated: bool, lesc: bool, key_size: int) -> int:
    """The level of security mode 1 that a key reaches."""
    if not authenticated:
        return _ENCRYPTED
    long_enough = key_size == _FULL_KEY or device.profile.api < 5
    return _LESC_AUTHENTICATED if lesc and long_enough else _AUTHENTICATED


def secure(device: DeviceState, connection: Connection, level: int, key_size: int) -> None:
    """The link is encrypted now: the host learns of it."""
    connection.security_level, connection.security.key_size = level, key_size
    tell_security(device, connection)


def tell_security(device: DeviceState, connection: Connection) -> None:
    """CONN_SEC_UPDATE."""
    device.emit(ConnSecUpdateEvent(connection.handle, conn_sec(connection)))


def conn_sec(connection: Connection) -> ConnSec:
    """How secure a connection is."""
    return ConnSec(SecMode(1, connection.security_level), connection.security.key_size)


def secure_by(device: DeviceState, connection: Connection, way: Way) -> None:
    """The link is encrypted with what pairing has made."""
    level = level_of(device, authenticated=way.authenticated, lesc=way.lesc, key_size=way.key_size)
    secure(device, connection, level, way.key_size)


def secure_by_key(device: DeviceState, connection: Connection, info: EncInfo) -> None:
    """The link is encrypted with a key of before."""
    level = level_of(device, authenticated=bool(info.auth), lesc=bool(info.lesc), key_size=info.ltk_len)
    secure(device, connection, level, info.ltk_len)


# -- keys


def own_public_key(pairing: Pairing) -> PublicKey:
    """What the host has put into the key set."""
    assert isinstance(pairing.keyset, KeySet)
    assert pairing.keyset.keys_own.pk is not None
    return pairing.keyset.keys_own.pk


def oob_bytes(data: OobData) -> bytes:
    """What both sides compare of out of band data."""
    return (data.r or b"") + (data.c or b"")


def identity(device: DeviceState) -> IdKey:
    """The chip's identity: its key, by default one of its own, and its address."""
    return IdKey(Irk(privacy.device_irk(device)), privacy.identity_address(device))


def give(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> GivenKeys:
    """This end's keys, as far as both sides want them."""
    keys = way.central if connection.role == Role.CENTRAL else way.peripheral
    enc = None
    if keys.enc and not way.lesc:
        info = EncInfo(device.random.randbytes(_FULL_KEY), int(way.authenticated), way.key_size)
        enc = info, MasterId(device.random.randrange(1, 1 << 16), device.random.randbytes(8))
    pairing.given_own = GivenKeys(enc, _own_identity(device, connection, pairing) if keys.id else None)
    return pairing.given_own


def _own_identity(device: DeviceState, connection: Connection, pairing: Pairing) -> IdKey:
    """Early hosts may give another identity in the key set."""
    if isinstance(pairing.keyset, KeySetV1):
        central = connection.role == Role.CENTRAL
        own = pairing.keyset.keys_central if central else pairing.keyset.keys_periph
        if own.id_key is not None and any(own.id_key.id_info.irk):
            return own.id_key
    return identity(device)


# -- AUTH_STATUS


def succeed(device: DeviceState, connection: Connection) -> None:
    """Pairing is through: the host gets its keys."""
    pairing, connection.security.pairing = connection.security.pairing, None
    assert pairing is not None
    tell(device, connection, pairing, SecStatus.SUCCESS, SecStatusSource.LOCAL)


def tell(device: DeviceState, connection: Connection, pairing: Pairing, status: int, source: int) -> None:
    """AUTH_STATUS. Up to v2 there is none where firmware does not find the key set that it wants to add."""
    way = pairing.way if status == SecStatus.SUCCESS else None
    bonded = bool(way and way.bond)
    keyset = _filled(connection, pairing, way)
    if device.profile.api == 1:
        if isinstance(keyset, KeySetV1):
            device.emit(_status_v1(connection, pairing, way, status, source, keyset))
        return
    if device.profile.keys_when_bonded:
        if bonded and keyset is None:
            return
        keyset = keyset if bonded else None
    own, peer = _distributed(pairing.given_own, way), _distributed(pairing.given_peer, way)
    device.emit(
        AuthStatusEvent(
            connection.handle,
            status,
            source,
            int(bonded),
            _levels(way),
            _levels(None),
            KeyDistribution(int(own.enc or (bonded and _is_lesc(way))), int(own.id)),
            KeyDistribution(int(peer.enc), int(peer.id)),
            int(_is_lesc(way)) if device.profile.api >= 5 else None,
            keyset if isinstance(keyset, KeySet) else None,
        )
    )


def _status_v1(
    connection: Connection, pairing: Pairing, way: Way | None, status: int, source: int, keyset: KeySetV1
) -> AuthStatusEventV1:
    sides = [_distributed(given, way) for given in (pairing.given_own, pairing.given_peer)]
    own, peer = (KeyDistribution(int(keys.enc), int(keys.id)) for keys in sides)
    periph, central = (peer, own) if connection.role == Role.CENTRAL else (own, peer)
    levels = SecLevels(*(int(reached) for reached in _reached(way)[:3]))
    bonded = int(bool(way and way.bond))
    return AuthStatusEventV1(
        connection.handle, status, source, bonded, levels, SecLevels(0, 0, 0), periph, central, keyset
    )


def _is_lesc(way: Way | None) -> bool:
    return way is not None and way.lesc


def _distributed(given: GivenKeys | None, way: Way | None) -> Keys:
    if given is None or way is None:
        return _NO_KEYS
    return Keys(given.enc is not None, given.id is not None)


def _reached(way: Way | None) -> tuple[bool, bool, bool, bool]:
    if way is None:
        return False, False, False, False
    return True, True, way.authenticated, way.authenticated and way.lesc


def _levels(way: Way | None) -> SecLevels:
    return SecLevels(*map(int, _reached(way)))


def _filled(connection: Connection, pairing: Pairing, way: Way | None) -> KeySet | KeySetV1 | None:
    """The host's key set with what was exchanged, in the places that it has."""
    keyset, own, peer = pairing.keyset, pairing.given_own, pairing.given_peer
    if keyset is None or way is None:
        return keyset
    if isinstance(keyset, KeySetV1):
        periph, central = (peer, own) if connection.role == Role.CENTRAL else (own, peer)
        return KeySetV1(_place(keyset.keys_periph, periph), _place(keyset.keys_central, central))
    if way.lesc and way.bond:
        common = EncInfo(pairing.ltk, int(way.authenticated), way.key_size, 1), MasterId(0, bytes(8))
        own = GivenKeys(common, own.id if own else None)
    keys_peer = _place(keyset.keys_peer, peer)
    if keys_peer.pk is not None and pairing.peer_key is not None:
        keys_peer = replace(keys_peer, pk=pairing.peer_key)
    return KeySet(_place(keyset.keys_own, own), keys_peer)


def _place(side: SideT, given: GivenKeys | None) -> SideT:
    if given is None:
        return side
    enc, identity_key = side.enc_key, side.id_key
    if enc is not None and given.enc is not None:
        enc = EncKey(*given.enc)
    if identity_key is not None and given.id is not None:
        identity_key = given.id
    return replace(side, enc_key=enc, id_key=identity_key)
