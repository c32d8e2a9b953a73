"""Calls of the GAP group: address, name, appearance, connection parameters, advertising, scanning, disconnecting.

There is no air: advertising only says that a peer may come, scanning and connecting find no device. Each ends
at its time. Calls that change nothing a GATT server could notice (transmit power, PHY ...) succeed and do nothing;
there is no pairing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import HciStatus
from gatts_codec.device import air
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.address import AddressGet, AddressSet, AddrGet, AddrSet
from gatts_codec.packets.gap.adv_data_set import AdvDataSet
from gatts_codec.packets.gap.adv_set_configure import AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvStart, AdvStartV5, AdvStop
from gatts_codec.packets.gap.characteristics import (
    AppearanceGet,
    AppearanceSet,
    DeviceNameGet,
    DeviceNameSet,
    PpcpGet,
    PpcpSet,
)
from gatts_codec.packets.gap.connect import Connect, ConnectCancel, Disconnect
from gatts_codec.packets.gap.encryption import ConnSecGet
from gatts_codec.packets.gap.link_layer import DataLengthLimitation, DataLengthUpdate
from gatts_codec.packets.gap.privacy import PrivacyGet, PrivacyParams, PrivacySet
from gatts_codec.packets.gap.rssi import RssiGet, RssiGetV5
from gatts_codec.packets.gap.scan import ScanStart, ScanStartV5, ScanStop
from gatts_codec.packets.gap.structs import Addr, ConnSec
from gatts_codec.packets.gap.tx_power_set import TxPowerSet
from gatts_codec.schema.structs import SecMode

_NEW_SET = 0xFF
_KEY_SIZE = 16
_RSSI_DBM, _CHANNEL = -60, 37
_OF_A_CONNECTION = 3  # TxPowerRole
_DISCONNECT_REASONS = (
    HciStatus.REMOTE_USER_TERMINATED_CONNECTION,
    HciStatus.CONN_INTERVAL_UNACCEPTABLE,
)


def addr_set(device: DeviceState, command: AddrSet | AddressSet) -> dict[str, object]:
    """INVALID_ADDR."""
    addr = required(command.addr)
    device.gap.address, device.gap.address_type = addr.addr[::-1], addr.addr_type
    return {}


def addr_get(device: DeviceState, command: AddrGet | AddressGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.addr_present, NrfError.INVALID_ADDR)
    return {"addr": own_address(device)}


def own_address(device: DeviceState) -> Addr:
    """The chip's address, as it travels."""
    return Addr(device.gap.address[::-1], device.gap.address_type)


def device_name_set(device: DeviceState, command: DeviceNameSet) -> dict[str, object]:
    """DATA_SIZE."""
    refuse_unless(command.len <= device.gap.name_room, NrfError.DATA_SIZE)
    device.gap.name = command.dev_name or b""
    if command.write_perm is not None:
        device.gap.name_write_perm = command.write_perm
    device.show_gap()
    return {}


def device_name_get(device: DeviceState, command: DeviceNameGet) -> dict[str, object]:
    """INVALID_ADDR. A name that is longer than the buffer is cut from v7 on, before it is not sent at all."""
    room, name = required(command.len), device.gap.name
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
    """INVALID_ADDR."""
    device.gap.ppcp = required(command.conn_params)
    device.show_gap()
    return {}


def ppcp_get(device: DeviceState, command: PpcpGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.conn_params_present, NrfError.INVALID_ADDR)
    return {"conn_params": device.gap.ppcp}


def privacy_set(device: DeviceState, command: PrivacySet) -> dict[str, object]:
    """INVALID_ADDR."""
    device.gap.privacy = required(command.privacy_params)
    return {}


def privacy_get(device: DeviceState, command: PrivacyGet) -> dict[str, object]:
    """INVALID_ADDR."""
    required(command.privacy_params)
    return {"privacy_params": device.gap.privacy or PrivacyParams()}


# -- advertising


