"""Enabling the stack and configuring it. What is refused changes nothing.

Up to v3 ``enable`` brings everything along: it is taken apart into the configurations that ``cfg_set`` has from v4 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatts_codec.constants import DEFAULT_MTU, AttrVloc, NrfError
from gatts_codec.constants.gap import Role
from gatts_codec.device.attribute_table import LOCATIONS, is_mode
from gatts_codec.device.refusal import Crash, refuse_unless, required
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

_MOST_BASES = 254
_MOST_LINKS, _MOST_LINKS_EARLY = 20, 8  # up to v3 no document has a number
_MOST_CONFIGURED = 255
_SHORTEST_EVENT = 2  # in units of 1.25 ms
_LEAST_MPS, _MOST_CHANNELS = 23, 64
_LONGEST_NAME = 248
_OF_THE_DEFAULT = 0  # the tag that no configuration may have


def enable(device: DeviceState, command: Enable | EnableV3) -> dict[str, object]:
    """INVALID_STATE, INVALID_ADDR, and what configurations are refused with."""
    if isinstance(command, EnableV3) and device.profile.loses_bandwidths and _has_bandwidths(command):
        raise Crash("enable with conn_bw_counts is decoded through a pointer to nowhere")
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    if isinstance(command, EnableV3):
        parts = list(_parts(device, required(command.ble_enable_params)))
        for part in parts:
            _require(device, part)
        for part in parts:
            _apply(device, part)
    elif not device.role_counts:
        default = device.profile.constants
        device.role_counts = {
            Role.PERIPH: default["BLE_GAP_ROLE_COUNT_PERIPH_DEFAULT"],
            Role.CENTRAL: default["BLE_GAP_ROLE_COUNT_CENTRAL_DEFAULT"],
        }
        device.central_sec_count = default["BLE_GAP_ROLE_COUNT_CENTRAL_SEC_DEFAULT"]
    device.gap.enabled = True
    device.rebuild_table()
    return {}


def _has_bandwidths(command: EnableV3) -> bool:
    params = command.ble_enable_params
    common = None if params is None else params.common_enable_params
    return common is not None and common.conn_bw_counts is not None


def _parts(device: DeviceState, params: EnableParams) -> Iterator[object]:
    """The configurations that it stands for; numbers that are 0 ask for the default."""
    if params.common_enable_params is not None:
        yield VsUuidCfg(params.common_enable_params.vs_uuid_count or device.config.vendor_bases)
    if params.gatt_enable_params is not None:
        yield ConnGatt(params.gatt_enable_params.att_mtu or DEFAULT_MTU, _OF_THE_DEFAULT)
    roles = params.gap_enable_params
    if roles is not None:
        yield RoleCount(
            roles.periph_conn_count,
            central_role_count=roles.central_conn_count,
            central_sec_count=roles.central_sec_count,
        )
    name = getattr(roles, "device_name", None)  # in v3 alone
    if name is not None:
        yield name
    yield ServiceChangedCfg(params.gatts_enable_params.service_changed)
    yield AttrTabSizeCfg(params.gatts_enable_params.attr_tab_size or device.table_size)


def cfg_set(device: DeviceState, command: CfgSet) -> dict[str, object]:
    """INVALID_STATE, INVALID_ADDR, INVALID_PARAM, INVALID_LENGTH, CONN_COUNT, RESOURCES."""
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    cfg = required(command.cfg)
    refuse_unless(getattr(cfg, "conn_cfg_tag", 1) != _OF_THE_DEFAULT, NrfError.INVALID_PARAM)
    _require(device, cfg)
    _apply(device, cfg)
    device.tags.update(filter(None, [getattr(cfg, "conn_cfg_tag", None)]))
    return {}


# -- what is refused


def _require(device: DeviceState, cfg: object) -> None:
    match cfg:
        case VsUuidCfg(vs_uuid_count=count):
            refuse_unless(count <= _MOST_BASES, NrfError.INVALID_PARAM)
        case AttrTabSizeCfg(attr_tab_size=size):
            least = device.profile.constants["BLE_GATTS_ATTR_TAB_SIZE_MIN"]
            refuse_unless(size >= least and size % 4 == 0, NrfError.INVALID_LENGTH)
        case RoleCount():
            _require_roles(device, cfg)
        case DeviceName():
            refuse_unless(is_mode(cfg.write_perm) and cfg.vloc in LOCATIONS, NrfError.INVALID_PARAM)
            refuse_unless(cfg.current_len <= cfg.max_len <= _LONGEST_NAME, NrfError.INVALID_LENGTH)
        case ConnGap(conn_count=count, event_length=length, conn_cfg_tag=tag):
            refuse_unless(count, NrfError.CONN_COUNT)
            others = sum(most for other, most in device.link_counts.items() if other != tag)
            refuse_unless(others + count <= _MOST_CONFIGURED, NrfError.INVALID_PARAM)
            refuse_unless(length >= _SHORTEST_EVENT, NrfError.INVALID_PARAM)
        case ConnGatt(att_mtu=mtu):
            refuse_unless(mtu >= DEFAULT_MTU, NrfError.INVALID_PARAM)
        case ConnL2cap(ch_count=count) if count:
            fits = min(cfg.rx_mps, cfg.tx_mps) >= _LEAST_MPS and count <= _MOST_CHANNELS
            refuse_unless(fits, NrfError.INVALID_PARAM)


def _require_roles(device: DeviceState, roles: RoleCount) -> None:
    most = _MOST_LINKS if device.profile.api >= 4 else _MOST_LINKS_EARLY
    refuse_unless(roles.periph_role_count + roles.central_role_count <= most, NrfError.CONN_COUNT)
    refuse_unless(roles.central_sec_count <= roles.central_role_count, NrfError.INVALID_PARAM)
    refuse_unless((roles.adv_set_count or 0) <= 1, NrfError.RESOURCES)


# -- what is done


def _apply(device: DeviceState, cfg: object) -> None:
    match cfg:
        case VsUuidCfg(vs_uuid_count=count):
            device.bases.capacity = count
        case ServiceChangedCfg(service_changed=there_is):
            device.service_changed = bool(there_is)
        case AttrTabSizeCfg(attr_tab_size=size):
            device.table_size = size
        case RoleCount(periph_role_count=peripherals, central_role_count=centrals):
            device.role_counts = {Role.PERIPH: peripherals, Role.CENTRAL: centrals}
            device.central_sec_count = cfg.central_sec_count
            device.can_survey = bool(cfg.qos_channel_survey_role_available)
        case DeviceName(write_perm=perm):
            gap = device.gap
            gap.name, gap.name_write_perm, gap.name_room = cfg.value or b"", perm, cfg.max_len
            gap.name_is_fixed = cfg.vloc == AttrVloc.USER and not perm.sm
        case of_connections:
            _apply_to_connections(device, of_connections)


def _apply_to_connections(device: DeviceState, cfg: object) -> None:
    """What the connections with a tag have."""
    match cfg:
        case ConnGatts(hvn_tx_queue_size=size, conn_cfg_tag=tag):
            device.queue_sizes[tag] = size
        case ConnGattc(write_cmd_tx_queue_size=size, conn_cfg_tag=tag):
            device.command_queue_sizes[tag] = size
        case ConnL2cap():
            device.l2cap = cfg
        case ConnGap(conn_count=count, event_length=length, conn_cfg_tag=tag):
            device.event_lengths[tag], device.link_counts[tag] = length, count
        case ConnGatt(att_mtu=mtu, conn_cfg_tag=tag):
            device.max_mtus[tag] = mtu


CALLS: dict[str, Any] = {"sd_ble_enable": enable, "sd_ble_cfg_set": cfg_set}
