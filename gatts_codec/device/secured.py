"""What the peer says about a connection's security, and what is due: ``security`` has the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.constants.gap import (
    GapTimeoutSourceV4,
    Role,
    SecStatus,
    SecStatusSource,
)
from gatts_codec.device import bonding, events, pairing, smp
from gatts_codec.device.connection import Connection
from gatts_codec.device.security_state import Pairing, Stage
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.connection_events import TimeoutEventV4
from gatts_codec.packets.gap.security_events import KeyPressedEvent, SecInfoRequestEvent, SecRequestEvent


def _hear(device: DeviceState, connection: Connection, pdu: Any) -> None:
    """Something about security has come."""
    if connection.security.dead:
        return
    pairing.touch(device, connection)
    _HEARS[type(pdu)](device, connection, pdu)
    pairing.step(device, connection)


def _hear_request(device: DeviceState, connection: Connection, pdu: smp.SecurityRequest) -> None:
    connection.security.requested = True
    late = [None, None] if device.profile.api == 1 else [int(pdu.lesc), int(pdu.keypress)]
    device.emit(SecRequestEvent(connection.handle, int(pdu.bond), int(pdu.mitm), *late))


def _hear_failed(device: DeviceState, connection: Connection, pdu: smp.PairingFailed) -> None:
    security = connection.security
    expected = security.pairing is not None or security.asked is not None
    status = pdu.status if expected else SecStatus.PDU_INVALID
    pairing.over(device, connection, status, SecStatusSource.REMOTE)


def _into(field: str, of: Callable[[Any], object]) -> Callable[[DeviceState, Connection, Any], None]:
    """What has come is kept for the next step."""

    def hear(device: DeviceState, connection: Connection, pdu: Any) -> None:
        if connection.security.pairing is not None:
            setattr(connection.security.pairing, field, of(pdu))

    return hear


def _hear_random(device: DeviceState, connection: Connection, pdu: smp.Random) -> None:
    running = connection.security.pairing
    if running is not None:
        running.peer_secret, running.digits = pdu.secret, pdu.digits or running.digits


def _hear_keypress(device: DeviceState, connection: Connection, pdu: smp.Keypress) -> None:
    device.emit(KeyPressedEvent(connection.handle, pdu.kind))


def _hear_start(device: DeviceState, connection: Connection, pdu: smp.StartEncryption) -> None:
    """The central encrypts: so does the peripheral, and gives its keys."""
    running = connection.security.pairing
    if running is None or running.way is None:
        return
    running.ltk, running.stage = pdu.ltk, Stage.KEYS
    pairing.send(device, connection, smp.EncryptionStarted())
    bonding.secure_by(device, connection, running.way)
    if running.way.bond:
        pairing.send(device, connection, bonding.give(device, connection, running, running.way))
    else:
        bonding.succeed(device, connection)


def _hear_started(device: DeviceState, connection: Connection, pdu: smp.EncryptionStarted) -> None:
    """Both ends encrypt."""
    security, running = connection.security, connection.security.pairing
    if security.encrypting is not None:
        info, security.encrypting = security.encrypting, None
        bonding.secure_by_key(device, connection, info)
    elif running is not None and running.way is not None:
        running.stage = Stage.KEYS
        bonding.secure_by(device, connection, running.way)
        if not running.way.bond:
            bonding.succeed(device, connection)


def _hear_keys(device: DeviceState, connection: Connection, pdu: smp.GivenKeys) -> None:
    """First the peripheral's keys, then the central's; then both are through."""
    running = connection.security.pairing
    if running is None or running.way is None:
        return
    running.given_peer = pdu
    if connection.role == Role.CENTRAL:
        pairing.send(device, connection, bonding.give(device, connection, running, running.way))
    bonding.succeed(device, connection)


def _hear_encryption(device: DeviceState, connection: Connection, pdu: smp.EncryptionRequest) -> None:
    connection.security.wanted = pdu.ltk
    connection.security.asked = None
    device.emit(
        SecInfoRequestEvent(
            connection.handle,
            events.peer_address(connection),
            pdu.master_id,
            enc_info=1,
            id_info=0,
            sign_info=0,
        )
    )


def _hear_refused(device: DeviceState, connection: Connection, pdu: smp.EncryptionRefused) -> None:
    """The peripheral has no such key: security is as before, which hosts take as that."""
    connection.security.encrypting = None
    bonding.tell_security(device, connection)


_HEARS: dict[type, Callable[[DeviceState, Connection, Any], None]] = {
    smp.SecurityRequest: _hear_request,
    smp.PairingRequest: lambda device, connection, pdu: pairing.requested(device, connection, pdu.features),
    smp.PairingResponse: lambda device, connection, pdu: pairing.answered(device, connection, pdu.features),
    smp.PairingFailed: _hear_failed,
    smp.PublicKeyPdu: _into("peer_key", lambda pdu: pdu.key),
    smp.Confirm: _into("peer_confirm", lambda pdu: True),
    smp.Random: _hear_random,
    smp.DhKeyCheck: _into("peer_dhkey", lambda pdu: pdu.key),
    smp.Keypress: _hear_keypress,
    smp.StartEncryption: _hear_start,
    smp.EncryptionStarted: _hear_started,
    smp.GivenKeys: _hear_keys,
    smp.EncryptionRequest: _hear_encryption,
    smp.EncryptionRefused: _hear_refused,
}
HEARS: dict[type, Callable[[DeviceState, Connection, Any], None]] = dict.fromkeys(_HEARS, _hear)


# -- time


def tick(device: DeviceState) -> None:
    """What has taken too long: pairing is over for good, a security request is not answered any more."""
    for connection in device.connections:
        security = connection.security
        if security.pairing is not None and security.pairing.deadline <= device.now:
            security.dead = True
            pairing.over(device, connection, SecStatus.TIMEOUT, SecStatusSource.LOCAL)
        elif security.asked is not None and security.asked <= device.now:
            security.asked = None
            _tell_unanswered(device, connection)


def _tell_unanswered(device: DeviceState, connection: Connection) -> None:
    if device.profile.api <= 4:
        device.emit(TimeoutEventV4(connection.handle, GapTimeoutSourceV4.SECURITY_REQUEST))
    else:
        bonding.tell(device, connection, Pairing(), SecStatus.TIMEOUT, SecStatusSource.LOCAL)
