"""Calls of the GAP group: name, appearance, connection parameters, disconnecting.

Addresses are in ``privacy``, advertising, scanning and connecting in ``roles``, pairing and encryption in
``security``, radio modes and packet lengths in ``link_layer``, signal strength in ``rssi``. Calls without an effect
that a peer could notice do nothing.
"""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import HciStatus, Role, TxPowerRole
from gatts_codec.device import air, radio
from gatts_codec.device.attribute_table import is_mode
from gatts_codec.device.refusal import Crash, Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.characteristics import (
    AppearanceGet,
    AppearanceSet,
    DeviceNameGet,
    DeviceNameSet,
    PpcpGet,
    PpcpSet,
)
from gatts_codec.packets.gap.connect import ConnParamUpdate, Disconnect
from gatts_codec.packets.gap.tx_power_set import TxPowerSet

_DECISION_S = 30.0  # how long a peripheral waits for the central's host
_DISCONNECT_REASONS = (
    HciStatus.REMOTE_USER_TERMINATED_CONNECTION,
    HciStatus.CONN_INTERVAL_UNACCEPTABLE,
)


def device_name_set(device: DeviceState, command: DeviceNameSet) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM, FORBIDDEN, DATA_SIZE. A permission that is absent stays."""
    perm = command.write_perm or device.gap.name_write_perm
    refuse_unless(command.dev_name is not None or not command.len, NrfError.INVALID_ADDR)
    refuse_unless(is_mode(perm), NrfError.INVALID_PARAM)
    refuse_unless(not device.gap.name_is_fixed, NrfError.FORBIDDEN)
    refuse_unless(command.len <= device.gap.name_room, NrfError.DATA_SIZE)
    device.gap.name, device.gap.name_write_perm = command.dev_name or b"", perm
    device.show_gap()
    return {}


def device_name_get(device: DeviceState, command: DeviceNameGet) -> dict[str, object]:
    """INVALID_ADDR. A name that is longer than the buffer is cut from v7 on, before it is not sent at all."""
    room, name = required(command.len), device.gap.name
    if not command.dev_name_present and device.profile.needs_name_buffer:
        raise Crash("the response to device_name_get cannot be encoded without a buffer for the name")
    fits = command.dev_name_present and len(name) <= room
    if device.profile.api >= 7:
        return {"len": len(name), "dev_name": name[:room] if command.dev_name_present else None}
    if device.profile.api <= 2:
        return {"len": len(name), "dev_name": name if fits else None}
    return {"len": len(name), "dev_name": name} if fits else {}


def appearance_set(device: DeviceState, command: AppearanceSet) -> dict[str, object]:
    """Any will do."""
    device.gap.appearance = command.appearance
    device.show_gap()
    return {}


def appearance_get(device: DeviceState, command: AppearanceGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.appearance_present, NrfError.INVALID_ADDR)
    return {"appearance": device.gap.appearance}


def ppcp_set(device: DeviceState, command: PpcpSet) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM."""
    wishes = required(command.conn_params)
    refuse_unless(radio.may_be(wishes), NrfError.INVALID_PARAM)
    device.gap.ppcp = wishes
    device.show_gap()
    return {}


def ppcp_get(device: DeviceState, command: PpcpGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.conn_params_present, NrfError.INVALID_ADDR)
    return {"conn_params": device.gap.ppcp}


# -- of connections


def disconnect(device: DeviceState, command: Disconnect) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM for another reason than 0x13 and 0x3B."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.hci_status_code in _DISCONNECT_REASONS, NrfError.INVALID_PARAM)
    connection.farewell = command.hci_status_code
    air.close(device, connection, HciStatus.LOCAL_HOST_TERMINATED_CONNECTION)
    return {}


def conn_param_update(device: DeviceState, command: ConnParamUpdate) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM, BUSY. A central that was not asked needs parameters."""
    connection = device.connections.require(command.conn_handle)
    remote, params = connection.remote, command.conn_params
    refuse_unless(params is None or radio.may_be(params), NrfError.INVALID_PARAM)
    if connection.role == Role.PERIPH:
        refuse_unless(connection.wish is None, NrfError.BUSY)
        connection.wish = params or device.gap.ppcp
        connection.link.timing_due = device.now + _DECISION_S
        remote.want(connection.wish)
        return {}
    asked, connection.wish = connection.wish, None
    refuse_unless(params is not None or asked is not None, NrfError.INVALID_PARAM)
    decided = connection.params if params is None else radio.chosen(params)
    remote.use(decided)
    if decided != connection.params:
        air.retime(device, connection, decided)
    return {}


def tx_power_set(device: DeviceState, command: TxPowerSet) -> dict[str, object]:
    """INVALID_PARAM; from v6 on INVALID_ADV_HANDLE, INVALID_CONN_HANDLE."""
    refuse_unless(command.tx_power in device.profile.tx_powers, NrfError.INVALID_PARAM)
    match command.role:
        case None | TxPowerRole.SCAN_INIT:
            pass
        case TxPowerRole.ADV:
            known = command.handle == 0 and device.gap.adv_params is not None
            refuse_unless(known, device.profile.bad_adv_handle)
        case TxPowerRole.CONN:
            device.connections.require(command.handle or 0)
        case _:
            raise Refusal(NrfError.INVALID_PARAM)
    return {}


_CALLS: dict[str, Any] = {
    "appearance_get": appearance_get,
    "appearance_set": appearance_set,
    "conn_param_update": conn_param_update,
    "device_name_get": device_name_get,
    "device_name_set": device_name_set,
    "disconnect": disconnect,
    "ppcp_get": ppcp_get,
    "ppcp_set": ppcp_set,
    "tx_power_set": tx_power_set,
}
CALLS: dict[str, Any] = {f"sd_ble_gap_{name}": call for name, call in _CALLS.items()}
