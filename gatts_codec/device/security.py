"""Calls that make a connection secure. Chips of one air pair; a simulated peer does not."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from gatts_codec.constants import BLE_CONN_HANDLE_INVALID, NrfError
from gatts_codec.constants.gap import (
    AuthKeyType,
    HciStatus,
    KeypressNotification,
    Role,
    SecStatus,
)
from gatts_codec.device import air, bonding, pairing, privacy, smp
from gatts_codec.device.connection import Connection
from gatts_codec.device.refusal import Crash, Refusal, refuse_unless, required
from gatts_codec.device.security_state import Pairing
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.encryption import ConnSecGet, Encrypt, SecInfoReply
from gatts_codec.packets.gap.keys import KeySet
from gatts_codec.packets.gap.lesc import LescDhkeyReply, LescOobDataGet, LescOobDataSet, OobData
from gatts_codec.packets.gap.pairing import Authenticate, AuthKeyReply, KeypressNotify, SecParamsReply
from gatts_codec.packets.gap.structs import SecParams, SecParamsV1

_KEY_SIZES = range(7, 17)
_MOST_IO_CAPS = 4
_OOB_SIZE = 16
_PASSKEY_DIGITS = 6
# What a refused question means.
_REFUSED = {AuthKeyType.PASSKEY: SecStatus.PASSKEY_ENTRY_FAILED, AuthKeyType.OOB: SecStatus.OOB_NOT_AVAILABLE}


def authenticate(device: DeviceState, command: Authenticate) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM, NOT_SUPPORTED, INVALID_STATE, TIMEOUT, NO_MEM."""
    connection = device.connections.require(command.conn_handle)
    security, params = connection.security, command.sec_params
    central = connection.role == Role.CENTRAL
    refuse_unless(params is not None or (central and security.requested), NrfError.INVALID_PARAM)
    if params is not None and central:
        _check(device, params)
    refuse_unless(not security.dead, NrfError.TIMEOUT)
    refuse_unless(not _is_busy(connection) and security.asked is None, NrfError.INVALID_STATE)
    refuse_unless(not central or params is None or _may_pair(device), NrfError.NO_MEM)
    security.requested = False
    if params is None:
        pairing.fail(device, connection, SecStatus.PAIRING_NOT_SUPP)
        return {}
    features = smp.features_of(params, as_central=central)
    if central:
        pairing.begin(device, connection, features)
    else:
        security.asked = device.now + pairing.TIME_S
        wish = smp.SecurityRequest(features.bond, features.mitm, features.lesc, features.keypress)
        pairing.send(device, connection, wish)
    return {}


