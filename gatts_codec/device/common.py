"""Calls of the common group: enable, configure, vendor UUIDs, version, user memory, options."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import DEFAULT_MTU, NrfError
from gatts_codec.constants.gap import Role
from gatts_codec.device import air, privacy
from gatts_codec.device.connection import Wait
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.cfg_set import (
    AttrTabSizeCfg,
    CfgSet,
    ConnGap,
    ConnGatt,
    ConnGattc,
    ConnGatts,
    ConnL2cap,
    RoleCount,
    ServiceChangedCfg,
    VsUuidCfg,
)
from gatts_codec.packets.common.device_name import DeviceName
from gatts_codec.packets.common.enable import Enable, EnableParams, EnableV3
from gatts_codec.packets.common.opt import OptGet, OptSet
from gatts_codec.packets.common.options import PasskeyOpt, PrivacyOpt
from gatts_codec.packets.common.tx_count_get import TxBufferCountGet, TxPacketCountGet
from gatts_codec.packets.common.user_mem_reply import UserMemReply
from gatts_codec.packets.common.uuid_decode import UuidDecode
from gatts_codec.packets.common.uuid_encode import UuidEncode
from gatts_codec.packets.common.uuid_vs_add import UuidVsAdd
from gatts_codec.packets.common.version_get import Version, VersionGet

_UUID_SIZES = (2, 16)
_MOST_BASES = 254
_MOST_LINKS = 20
_LENT_MEMORY = 64  # bytes

_LEAST_MPS = 23


def enable(device: DeviceState, command: Enable | EnableV3) -> dict[str, object]:
    """INVALID_STATE, INVALID_ADDR, INVALID_PARAM. From v4 on cfg_set has said it all."""
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    if isinstance(command, EnableV3):
        _configure(device, required(command.ble_enable_params))
    device.gap.enabled = True
    device.rebuild_table()
    return {}


def _configure(device: DeviceState, params: EnableParams) -> None:
    if params.common_enable_params is not None:
        _set_bases(device, params.common_enable_params.vs_uuid_count)
    if params.gatt_enable_params is not None:
        _set_mtu(device, 0, params.gatt_enable_params.att_mtu or DEFAULT_MTU)
    roles = params.gap_enable_params
    if roles is not None:
        _set_roles(device, roles.periph_conn_count, roles.central_conn_count)
    name = getattr(params.gap_enable_params, "device_name", None)  # in v3 alone
    if name is not None:
        _set_name(device, name)
    device.service_changed = bool(params.gatts_enable_params.service_changed)
    _set_table_size(device, params.gatts_enable_params.attr_tab_size)


def cfg_set(device: DeviceState, command: CfgSet) -> dict[str, object]:
    """INVALID_STATE, INVALID_ADDR, INVALID_PARAM. Configurations that no GATT server could notice are taken."""
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    match required(command.cfg):
        case VsUuidCfg(vs_uuid_count=count):
            refuse_unless(count <= _MOST_BASES, NrfError.INVALID_PARAM)
            _set_bases(device, count)
        case ServiceChangedCfg(service_changed=there_is):
            device.service_changed = bool(there_is)
        case AttrTabSizeCfg(attr_tab_size=size):
            _set_table_size(device, size)
        case RoleCount(periph_role_count=peripherals, central_role_count=centrals):
            _set_roles(device, peripherals, centrals)
        case DeviceName() as name:
            _set_name(device, name)
        case of_connections:
            _set_connections(device, of_connections)
    return {}


def _set_connections(device: DeviceState, cfg: object) -> None:
    """What the connections with a tag have."""
    match cfg:
        case ConnGatts(hvn_tx_queue_size=size, conn_cfg_tag=tag):
            device.queue_sizes[tag] = size
        case ConnGattc(write_cmd_tx_queue_size=size, conn_cfg_tag=tag):
            device.command_queue_sizes[tag] = size
        case ConnL2cap() as channels:
            least = min(channels.rx_mps, channels.tx_mps)
            refuse_unless(not channels.ch_count or least >= _LEAST_MPS, NrfError.INVALID_PARAM)
            device.l2cap = channels
        case ConnGap(conn_count=count, event_length=length, conn_cfg_tag=tag):
            refuse_unless(count, NrfError.CONN_COUNT)
            device.event_lengths[tag], device.link_counts[tag] = length, count
        case ConnGatt(att_mtu=mtu, conn_cfg_tag=tag):
            _set_mtu(device, tag, mtu)


def _set_roles(device: DeviceState, peripherals: int, centrals: int) -> None:
    refuse_unless(peripherals + centrals <= _MOST_LINKS, NrfError.CONN_COUNT)
    device.role_counts = {Role.PERIPH: peripherals, Role.CENTRAL: centrals}


def _set_bases(device: DeviceState, count: int) -> None:
    device.bases.capacity = count or device.config.vendor_bases


def _set_mtu(device: DeviceState, tag: int, mtu: int) -> None:
    refuse_unless(mtu >= DEFAULT_MTU, NrfError.INVALID_PARAM)
    device.max_mtus[tag] = mtu


def _set_table_size(device: DeviceState, wanted: int) -> None:
    """0 stands for the default."""
    smallest = device.profile.constants["BLE_GATTS_ATTR_TAB_SIZE_MIN"]
    refuse_unless(wanted == 0 or (wanted >= smallest and wanted % 4 == 0), NrfError.INVALID_PARAM)
    device.table_size = wanted or device.config.table_size


def _set_name(device: DeviceState, name: DeviceName) -> None:
    if name.value is not None:
        device.gap.name = name.value
    device.gap.name_write_perm, device.gap.name_room = name.write_perm, name.max_len


def uuid_vs_add(device: DeviceState, command: UuidVsAdd) -> dict[str, object]:
    """INVALID_ADDR, NO_MEM; FORBIDDEN for a base that is there, in S110 v8 and S130 v1."""
    base = required(command.vs_uuid)
    refuse_unless(command.uuid_type_present, NrfError.INVALID_ADDR)
    return {"uuid_type": device.bases.add(base.uuid128)}


def uuid_decode(device: DeviceState, command: UuidDecode) -> dict[str, object]:
    """INVALID_LENGTH, INVALID_ADDR, NOT_FOUND."""
    refuse_unless(command.uuid_le_len in _UUID_SIZES, NrfError.INVALID_LENGTH)
    raw = required(command.uuid_le)
    refuse_unless(command.uuid_present, NrfError.INVALID_ADDR)
    return {"uuid": device.bases.shorten(raw)}


def uuid_encode(device: DeviceState, command: UuidEncode) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM."""
    raw = device.bases.expand(required(command.uuid))
    refuse_unless(command.uuid_le_len_present, NrfError.INVALID_ADDR)
    return {"uuid_le_len": len(raw), "uuid_le": raw if command.uuid_le_present else None}


