"""What a SoftDevice refuses before it advertises, scans or connects: numbers out of range, lists, and no room."""

from __future__ import annotations

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import AdvFilterPolicy, AdvType, AdvTypeV5, Phy, Role
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.refusal import refuse_unless
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.adv_set_configure import AdvParams
from gatts_codec.packets.gap.adv_start import AdvParamsV2, AdvParamsV5
from gatts_codec.packets.gap.scan import ScanParams, ScanParamsV2, ScanParamsV5
from gatts_codec.packets.gap.structs import Addr, AdvSetData

CONNECTABLE = (1, 2, 3, 6, 7)  # of AdvType
SCANNABLE = (1, 4, 8, 9)
DIRECTED = (2, 3, 7, 9, 11)
EXTENDED = range(6, 12)
HIGH_DUTY = AdvType.CONNECTABLE_NONSCANNABLE_DIRECTED_HIGH_DUTY_CYCLE

_INTERVALS = range(0x20, 0x4001)
_UNCONNECTABLE_LEAST = 0xA0  # up to v4
_SECONDS, _HIGH_DUTY_UNITS = range(0x4000), range(129)
_WITHOUT_DATA = (2, 3)
_DATA_IN_ANSWER = (8, 9)  # extended and scannable: all data are in the scan response
_LEGACY_SIZE, _EXTENDED_SIZE, _EXTENDED_CONNECTABLE_SIZE = 31, 255, 238
_SECONDARY_PHYS = (Phy.AUTO, Phy.MBPS_1, Phy.MBPS_2)
_SCAN_LEAST = 4
_ADDRESS_TYPES = range(4)
_KINDS_V5 = tuple(AdvTypeV5)


def require_advertising(device: DeviceState, params: AdvParamsV5 | AdvParamsV2) -> None:
    """INVALID_PARAM: up to v5."""
    api = device.profile.api
    directed, fast = params.type == AdvTypeV5.ADV_DIRECT_IND, not params.interval
    slow = api < 5 and params.type in (AdvTypeV5.ADV_SCAN_IND, AdvTypeV5.ADV_NONCONN_IND)
    mask = params.channel_mask
    fits = (
        params.type in _KINDS_V5
        and ((directed and fast) or params.interval in _INTERVALS)
        and not (slow and params.interval < _UNCONNECTABLE_LEAST)
        and params.timeout in _SECONDS
        and not (directed and (params.peer_addr is None or (fast and params.timeout)))
        and not (mask.ch_37_off and mask.ch_38_off and mask.ch_39_off)
    )
    refuse_unless(fits, NrfError.INVALID_PARAM)
    _require_policy(device, params.fp, api >= 3)


def require_set(device: DeviceState, params: AdvParams) -> None:
    """INVALID_PARAM, NOT_SUPPORTED of radio modes: from v6 on."""
    kind = params.properties.type
    fast = kind == HIGH_DUTY
    fits = (
        kind in tuple(AdvType)
        and (fast or params.interval in _INTERVALS)
        and not (fast and params.duration not in _HIGH_DUTY_UNITS)
        and not (kind in DIRECTED and params.peer_addr is None)
    )
    refuse_unless(fits, NrfError.INVALID_PARAM)
    phys = params.primary_phy in (Phy.AUTO, Phy.MBPS_1) and (
        kind not in EXTENDED or params.secondary_phy in _SECONDARY_PHYS
    )
    refuse_unless(phys, NrfError.NOT_SUPPORTED)
    _require_policy(device, params.filter_policy, True)


def require_data(params: AdvParams, data: AdvSetData) -> None:
    """INVALID_PARAM: of a type that has none; INVALID_LENGTH."""
    kind = params.properties.type
    said, answer = data.adv_data.data or b"", data.scan_rsp_data.data or b""
    refuse_unless(not said or kind not in _WITHOUT_DATA + _DATA_IN_ANSWER, NrfError.INVALID_PARAM)
    refuse_unless(not answer or kind in SCANNABLE, NrfError.INVALID_PARAM)
    most = _LEGACY_SIZE
    if kind in EXTENDED:
        most = _EXTENDED_CONNECTABLE_SIZE if kind in CONNECTABLE else _EXTENDED_SIZE
    refuse_unless(len(said) <= most and len(answer) <= most, NrfError.INVALID_LENGTH)


def _require_policy(device: DeviceState, policy: int, needs_list: bool) -> None:
    listed = policy == AdvFilterPolicy.ANY or bool(device.gap.whitelist) or not needs_list
    refuse_unless(policy in tuple(AdvFilterPolicy) and listed, NrfError.INVALID_PARAM)


def require_scanning(device: DeviceState, params: ScanParams | ScanParamsV5 | ScanParamsV2) -> None:
    """INVALID_PARAM."""
    most = device.profile.constants["BLE_GAP_SCAN_INTERVAL_MAX"]
    fits = _SCAN_LEAST <= params.window <= params.interval <= most
    refuse_unless(fits, NrfError.INVALID_PARAM)


def require_buffer(params: ScanParams | ScanParamsV5 | ScanParamsV2, size: int) -> None:
    """INVALID_LENGTH: a report may not fit."""
    extended = isinstance(params, ScanParams) and params.extended
    refuse_unless(size >= (_EXTENDED_SIZE if extended else _LEGACY_SIZE), NrfError.INVALID_LENGTH)


def require_list(device: DeviceState, addresses: tuple[Addr | None, ...] | None) -> None:
    """DATA_SIZE, INVALID_BLE_ADDR, WHITELIST_IN_USE: of whitelist_set."""
    gap = device.gap
    if addresses is not None:
        refuse_unless(addresses, NrfError.DATA_SIZE)
        known = all(each is None or each.addr_type in _ADDRESS_TYPES for each in addresses)
        refuse_unless(known, BleError.GAP_INVALID_BLE_ADDR)
    listens = gap.is_doing(Activity.SCANNING) or gap.is_doing(Activity.CONNECTING)
    in_use = (gap.advertising and gap.advertiser.policy) or (listens and gap.scanner.listed_only)
    refuse_unless(not in_use, BleError.GAP_WHITELIST_IN_USE)


def has_room(device: DeviceState, role: Role, tag: int) -> bool:
    """Whether the chip, the role and the tag each have a connection left."""
    taken = list(device.connections)
    most = device.config.max_connections
    return (
        len(taken) < most
        and sum(one.role == role for one in taken) < device.role_counts.get(role, most)
        and sum(one.tag == tag for one in taken) < device.link_counts.get(tag, most)
    )
