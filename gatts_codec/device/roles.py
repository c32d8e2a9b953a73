"""Calls that make a chip advertise, scan and connect. In an air others hear of it, outside each ends at its time."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import AdvTypeV5, Phy, Role
from gatts_codec.device import adv_contents, gap_limits, privacy, radio
from gatts_codec.device.ether import Extension
from gatts_codec.device.gap_state import Activity, Advertiser, Scanner
from gatts_codec.device.refusal import Crash, Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.adv_data_set import AdvDataSet
from gatts_codec.packets.gap.adv_set_configure import AdvParams, AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvParamsV2, AdvParamsV5, AdvStart, AdvStartV5, AdvStop
from gatts_codec.packets.gap.connect import Connect, ConnectCancel
from gatts_codec.packets.gap.scan import (
    ScanParams,
    ScanParamsV2,
    ScanParamsV5,
    ScanStart,
    ScanStartV5,
    ScanStop,
)
from gatts_codec.packets.gap.structs import Addr, AdvSetData, Whitelist
from gatts_codec.packets.gap.whitelist import WhitelistSet

_NEW_SET = 0xFF
_SLOT_S = 0.000625
_HIGH_DUTY_S, _HIGH_DUTY_INTERVAL_S = 1.28, 0.00375
# Which types are connectable, and which scannable.
_KINDS_V5 = {
    AdvTypeV5.ADV_IND: (True, True),
    AdvTypeV5.ADV_DIRECT_IND: (True, False),
    AdvTypeV5.ADV_SCAN_IND: (False, True),
    AdvTypeV5.ADV_NONCONN_IND: (False, False),
}


# -- advertising


def adv_data_set(device: DeviceState, command: AdvDataSet) -> dict[str, object]:
    """INVALID_PARAM without either; what is wrong with data. What is absent stays, the next event has the new data."""
    refuse_unless(command.data is not None or command.sr_data is not None, NrfError.INVALID_PARAM)
    data, scan_response = device.gap.advertised
    data = data if command.data is None else command.data
    scan_response = scan_response if command.sr_data is None else command.sr_data
    adv_contents.require(data, scan_response)
    device.gap.advertised = data, scan_response
    return {}


def adv_set_configure(device: DeviceState, command: AdvSetConfigure) -> dict[str, object]:
    """INVALID_ADDR, INVALID_ADV_HANDLE, NO_MEM, INVALID_PARAM, NOT_SUPPORTED, INVALID_STATE; what is wrong with data.

    There is one set, with handle 0, as a SoftDevice has it.
    """
    if device.profile.needs_adv_data and None in (command.adv_handle, command.adv_data):
        raise Crash("adv_set_configure without handle or data crashes this build")
    handle, gap, params = required(command.adv_handle), device.gap, command.adv_params
    known = handle == 0 and gap.adv_params is not None
    refuse_unless(known or handle == _NEW_SET, device.profile.bad_adv_handle)
    refuse_unless(known or gap.adv_params is None, NrfError.NO_MEM)
    if params is not None:
        gap_limits.require_set(device, params)
    params = params or gap.adv_params
    if params is None:
        raise Refusal(NrfError.INVALID_PARAM)
    data = command.adv_data or AdvSetData()
    gap_limits.require_data(params, data)
    said, answer = data.adv_data.data or b"", data.scan_rsp_data.data or b""
    adv_contents.require(said, answer)
    adv_contents.require_discoverable(said, params.filter_policy, params.duration / 100)
    refuse_unless(command.adv_params is None or not gap.advertising, NrfError.INVALID_STATE)
    refuse_unless(not gap.advertising or _new_buffers(data, gap.adv_data), NrfError.INVALID_STATE)
    gap.adv_params, gap.adv_data, gap.advertised = params, data, (said, answer)
    return {"adv_handle": 0}


def _new_buffers(data: AdvSetData, used: AdvSetData) -> bool:
    """Buffers that are being sent belong to the chip: others are to take their place."""
    in_use = {used.adv_data.buf_id, used.scan_rsp_data.buf_id} - {0}
    return in_use.isdisjoint((data.adv_data.buf_id, data.scan_rsp_data.buf_id))


def adv_start(device: DeviceState, command: AdvStart | AdvStartV5) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE, NOT_FOUND, CONN_COUNT, INVALID_ADV_HANDLE; up to v5 wrong parameters."""
    gap = device.gap
    params = (
        _params_of_the_set(device, command) if isinstance(command, AdvStart) else _params(device, command)
    )
    if isinstance(params, AdvParams):
        advertiser, seconds = _of_set(params)
    else:
        advertiser, seconds = _of_params(params, gap.tells_requests)
    refuse_unless(not gap.advertising, NrfError.INVALID_STATE)
    whitelist = getattr(command.adv_params, "whitelist", None) if isinstance(command, AdvStartV5) else None
    _require_unused(device, whitelist)
    tag = command.conn_cfg_tag or 0
    if advertiser.connectable:
        gap_limits.require_tag(device, tag)
        room = gap_limits.has_room(device, Role.PERIPH, tag)
        refuse_unless(room, NrfError.CONN_COUNT if device.profile.api >= 2 else NrfError.INVALID_STATE)
    gap.begin(Activity.ADVERTISING, device.now, seconds)
    _use_list(device, whitelist)
    privacy.advertise(device, params.peer_addr)
    gap.advertiser, gap.next_adv_event, gap.adv_events = advertiser, device.now, 0
    gap.tag = tag
    return {}