def version_get(device: DeviceState, command: VersionGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.version_present, NrfError.INVALID_ADDR)
    return {"version": Version(*(device.config.version or device.profile.version))}


def tx_packet_count_get(device: DeviceState, command: TxPacketCountGet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.count_present, NrfError.INVALID_ADDR)
    return {"count": connection.queue_size}


def tx_buffer_count_get(device: DeviceState, command: TxBufferCountGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.count_present, NrfError.INVALID_ADDR)
    return {"count": device.profile.notification_queue}


def user_mem_reply(device: DeviceState, command: UserMemReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE. The memory is the firmware's own: 64 bytes, whatever the host offers."""
    connection = device.connections.require(command.conn_handle)
    pending = connection.pending
    refuse_unless(pending is not None and pending.wait is Wait.MEMORY, NrfError.INVALID_STATE)
    connection.prepared.asked = True
    connection.prepared.lent = None if command.block is None else min(command.block.len, _LENT_MEMORY)
    air.retry(device, connection)
    return {}


def opt_set(device: DeviceState, command: OptSet) -> dict[str, object]:
    """INVALID_ADDR. But for the passkey and privacy, options have no effect here."""
    opt = required(command.opt)
    if isinstance(opt, PasskeyOpt):
        device.gap.passkey = opt.passkey
    elif isinstance(opt, PrivacyOpt):
        privacy.set_option(device, opt)
    return {}


def opt_get(device: DeviceState, command: OptGet) -> dict[str, object]:
    """INVALID_ADDR, NOT_SUPPORTED: but for privacy, up to v2, there are none to be read."""
    refuse_unless(command.opt_present, NrfError.INVALID_ADDR)
    readable = command.opt_id == device.profile.constants.get("BLE_GAP_OPT_PRIVACY")
    refuse_unless(readable, NrfError.NOT_SUPPORTED)
    return {"opt": privacy.option(device)}


CALLS: dict[str, Any] = {
    "sd_ble_enable": enable,
    "sd_ble_cfg_set": cfg_set,
    "sd_ble_uuid_vs_add": uuid_vs_add,
    "sd_ble_uuid_decode": uuid_decode,
    "sd_ble_uuid_encode": uuid_encode,
    "sd_ble_version_get": version_get,
    "sd_ble_tx_packet_count_get": tx_packet_count_get,
    "sd_ble_tx_buffer_count_get": tx_buffer_count_get,
    "sd_ble_user_mem_reply": user_mem_reply,
    "sd_ble_opt_set": opt_set,
    "sd_ble_opt_get": opt_get,
}

# What may be called before ble_enable, where the chip insists on it.
BEFORE_ENABLE = ("sd_ble_enable", "sd_ble_cfg_set", "sd_ble_version_get")