def adv_data_set(device: DeviceState, command: AdvDataSet) -> dict[str, object]:
    """INVALID_PARAM without either."""
    refuse_unless(command.data is not None or command.sr_data is not None, NrfError.INVALID_PARAM)
    return {}


def adv_set_configure(device: DeviceState, command: AdvSetConfigure) -> dict[str, object]:
    """INVALID_ADDR, INVALID_ADV_HANDLE, INVALID_PARAM. There is one set, with handle 0."""
    handle, gap = required(command.adv_handle), device.gap
    known = handle == 0 and gap.adv_params is not None
    refuse_unless(known or handle == _NEW_SET, device.profile.bad_adv_handle)
    refuse_unless(known or command.adv_params is not None, NrfError.INVALID_PARAM)
    gap.adv_params = command.adv_params or gap.adv_params
    gap.adv_data = command.adv_data or gap.adv_data
    return {"adv_handle": 0}


def adv_start(device: DeviceState, command: AdvStart | AdvStartV5) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE; of sets INVALID_ADV_HANDLE."""
    gap = device.gap
    if isinstance(command, AdvStart):
        refuse_unless(command.adv_handle == 0, device.profile.bad_adv_handle)
        refuse_unless(gap.adv_params, NrfError.INVALID_STATE)
        assert gap.adv_params is not None
        seconds = gap.adv_params.duration / 100
    else:
        if command.adv_params is None:
            raise Refusal(NrfError.INVALID_ADDR)
        seconds = float(command.adv_params.timeout)
    gap.begin(Activity.ADVERTISING, device.now, seconds)
    gap.tag = command.conn_cfg_tag or 0
    return {}


def adv_stop(device: DeviceState, command: AdvStop) -> dict[str, object]:
    """INVALID_ADV_HANDLE, INVALID_STATE."""
    refuse_unless(not command.adv_handle, device.profile.bad_adv_handle)
    device.gap.end(Activity.ADVERTISING)
    return {}


# -- as central


def scan_start(device: DeviceState, command: ScanStart | ScanStartV5) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE. From v6 on, without parameters, scanning goes on."""
    if isinstance(command, ScanStart):
        buffer = required(command.adv_report_buffer)
        if command.scan_params is None:
            refuse_unless(device.gap.is_doing(Activity.SCANNING), NrfError.INVALID_STATE)
            return {}
        device.gap.scan_room = buffer.len
        seconds = command.scan_params.timeout / 100
    else:
        if command.scan_params is None:
            raise Refusal(NrfError.INVALID_ADDR)
        seconds = float(command.scan_params.timeout)
    device.gap.begin(Activity.SCANNING, device.now, seconds)
    return {}


def scan_stop(device: DeviceState, command: ScanStop) -> dict[str, object]:
    """INVALID_STATE."""
    device.gap.end(Activity.SCANNING)
    return {}


def connect(device: DeviceState, command: Connect) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE."""
    if command.scan_params is None:
        raise Refusal(NrfError.INVALID_ADDR)
    in_a_second = 100 if device.profile.api >= 6 else 1
    device.gap.begin(Activity.CONNECTING, device.now, command.scan_params.timeout / in_a_second)
    return {}


def connect_cancel(device: DeviceState, command: ConnectCancel) -> dict[str, object]:
    """INVALID_STATE."""
    device.gap.end(Activity.CONNECTING)
    return {}


# -- of connections


def disconnect(device: DeviceState, command: Disconnect) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_PARAM for another reason than 0x13 and 0x3B."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.hci_status_code in _DISCONNECT_REASONS, NrfError.INVALID_PARAM)
    air.close(device, connection, HciStatus.LOCAL_HOST_TERMINATED_CONNECTION)
    return {}


def conn_sec_get(device: DeviceState, command: ConnSecGet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR."""
    level = device.connections.require(command.conn_handle).security_level
    refuse_unless(command.conn_sec_present, NrfError.INVALID_ADDR)
    return {"conn_sec": ConnSec(SecMode(1, level), _KEY_SIZE if level > 1 else 0)}


