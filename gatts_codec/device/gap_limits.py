"""What a SoftDevice refuses before it advertises, scans or connects: numbers out of range, lists, and no room."""

from __future__ import annotations

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import AdvFilterPolicy, AdvType, AdvTypeV5, Phy, Role, ScanFilterPolicy
from gatts_codec.device import private_address
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.refusal import refuse_unless, required
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
_LEGACY_PHYS = (Phy.AUTO, Phy.MBPS_1)
_DATA_CHANNELS = 37
_LISTED = (ScanFilterPolicy.WHITELIST, ScanFilterPolicy.WHITELIST_NOT_RESOLVED_DIRECTED)
UNRESOLVED = (
    ScanFilterPolicy.ALL_NOT_RESOLVED_DIRECTED,
    ScanFilterPolicy.WHITELIST_NOT_RESOLVED_DIRECTED,
)
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
    _require_address(params.peer_addr if directed else None)
    require_policy(device, params.fp, api >= 3)


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
    _require_address(params.peer_addr if kind in DIRECTED else None)
    _require_channels(params.channel_mask)
    phys = params.primary_phy in (Phy.AUTO, Phy.MBPS_1) and (
        kind not in EXTENDED or params.secondary_phy in _SECONDARY_PHYS
    )
    refuse_unless(phys, NrfError.NOT_SUPPORTED)
    require_policy(device, params.filter_policy, True)


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


def require_policy(device: DeviceState, policy: int, needs_list: bool) -> None:
    """INVALID_PARAM: there is none such, or it needs a whitelist that there is not."""
    listed = policy == AdvFilterPolicy.ANY or bool(device.gap.whitelist) or not needs_list
    refuse_unless(policy in tuple(AdvFilterPolicy) and listed, NrfError.INVALID_PARAM)


def require_central(device: DeviceState) -> None:
    """NOT_SUPPORTED: S110 has no central role, though its firmware has the calls."""
    refuse_unless(device.dialect.can_be_central, NrfError.NOT_SUPPORTED)


def require_scanning(device: DeviceState, params: ScanParams | ScanParamsV5 | ScanParamsV2) -> None:
    """INVALID_PARAM, NOT_SUPPORTED of radio modes."""
    most = device.profile.constants["BLE_GAP_SCAN_INTERVAL_MAX"]
    fits = _SCAN_LEAST <= params.window <= params.interval <= most
    refuse_unless(fits, NrfError.INVALID_PARAM)
    if isinstance(params, ScanParams):
        _require_channels(params.channel_mask)
        refuse_unless(params.extended or params.scan_phys in _LEGACY_PHYS, NrfError.INVALID_PARAM)
        refuse_unless(params.scan_phys in _LEGACY_PHYS, NrfError.NOT_SUPPORTED)
    listed = device.gap.whitelist or device.profile.api < 3
    refuse_unless(listed or not uses_list(params), NrfError.INVALID_PARAM)


def uses_list(params: ScanParams | ScanParamsV5 | ScanParamsV2) -> bool:
    """Whether only those in the whitelist are heard."""
    match params:
        case ScanParams():
            return params.filter_policy in _LISTED
        case ScanParamsV5():
            return bool(params.use_whitelist)
        case _:
            return bool(params.selective)


def require_target(params: ScanParams | ScanParamsV5 | ScanParamsV2, peer: Addr | None) -> None:
    """INVALID_ADDR without a peer or a whitelist, INVALID_BLE_ADDR; INVALID_PARAM: both, up to v2; odd policies."""
    if isinstance(params, ScanParams):
        refuse_unless(params.filter_policy not in UNRESOLVED, NrfError.INVALID_PARAM)
    if uses_list(params):
        refuse_unless(peer is None or not isinstance(params, ScanParamsV2), NrfError.INVALID_PARAM)
    else:
        _require_address(required(peer))


def _require_address(address: Addr | None) -> None:
    refuse_unless(address is None or private_address.fits(address), BleError.GAP_INVALID_BLE_ADDR)


def _require_channels(mask: bytes | None) -> None:
    """INVALID_PARAM: none of the three for advertising is left; NOT_SUPPORTED: some of the others are not."""
    advertising, others = divmod(int.from_bytes(mask or b"", "little"), 1 << _DATA_CHANNELS)
    refuse_unless(advertising != 0b111, NrfError.INVALID_PARAM)
    refuse_unless(not others, NrfError.NOT_SUPPORTED)


def require_buffer(params: ScanParams | ScanParamsV5 | ScanParamsV2, size: int) -> None:
    """INVALID_LENGTH: a report may not fit."""
    extended = isinstance(params, ScanParams) and params.extended
    refuse_unless(size >= (_EXTENDED_SIZE if extended else _LEGACY_SIZE), NrfError.INVALID_LENGTH)


def require_list(device: DeviceState, addresses: tuple[Addr | None, ...] | None) -> None:
    """DATA_SIZE, INVALID_BLE_ADDR, WHITELIST_IN_USE: of whitelist_set."""
    if addresses is not None:
        refuse_unless(addresses, NrfError.DATA_SIZE)
        known = all(each is None or each.addr_type in _ADDRESS_TYPES for each in addresses)
        refuse_unless(known, BleError.GAP_INVALID_BLE_ADDR)
    require_unused_list(device)


def require_unused_list(device: DeviceState) -> None:
    """WHITELIST_IN_USE: somebody is filtered by the one that there is."""
    gap = device.gap
    listens = gap.is_doing(Activity.SCANNING) or gap.is_doing(Activity.CONNECTING)
    in_use = (gap.advertising and gap.advertiser.policy) or (listens and gap.scanner.listed_only)
    refuse_unless(not in_use, BleError.GAP_WHITELIST_IN_USE)


def require_tag(device: DeviceState, tag: int) -> None:
    """NOT_FOUND: there is no such configuration. Before ``enable`` it may still come."""
    refuse_unless(not tag or tag in device.tags or not device.gap.enabled, NrfError.NOT_FOUND)


def has_room(device: DeviceState, role: Role, tag: int) -> bool:
    """Whether the chip, the role and the tag each have a connection left."""
    taken, most = list(device.connections), device.config.max_connections
    of_tag = device.link_counts.get(tag, 1 if tag in device.tags else most)
    return (
        len(taken) < most
        and sum(one.role == role for one in taken) < device.role_counts.get(role, most)
        and sum(one.tag == tag for one in taken) < of_tag
    )