def sec_params_reply(device: DeviceState, command: SecParamsReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM, NOT_SUPPORTED, INVALID_ADDR, INVALID_STATE."""
    connection = device.connections.require(command.conn_handle)
    running = _asked(connection, "awaits_params")
    accepts, params = command.sec_status == SecStatus.SUCCESS, command.sec_params
    refuse_unless(accepts or command.sec_status > 0x80, NrfError.INVALID_PARAM)  # what travels as a reason
    own = None
    if accepts:
        central = connection.role == Role.CENTRAL
        refuse_unless((params is None) == central, NrfError.INVALID_PARAM)
        if params is not None:
            _check(device, params)
            own = smp.features_of(params, as_central=False)
        _require_public_keys(running, own, command)
    running.awaits_params, running.keyset = False, command.sec_keyset
    if accepts:
        pairing.accepted(device, connection, own)
    else:
        pairing.fail(device, connection, command.sec_status)
    if command.sec_keyset is None and device.profile.needs_keyset:
        raise Crash("the response to sec_params_reply cannot be encoded without a key set")
    return {"sec_keyset": command.sec_keyset}


def _require_public_keys(running: Pairing, own: smp.Features | None, command: SecParamsReply) -> None:
    """LE Secure Connections needs the own public key, and a place for the peer's."""
    assert running.peer is not None
    mine = own or running.own
    if mine is not None and mine.lesc and running.peer.lesc:
        keyset = command.sec_keyset
        complete = isinstance(keyset, KeySet) and keyset.keys_own.pk and keyset.keys_peer.pk
        refuse_unless(complete, NrfError.INVALID_ADDR)


def auth_key_reply(device: DeviceState, command: AuthKeyReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE, INVALID_PARAM."""
    connection = device.connections.require(command.conn_handle)
    running = connection.security.pairing
    if running is None or not (running.awaits_key or running.compares):
        raise Refusal(NrfError.INVALID_STATE)
    asked, kind, key = running.awaits_key, command.key_type, command.key
    if kind == AuthKeyType.NONE:
        refused = SecStatus.NUM_COMP_FAILURE if asked is None else _REFUSED[AuthKeyType(asked)]
        pairing.fail(device, connection, refused)
        return {}
    if asked is None:
        refuse_unless(kind == AuthKeyType.PASSKEY and key is None, NrfError.INVALID_PARAM)
        running.agrees, running.compares = True, False
    else:
        refuse_unless(kind == asked and key is not None and _fits(kind, key), NrfError.INVALID_PARAM)
        running.secret, running.awaits_key = key, None
    pairing.step(device, connection)
    return {}


def _fits(kind: int, key: bytes) -> bool:
    if kind == AuthKeyType.OOB:
        return len(key) == _OOB_SIZE
    return len(key) == _PASSKEY_DIGITS and key.isdigit()


def lesc_dhkey_reply(device: DeviceState, command: LescDhkeyReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE, INVALID_ADDR."""
    connection = device.connections.require(command.conn_handle)
    running = _asked(connection, "awaits_dhkey")
    running.dhkey, running.awaits_dhkey = required(command.dhkey).key, False
    pairing.step(device, connection)
    return {}


def lesc_oob_data_get(device: DeviceState, command: LescOobDataGet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR. The confirm value is not Bluetooth's: hosts pass it on as it is."""
    if command.conn_handle != BLE_CONN_HANDLE_INVALID:
        device.connections.require(command.conn_handle)
    key = required(command.pk_own)
    refuse_unless(command.oobd_own_present, NrfError.INVALID_ADDR)
    random = device.random.randbytes(_OOB_SIZE)
    confirm = sha256(key.pk + random).digest()[:_OOB_SIZE]
    return {"oobd_own": OobData(privacy.air_address(device), random, confirm)}


def lesc_oob_data_set(device: DeviceState, command: LescOobDataSet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE; in v2 and v3 INVALID_ADDR without either."""
    connection = device.connections.require(command.conn_handle)
    given = device.profile.api >= 4 or command.oobd_own is not None or command.oobd_peer is not None
    refuse_unless(given, NrfError.INVALID_ADDR)
    running = _asked(connection, "awaits_oob")
    running.awaits_oob, running.oob_peer = False, command.oobd_peer
    running.secret = b"" if command.oobd_own is None else bonding.oob_bytes(command.oobd_own)
    pairing.step(device, connection)
    return {}


def keypress_notify(device: DeviceState, command: KeypressNotify) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM, INVALID_STATE."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.kp_not <= max(KeypressNotification), NrfError.INVALID_PARAM)
    running = connection.security.pairing
    types = running is not None and running.awaits_key == AuthKeyType.PASSKEY and running.way is not None
    refuse_unless(types and running.way.keypress, NrfError.INVALID_STATE)  # type: ignore[union-attr]
    pairing.send(device, connection, smp.Keypress(command.kp_not))
    return {}


# -- with keys of before


def encrypt(device: DeviceState, command: Encrypt) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, INVALID_ROLE, BUSY."""
    connection = device.connections.require(command.conn_handle)
    master_id, info = required(command.master_id), required(command.enc_info)
    refuse_unless(connection.role == Role.CENTRAL, device.profile.constants["BLE_ERROR_INVALID_ROLE"])
    refuse_unless(not _is_busy(connection), NrfError.BUSY)
    connection.security.requested, connection.security.encrypting = False, info
    connection.link.expect_answer(device.now)
    pairing.send(device, connection, smp.EncryptionRequest(master_id, info.ltk))
    return {}


def sec_info_reply(device: DeviceState, command: SecInfoReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE, INVALID_PARAM."""
    connection = device.connections.require(command.conn_handle)
    security, info = connection.security, command.enc_info
    refuse_unless(security.wanted is not None, NrfError.INVALID_STATE)
    refuse_unless(command.sign_info is None, NrfError.INVALID_PARAM)
    refuse_unless(info is None or info.ltk_len in _KEY_SIZES, NrfError.INVALID_PARAM)
    wanted, security.wanted = security.wanted, None
    if info is None:
        pairing.send(device, connection, smp.EncryptionRefused())
    elif info.ltk != wanted:
        connection.farewell = HciStatus.CONNECTION_TIMEOUT
        air.close(device, connection, HciStatus.CONN_TERMINATED_DUE_TO_MIC_FAILURE)
    else:
        pairing.send(device, connection, smp.EncryptionStarted())
        bonding.secure_by_key(device, connection, info)
    return {}


def conn_sec_get(device: DeviceState, command: ConnSecGet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.conn_sec_present, NrfError.INVALID_ADDR)
    return {"conn_sec": bonding.conn_sec(connection)}


# -- what calls need


def _asked(connection: Connection, question: str) -> Pairing:
    """Pairing, if that question to the host is open; INVALID_STATE."""
    running = connection.security.pairing
    if running is None or not getattr(running, question):
        raise Refusal(NrfError.INVALID_STATE)
    return running


def _may_pair(device: DeviceState) -> bool:
    """Whether one more connection may, as central."""
    most = device.central_sec_count
    pairs = [each for each in device.connections if each.role == Role.CENTRAL and each.security.pairing]
    return most is None or len(pairs) < most


def _is_busy(connection: Connection) -> bool:
    security = connection.security
    return any(each is not None for each in (security.pairing, security.encrypting, security.wanted))


def _check(device: DeviceState, params: SecParams | SecParamsV1) -> None:
    least, most = params.min_key_size or min(_KEY_SIZES), params.max_key_size
    sizes = least in _KEY_SIZES and most in _KEY_SIZES and least <= most
    refuse_unless(sizes and params.io_caps <= _MOST_IO_CAPS, NrfError.INVALID_PARAM)
    if isinstance(params, SecParams):
        sides = params.kdist_own, params.kdist_peer
        refuse_unless(not any(side.sign or side.link for side in sides), NrfError.NOT_SUPPORTED)


CALLS: dict[str, Any] = {
    f"sd_ble_gap_{call.__name__}": call
    for call in (
        authenticate,
        sec_params_reply,
        auth_key_reply,
        lesc_dhkey_reply,
        lesc_oob_data_get,
        lesc_oob_data_set,
        keypress_notify,
        encrypt,
        sec_info_reply,
        conn_sec_get,
    )
}