def rssi_get(device: DeviceState, command: RssiGet | RssiGetV5) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR."""
    device.connections.require(command.conn_handle)
    refuse_unless(command.rssi_present, NrfError.INVALID_ADDR)
    if isinstance(command, RssiGetV5):
        return {"rssi": _RSSI_DBM}
    return {"rssi": _RSSI_DBM, "ch_index": _CHANNEL if command.ch_index_present else None}


def data_length_update(device: DeviceState, command: DataLengthUpdate) -> dict[str, object]:
    """INVALID_CONN_HANDLE. There is no limitation to tell of."""
    device.connections.require(command.conn_handle)
    wanted = command.dl_limitation_present
    return {"dl_limitation": DataLengthLimitation(0, 0, 0) if wanted else None}


def tx_power_set(device: DeviceState, command: TxPowerSet) -> dict[str, object]:
    """INVALID_CONN_HANDLE."""
    if command.role == _OF_A_CONNECTION:
        device.connections.require(command.handle or 0)
    return {}


def _of_connection(device: DeviceState, command: Any) -> dict[str, object]:
    device.connections.require(command.conn_handle)
    return {}


def _refuses(result: int) -> Callable[[DeviceState, Any], dict[str, object]]:
    def refuse(device: DeviceState, command: Any) -> dict[str, object]:
        device.connections.require(command.conn_handle)
        raise Refusal(result)

    return refuse


def _taken(device: DeviceState, command: Any) -> dict[str, object]:
    return {}


def _survey(result: int) -> Callable[[DeviceState, Any], dict[str, object]]:
    def refuse(device: DeviceState, command: Any) -> dict[str, object]:
        raise Refusal(result)

    return refuse


_CALLS: dict[str, Any] = {
    "address_set": addr_set,
    "address_get": addr_get,
    "addr_set": addr_set,
    "addr_get": addr_get,
    "adv_data_set": adv_data_set,
    "adv_set_configure": adv_set_configure,
    "adv_start": adv_start,
    "adv_stop": adv_stop,
    "appearance_get": appearance_get,
    "appearance_set": appearance_set,
    "auth_key_reply": _refuses(NrfError.INVALID_STATE),
    "authenticate": _refuses(NrfError.NOT_SUPPORTED),
    "conn_param_update": _of_connection,
    "conn_sec_get": conn_sec_get,
    "connect": connect,
    "connect_cancel": connect_cancel,
    "data_length_update": data_length_update,
    "device_identities_set": _taken,
    "device_name_get": device_name_get,
    "device_name_set": device_name_set,
    "disconnect": disconnect,
    "encrypt": _refuses(NrfError.NOT_SUPPORTED),
    "keypress_notify": _refuses(NrfError.INVALID_STATE),
    "lesc_dhkey_reply": _refuses(NrfError.INVALID_STATE),
    "lesc_oob_data_get": _refuses(NrfError.NOT_SUPPORTED),
    "lesc_oob_data_set": _refuses(NrfError.INVALID_STATE),
    "phy_update": _of_connection,
    "ppcp_get": ppcp_get,
    "ppcp_set": ppcp_set,
    "privacy_get": privacy_get,
    "privacy_set": privacy_set,
    "qos_channel_survey_start": _survey(NrfError.RESOURCES),
    "qos_channel_survey_stop": _survey(NrfError.INVALID_STATE),
    "rssi_get": rssi_get,
    "rssi_start": _of_connection,
    "rssi_stop": _of_connection,
    "scan_start": scan_start,
    "scan_stop": scan_stop,
    "sec_info_reply": _refuses(NrfError.INVALID_STATE),
    "sec_params_reply": _refuses(NrfError.INVALID_STATE),
    "tx_power_set": tx_power_set,
    "whitelist_set": _taken,
}
CALLS: dict[str, Any] = {f"sd_ble_gap_{name}": call for name, call in _CALLS.items()}