def _params_of_the_set(device: DeviceState, command: AdvStart) -> AdvParams:
    refuse_unless(command.adv_handle == 0, device.profile.bad_adv_handle)
    params = device.gap.adv_params
    if params is None:
        raise Refusal(NrfError.INVALID_STATE)
    gap_limits.require_policy(device, params.filter_policy, True)
    return params


def _params(device: DeviceState, command: AdvStartV5) -> AdvParamsV5 | AdvParamsV2:
    params = command.adv_params
    if params is None:
        raise Refusal(NrfError.INVALID_ADDR)
    gap_limits.require_advertising(device, params)
    adv_contents.require_discoverable(device.gap.advertised[0], params.fp, params.timeout)
    return params


def _of_set(params: AdvParams) -> tuple[Advertiser, float]:
    kind, duration = params.properties.type, params.duration
    fast = kind == gap_limits.HIGH_DUTY
    advertiser = Advertiser(
        kind in gap_limits.CONNECTABLE,
        kind in gap_limits.SCANNABLE,
        params.peer_addr if kind in gap_limits.DIRECTED else None,
        params.filter_policy,
        _HIGH_DUTY_INTERVAL_S if fast else params.interval * _SLOT_S,
        0 if fast else params.max_adv_evts,
        bool(params.scan_req_notification),
        _extension(params) if kind in gap_limits.EXTENDED else None,
    )
    return advertiser, duration / 100 or (_HIGH_DUTY_S if fast else 0)


def _extension(params: AdvParams) -> Extension:
    return Extension(params.set_id, Phy(params.secondary_phy or Phy.MBPS_1))


def _of_params(params: AdvParamsV5 | AdvParamsV2, tells_requests: bool) -> tuple[Advertiser, float]:
    directed = params.type == AdvTypeV5.ADV_DIRECT_IND
    fast = directed and not params.interval
    advertiser = Advertiser(
        *_KINDS_V5.get(AdvTypeV5(params.type & 3), (False, False)),
        target=params.peer_addr if directed else None,
        policy=params.fp,
        interval_s=_HIGH_DUTY_INTERVAL_S if fast else params.interval * _SLOT_S,
        tells_requests=tells_requests,
    )
    return advertiser, _HIGH_DUTY_S if fast else float(params.timeout)


def adv_stop(device: DeviceState, command: AdvStop) -> dict[str, object]:
    """INVALID_ADV_HANDLE, INVALID_STATE."""
    refuse_unless(not command.adv_handle, device.profile.bad_adv_handle)
    device.gap.end(Activity.ADVERTISING)
    return {}


# -- as central


def scan_start(device: DeviceState, command: ScanStart | ScanStartV5) -> dict[str, object]:
    """Wrong parameters; INVALID_ADDR, INVALID_LENGTH, INVALID_STATE. From v6 on, without any, scanning goes on."""
    gap_limits.require_central(device)
    gap, params = device.gap, command.scan_params
    if isinstance(command, ScanStart):
        buffer = required(command.adv_report_buffer)
        if params is None:
            refuse_unless(gap.is_doing(Activity.SCANNING), NrfError.INVALID_STATE)
            radio.resume(device)
            return {}
        gap_limits.require_buffer(params, buffer.len)
        gap.scan_room = buffer.len
    if params is None:
        raise Refusal(NrfError.INVALID_ADDR)
    gap_limits.require_scanning(device, params)
    refuse_unless(gap.begins_listening, NrfError.INVALID_STATE)
    _require_unused(device, getattr(params, "whitelist", None))
    gap.begin(Activity.SCANNING, device.now, params.timeout / _in_a_second(device))
    _listen(device, params)
    return {}


