"""Pairing between two chips of one air: what each host is asked, in which order, and what comes of it.

Both ends run the same machine. The central's leads: it sends when all that a step needs is there; the peripheral's
answers, when all that its answer needs is there. ``step`` is called whenever something has come, and does what can be
done.
"""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.constants.gap import AuthKeyType, Role, SecStatus, SecStatusSource
from gatts_codec.device import bonding, smp
from gatts_codec.device.connection import Connection
from gatts_codec.device.security_state import Pairing, Stage
from gatts_codec.device.smp import Features, Method, Way
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.security_events import (
    AuthKeyRequestEvent,
    LescDhkeyRequestEvent,
    PasskeyDisplayEvent,
    SecParamsRequestEvent,
)

TIME_S = 30.0
_DIGITS = 6


def begin(device: DeviceState, connection: Connection, own: Features) -> None:
    """The central's host wants to pair."""
    connection.security.pairing = Pairing(own=own)
    send(device, connection, smp.PairingRequest(own))


def requested(device: DeviceState, connection: Connection, peer: Features) -> None:
    """The central wants to pair: the peripheral's host is asked."""
    connection.security.pairing = pairing = Pairing(peer=peer)
    connection.security.asked = None
    _ask_params(device, connection, pairing, peer)


def answered(device: DeviceState, connection: Connection, peer: Features) -> None:
    """The peripheral will pair: the central's host is asked whether it still wants to."""
    pairing = connection.security.pairing
    if pairing is None or pairing.own is None or pairing.way is not None:
        return
    pairing.peer, pairing.way = peer, smp.agree(pairing.own, peer)
    if pairing.own.min_key_size > peer.max_key_size:
        fail(device, connection, SecStatus.ENC_KEY_SIZE)
        return
    _ask_params(device, connection, pairing, peer)


def accepted(device: DeviceState, connection: Connection, own: Features | None) -> None:
    """The host has answered SEC_PARAMS_REQUEST; the peripheral's with what it has itself."""
    pairing = _running(connection)
    if own is not None:
        assert pairing.peer is not None
        pairing.own, pairing.way = own, smp.agree(pairing.peer, own)
        send(device, connection, smp.PairingResponse(own))
    pairing.stage = Stage.AGREED
    step(device, connection)


def _ask_params(device: DeviceState, connection: Connection, pairing: Pairing, peer: Features) -> None:
    pairing.awaits_params, pairing.deadline = True, device.now + TIME_S
    params = smp.params_for(peer, to_central=connection.role == Role.CENTRAL, early=device.profile.api == 1)
    device.emit(SecParamsRequestEvent(connection.handle, params))


def _running(connection: Connection) -> Pairing:
    pairing = connection.security.pairing
    assert pairing is not None
    return pairing


# -- the end of it


def fail(device: DeviceState, connection: Connection, status: int) -> None:
    """This end gives up, and tells the peer."""
    over(device, connection, status, SecStatusSource.LOCAL)
    send(device, connection, smp.PairingFailed(status))


def over(device: DeviceState, connection: Connection, status: int, source: int) -> None:
    """Pairing has failed here."""
    pairing, connection.security.pairing = connection.security.pairing, None
    connection.security.asked = None
    bonding.tell(device, connection, pairing or Pairing(), status, source)


def send(device: DeviceState, connection: Connection, pdu: smp.Pdu) -> None:
    """To the peer. The time begins anew."""
    touch(device, connection)
    connection.remote.carry(pdu)


def touch(device: DeviceState, connection: Connection) -> None:
    """Something was sent or has come: the time begins anew."""
    pairing = connection.security.pairing
    if pairing is not None:
        pairing.deadline = device.now + TIME_S


# -- the machine


def step(device: DeviceState, connection: Connection) -> None:
    """Do what can be done now."""
    pairing = connection.security.pairing
    if pairing is None or pairing.way is None or pairing.stage < Stage.AGREED:
        return
    work = _central if connection.role == Role.CENTRAL else _peripheral
    while connection.security.pairing is pairing and work(device, connection, pairing, pairing.way):
        pass


