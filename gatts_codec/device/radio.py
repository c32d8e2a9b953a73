"""A chip's radio: advertising events as they are due, and what becomes of those that are heard.

Without an air nothing is sent and nothing heard. One event at a time: a clock that jumps loses the events between.
"""

from __future__ import annotations

from dataclasses import replace

from gatts_codec.constants.gap import AddrType, AdvFilterPolicy, Role
from gatts_codec.device import events, gap_limits, privacy
from gatts_codec.device.ether import AdvPdu, ConnectRequest
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.structs import Addr, ConnParams

_INTERVAL_UNLESS_SAID = 24  # 30 ms
_TIMEOUT_UNLESS_SAID = 400  # 4 s
_NO_WISH = 0xFFFF
_INTERVALS, _TIMEOUTS, _MOST_LATENCY = range(6, 3201), range(10, 3201), 499


def may_be(params: ConnParams) -> bool:
    """Whether a connection may be timed so; 0xFFFF is no wish."""
    least, most, latency = params.min_conn_interval, params.max_conn_interval, params.slave_latency
    timeout = params.conn_sup_timeout
    wishes = _NO_WISH in (least, most, timeout)
    return (
        all(each in _INTERVALS or each == _NO_WISH for each in (least, most))
        and (timeout in _TIMEOUTS or timeout == _NO_WISH)
        and latency <= _MOST_LATENCY
        and (wishes or (least <= most and timeout * 4 > (1 + latency) * most))
    )


# -- the advertiser


def next_deadline(device: DeviceState) -> float | None:
    """When the next advertising event is due."""
    return device.gap.next_adv_event if device.ether is not None and device.gap.advertising else None


def tick(device: DeviceState) -> None:
    """Send the advertising event that is due."""
    due, advertiser = next_deadline(device), device.gap.advertiser
    if due is None or due > device.now or device.ether is None:
        return
    device.gap.next_adv_event = device.now + advertiser.interval_s + device.ether.delay()
    device.gap.adv_events += 1
    device.ether.broadcast(device, _pdu(device, scan_response=False))
    if device.gap.advertising and device.gap.adv_events == advertiser.max_events:
        device.gap.end(Activity.ADVERTISING)
        device.emit(events.set_terminated(device, events.SET_EVENTS_OVER))


def _pdu(device: DeviceState, *, scan_response: bool) -> AdvPdu:
    gap, advertiser = device.gap, device.gap.advertiser
    data = gap.advertised[scan_response]
    return AdvPdu(
        privacy.air_address(device),
        advertiser.connectable,
        advertiser.scannable,
        privacy.target_on_air(device, advertiser.target),
        data,
        scan_response,
        advertiser.extension,
    )


def answer_scan(device: DeviceState, scanner: Addr, rssi: int) -> AdvPdu | None:
    """The scan response, unless the advertiser has none for this scanner."""
    gap = device.gap
    policies = (AdvFilterPolicy.FILTER_SCANREQ, AdvFilterPolicy.FILTER_BOTH)
    if not gap.advertising or not gap.advertiser.scannable or not _passes(device, scanner, *policies):
        return None
    if gap.advertiser.tells_requests:
        device.emit(events.scan_requested(device, scanner, rssi))
    return _pdu(device, scan_response=True)


def takes_connection(device: DeviceState, request: ConnectRequest) -> bool:
    """Whether the advertiser takes this connection."""
    gap = device.gap
    policies = (AdvFilterPolicy.FILTER_CONNREQ, AdvFilterPolicy.FILTER_BOTH)
    return (
        gap.advertising
        and gap.advertiser.connectable
        and (
            gap.advertiser.target is None or privacy.is_the(device, gap.advertiser.target, request.initiator)
        )
        and not privacy.ignores(device, request.initiator)
        and _passes(device, request.initiator, *policies)
        and gap_limits.has_room(device, Role.PERIPH, gap.tag)
    )


def _passes(device: DeviceState, address: Addr, *policies: AdvFilterPolicy) -> bool:
    return device.gap.advertiser.policy not in policies or privacy.lists(device, address)


# -- scanner and initiator


def hear(device: DeviceState, pdu: AdvPdu, rssi: int) -> None:
    """An advertiser is in reach."""
    gap, ether = device.gap, device.ether
    assert ether is not None
    if not ether.listens(gap.scanner.share) or privacy.ignores(device, pdu.address):
        return
    if pdu.extension is not None and not gap.scanner.extended:
        return
    if gap.is_doing(Activity.CONNECTING):
        _initiate(device, pdu)
    elif gap.is_doing(Activity.SCANNING) and not gap.paused and _is_wanted(device, pdu):
        device.emit(events.adv_report(device, pdu, rssi))
        gap.paused = device.profile.api >= 6
        answer = ether.request_scan(device, pdu.address) if gap.scanner.active and pdu.scannable else None
        if answer is not None and gap.paused:
            gap.held_report = answer, rssi
        elif answer is not None:
            device.emit(events.adv_report(device, answer, rssi))


def resume(device: DeviceState) -> None:
    """The host has a buffer again: the scan response that was held back comes first."""
    gap = device.gap
    gap.paused = False
    if gap.held_report is not None:
        answer, rssi = gap.held_report
        gap.held_report, gap.paused = None, True
        device.emit(events.adv_report(device, answer, rssi))


def _is_wanted(device: DeviceState, pdu: AdvPdu) -> bool:
    scanner, target = device.gap.scanner, pdu.target
    listed = not scanner.listed_only or privacy.lists(device, pdu.address)
    if target is None or privacy.is_own(device, target):
        return listed
    hidden = scanner.unresolved and target.addr_type == AddrType.RANDOM_PRIVATE_RESOLVABLE
    return hidden and (listed or device.profile.api < 6)


def _initiate(device: DeviceState, pdu: AdvPdu) -> None:
    gap = device.gap
    wanted = gap.target is None and privacy.lists(device, pdu.address)
    if gap.target is not None:
        wanted = privacy.is_the(device, gap.target, pdu.address)
    if not wanted or not pdu.connectable or device.ether is None:
        return
    request = ConnectRequest(privacy.air_address(device), pdu.address, gap.wanted_params, gap.central_tag)
    device.ether.request_connection(device, request)


def chosen(params: ConnParams) -> ConnParams:
    """The timing that a central makes of wishes: the longest interval."""
    interval = params.max_conn_interval
    interval = _INTERVAL_UNLESS_SAID if interval == _NO_WISH else interval
    timeout = _TIMEOUT_UNLESS_SAID if params.conn_sup_timeout == _NO_WISH else params.conn_sup_timeout
    return replace(params, min_conn_interval=interval, max_conn_interval=interval, conn_sup_timeout=timeout)