def scan_stop(device: DeviceState, command: ScanStop) -> dict[str, object]:
    """INVALID_STATE."""
    device.gap.end(Activity.SCANNING)
    return {}


def connect(device: DeviceState, command: Connect) -> dict[str, object]:
    """Wrong parameters; INVALID_ADDR, INVALID_STATE, NOT_FOUND, CONN_COUNT. Scanning ends without an event.

    From v4 on it ends even if the call is refused.
    """
    gap_limits.require_central(device)
    gap, params, tag = device.gap, command.scan_params, command.conn_cfg_tag or 0
    if device.profile.api >= 4:
        gap.connected(Activity.SCANNING)
    if params is None:
        raise Refusal(NrfError.INVALID_ADDR)
    gap_limits.require_scanning(device, params)
    gap_limits.require_target(params, command.peer_addr)
    _require_known(device, command.peer_addr)
    timing = command.conn_params or gap.ppcp
    refuse_unless(radio.may_be(timing), NrfError.INVALID_PARAM)
    busy = NrfError.INVALID_STATE if device.profile.api >= 3 else NrfError.BUSY
    refuse_unless(not gap.is_doing(Activity.CONNECTING), busy)
    gap_limits.require_tag(device, tag)
    refuse_unless(gap_limits.has_room(device, Role.CENTRAL, tag), NrfError.CONN_COUNT)
    gap.connected(Activity.SCANNING)
    _require_unused(device, getattr(params, "whitelist", None))
    gap.begin(Activity.CONNECTING, device.now, params.timeout / _in_a_second(device))
    _listen(device, params)
    gap.target = None if gap.scanner.listed_only else command.peer_addr
    gap.wanted_params = radio.chosen(timing)
    gap.central_tag = tag
    return {}


def _require_known(device: DeviceState, peer: Addr | None) -> None:
    """In v3 and v4 an address that is said to be an identity has to be one that the chip knows."""
    named = peer is not None and peer.addr_id_peer and device.profile.api in (3, 4)
    refuse_unless(not named or privacy.knows(device, peer), NrfError.INVALID_PARAM)  # type: ignore[arg-type]


def connect_cancel(device: DeviceState, command: ConnectCancel) -> dict[str, object]:
    """INVALID_STATE."""
    gap_limits.require_central(device)
    device.gap.end(Activity.CONNECTING)
    return {}


def _in_a_second(device: DeviceState) -> int:
    return 100 if device.profile.api >= 6 else 1


def _listen(device: DeviceState, params: ScanParams | ScanParamsV5 | ScanParamsV2) -> None:
    listed, unresolved = gap_limits.uses_list(params), False
    match params:
        case ScanParams():
            unresolved = params.filter_policy in gap_limits.UNRESOLVED
        case ScanParamsV5():
            unresolved = bool(params.adv_dir_report)
        case _:
            _use_list(device, params.whitelist)
    share = params.window / params.interval if params.interval else 1.0
    extended = isinstance(params, ScanParams) and bool(params.extended)
    device.gap.scanner = Scanner(bool(params.active), listed, share, extended, unresolved)
    device.gap.paused, device.gap.held_report = False, None


# -- the whitelist


def whitelist_set(device: DeviceState, command: WhitelistSet) -> dict[str, object]:
    """WHITELIST_IN_USE, INVALID_BLE_ADDR, DATA_SIZE. Without a list it is cleared."""
    gap_limits.require_list(device, command.wl_addrs)
    device.gap.whitelist = _addresses(command.wl_addrs)
    return {}


def _require_unused(device: DeviceState, whitelist: Whitelist | None) -> None:
    if whitelist is not None:
        gap_limits.require_unused_list(device)


def _use_list(device: DeviceState, whitelist: Whitelist | None) -> None:
    """Up to v2 the list comes with the parameters; without one that of before goes on."""
    if whitelist is not None:
        device.gap.whitelist = _addresses(whitelist.addrs)
        device.gap.listed_irks = tuple(key.irk for key in whitelist.irks or () if key is not None)


def _addresses(listed: tuple[Addr | None, ...] | None) -> tuple[Addr, ...]:
    return tuple(address for address in listed or () if address is not None)


_CALLS: dict[str, Any] = {
    "adv_data_set": adv_data_set,
    "adv_set_configure": adv_set_configure,
    "adv_start": adv_start,
    "adv_stop": adv_stop,
    "connect": connect,
    "connect_cancel": connect_cancel,
    "scan_start": scan_start,
    "scan_stop": scan_stop,
    "whitelist_set": whitelist_set,
}
CALLS: dict[str, Any] = {f"sd_ble_gap_{name}": call for name, call in _CALLS.items()}