def _central(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> bool:
    match pairing.stage:
        case Stage.AGREED if way.lesc:
            _send_public_key(device, connection, pairing)
        case Stage.AGREED:
            _ask_host(device, connection, pairing, way)
        case Stage.PUBLIC_KEY if pairing.peer_key is not None:
            _ask_host(device, connection, pairing, way)
        case Stage.ASKED if _has_secret(pairing, way):
            _advance(device, connection, pairing, smp.Confirm(), Stage.CONFIRM)
        case Stage.CONFIRM if pairing.peer_confirm:
            pairing.digits = new_digits(device)
            proof = smp.Random(pairing.secret or b"", pairing.digits)
            _advance(device, connection, pairing, proof, Stage.RANDOM)
        case Stage.RANDOM if pairing.peer_secret is not None:
            return _after_random(device, connection, pairing, way)
        case Stage.COMPARED if not way.lesc:
            _encrypt(device, connection, pairing)
        case Stage.COMPARED if _may_check(pairing, way):
            _advance(device, connection, pairing, smp.DhKeyCheck(pairing.dhkey or b""), Stage.CHECK)
        case Stage.CHECK if pairing.peer_dhkey is not None:
            _encrypt(device, connection, pairing)
        case _:
            return False
    return True


def _peripheral(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> bool:
    match pairing.stage:
        case Stage.AGREED if way.lesc and pairing.peer_key is not None:
            _send_public_key(device, connection, pairing)
            _ask_host(device, connection, pairing, way)
        case Stage.AGREED if not way.lesc:
            _ask_host(device, connection, pairing, way)
        case Stage.ASKED if pairing.peer_confirm and _too_short(pairing):
            fail(device, connection, SecStatus.ENC_KEY_SIZE)
        case Stage.ASKED if pairing.peer_confirm and _has_secret(pairing, way):
            _advance(device, connection, pairing, smp.Confirm(), Stage.CONFIRM)
        case Stage.CONFIRM if pairing.peer_secret is not None:
            return _answer_random(device, connection, pairing, way)
        case Stage.COMPARED if way.lesc and pairing.peer_dhkey is not None and _may_check(pairing, way):
            if pairing.peer_dhkey != pairing.dhkey:
                fail(device, connection, SecStatus.DHKEY_FAILURE)
            else:
                _advance(device, connection, pairing, smp.DhKeyCheck(pairing.dhkey), Stage.CHECK)
        case _:
            return False
    return True


def _advance(
    device: DeviceState, connection: Connection, pairing: Pairing, pdu: smp.Pdu, stage: Stage
) -> None:
    pairing.stage = stage
    send(device, connection, pdu)


def _send_public_key(device: DeviceState, connection: Connection, pairing: Pairing) -> None:
    _advance(device, connection, pairing, smp.PublicKeyPdu(bonding.own_public_key(pairing)), Stage.PUBLIC_KEY)


def _ask_host(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> None:
    """Show and ask what the way needs; the Diffie-Hellman key last."""
    pairing.stage = Stage.ASKED
    for event in _questions(device, connection, pairing, way):
        device.emit(event)


def _questions(
    device: DeviceState, connection: Connection, pairing: Pairing, way: Way
) -> Iterator[PasskeyDisplayEvent | AuthKeyRequestEvent | LescDhkeyRequestEvent]:
    shows = way.central_shows if connection.role == Role.CENTRAL else way.peripheral_shows
    if way.method is Method.PASSKEY and shows:
        pairing.secret = device.gap.passkey or new_digits(device)
        yield PasskeyDisplayEvent(connection.handle, pairing.secret, _flag(device, 0))
    elif way.method is Method.PASSKEY:
        pairing.awaits_key = AuthKeyType.PASSKEY
        yield AuthKeyRequestEvent(connection.handle, AuthKeyType.PASSKEY)
    elif way.method is Method.OUT_OF_BAND and not way.lesc:
        pairing.awaits_key = AuthKeyType.OOB
        yield AuthKeyRequestEvent(connection.handle, AuthKeyType.OOB)
    if way.lesc:
        pairing.awaits_dhkey = True
        pairing.awaits_oob = way.method is Method.OUT_OF_BAND
        yield LescDhkeyRequestEvent(connection.handle, pairing.peer_key, int(pairing.awaits_oob))


def _flag(device: DeviceState, value: int) -> int | None:
    return None if device.profile.api == 1 else value


def new_digits(device: DeviceState) -> bytes:
    """Six digits in ASCII."""
    return f"{device.random.randrange(10**_DIGITS):0{_DIGITS}}".encode()


def _has_secret(pairing: Pairing, way: Way) -> bool:
    if way.method in (Method.JUST_WORKS, Method.NUMERIC_COMPARISON):
        return True
    if way.method is Method.OUT_OF_BAND and way.lesc:
        return not pairing.awaits_oob
    return pairing.secret is not None


def _too_short(pairing: Pairing) -> bool:
    return (
        pairing.own is not None
        and pairing.peer is not None
        and pairing.own.min_key_size > pairing.peer.max_key_size
    )


def _proven(pairing: Pairing, way: Way) -> bool:
    """Whether the peer has shown what this end expects of it."""
    if way.method is Method.PASSKEY or (way.method is Method.OUT_OF_BAND and not way.lesc):
        return pairing.peer_secret == pairing.secret
    if way.method is Method.OUT_OF_BAND and pairing.oob_peer is not None:
        return pairing.peer_secret == bonding.oob_bytes(pairing.oob_peer)
    return True


def _answer_random(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> bool:
    if not _proven(pairing, way):
        fail(device, connection, SecStatus.CONFIRM_VALUE)
        return False
    send(device, connection, smp.Random(pairing.secret or b""))
    return _compare(device, connection, pairing, way)


def _after_random(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> bool:
    if not _proven(pairing, way):
        fail(device, connection, SecStatus.CONFIRM_VALUE)
        return False
    return _compare(device, connection, pairing, way)


def _compare(device: DeviceState, connection: Connection, pairing: Pairing, way: Way) -> bool:
    pairing.stage = Stage.COMPARED
    if way.method is Method.NUMERIC_COMPARISON:
        pairing.compares = True
        device.emit(PasskeyDisplayEvent(connection.handle, pairing.digits, 1))
    return True


def _may_check(pairing: Pairing, way: Way) -> bool:
    return pairing.dhkey is not None and (way.method is not Method.NUMERIC_COMPARISON or pairing.agrees)


def _encrypt(device: DeviceState, connection: Connection, pairing: Pairing) -> None:
    pairing.ltk = device.random.randbytes(16)
    _advance(device, connection, pairing, smp.StartEncryption(pairing.ltk), Stage.ENCRYPTING)
