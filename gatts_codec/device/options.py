"""Options: opt_set and opt_get. Those that nobody could notice here are checked, and have no effect."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import ConnBandwidth, Role
from gatts_codec.device import privacy
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.link_state import SHORTEST
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.opt import OptGet, OptSet
from gatts_codec.packets.common.options import (
    AuthPayloadTimeoutOpt,
    ChMapOpt,
    CompatMode1Opt,
    CompatMode2Opt,
    CompatModeOpt,
    ConnBandwidthOpt,
    ExtLenOpt,
    LocalConnLatencyOpt,
    PasskeyOpt,
    PrivacyOpt,
    ScanReqReportOpt,
    SlaveLatencyDisableOpt,
)

_PAYLOAD_TIMEOUTS = range(1, 48001)  # in units of 10 ms
_PAYLOAD_SIZES = (0, *range(27, 252))
_DATA_CHANNELS, _LEAST_CHANNELS = 37, 2
_CHANNELS_S = 1.0  # how long a map of channels stays at least
_BANDWIDTHS = set(ConnBandwidth) - {ConnBandwidth.INVALID}
_PASSKEY_DIGITS = 6


def opt_set(device: DeviceState, command: OptSet) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM, INVALID_CONN_HANDLE, INVALID_ROLE, INVALID_STATE, NOT_SUPPORTED, BUSY."""
    opt = required(command.opt)
    _require(device, opt)
    match opt:
        case ConnBandwidthOpt(role=role, conn_bw=both):
            device.bandwidths[Role(role)] = ConnBandwidth(both.conn_bw_tx)
        case ExtLenOpt(rxtx_max_pdu_payload_size=size):
            device.longest_packet = size or SHORTEST
        case ChMapOpt():
            device.gap.channels_since = device.now
        case PasskeyOpt(passkey=digits):
            device.gap.passkey = digits
        case PrivacyOpt():
            privacy.set_option(device, opt)
        case ScanReqReportOpt(enable=tells):
            device.gap.tells_requests = bool(tells)
    return {}


def _require(device: DeviceState, opt: object) -> None:
    gap, fits = device.gap, True
    match opt:
        case ConnBandwidthOpt(role=role, conn_bw=both):
            refuse_unless(
                role in (Role.PERIPH, Role.CENTRAL), device.profile.constants["BLE_ERROR_INVALID_ROLE"]
            )
            fits = {both.conn_bw_rx, both.conn_bw_tx} <= _BANDWIDTHS
        case ChMapOpt(ch_map=channels):
            refuse_unless(device.dialect.can_be_central, NrfError.NOT_SUPPORTED)
            late = device.profile.api >= 6
            refuse_unless(not late or _may_be_used(channels), NrfError.INVALID_PARAM)
            refuse_unless(not late or device.now - gap.channels_since >= _CHANNELS_S, NrfError.BUSY)
        case PasskeyOpt(passkey=digits):
            fits = digits is None or (len(digits) == _PASSKEY_DIGITS and digits.isdigit())
        case ExtLenOpt(rxtx_max_pdu_payload_size=size):
            fits = size in _PAYLOAD_SIZES
        case ScanReqReportOpt():
            refuse_unless(not gap.advertising, NrfError.INVALID_STATE)
        case CompatModeOpt() | CompatMode1Opt():
            refuse_unless(not gap.is_doing(Activity.CONNECTING), NrfError.INVALID_STATE)
        case CompatMode2Opt(enable=enable):
            refuse_unless(enable, NrfError.INVALID_PARAM)
            refuse_unless(gap.is_idle and not len(device.connections), NrfError.INVALID_STATE)
        case AuthPayloadTimeoutOpt() | LocalConnLatencyOpt() | SlaveLatencyDisableOpt():
            device.connections.require(opt.conn_handle)
            if isinstance(opt, AuthPayloadTimeoutOpt):
                fits = opt.auth_payload_timeout in _PAYLOAD_TIMEOUTS
    refuse_unless(fits, NrfError.INVALID_PARAM)


def _may_be_used(channels: bytes) -> bool:
    """Two data channels at least, and none of those for advertising."""
    bits = int.from_bytes(channels, "little")
    return not bits >> _DATA_CHANNELS and bits.bit_count() >= _LEAST_CHANNELS


def opt_get(device: DeviceState, command: OptGet) -> dict[str, object]:
    """INVALID_ADDR, NOT_SUPPORTED: but for privacy, up to v2, there are none to be read."""
    refuse_unless(command.opt_present, NrfError.INVALID_ADDR)
    readable = command.opt_id == device.profile.constants.get("BLE_GAP_OPT_PRIVACY")
    refuse_unless(readable, NrfError.NOT_SUPPORTED)
    return {"opt": privacy.option(device)}


CALLS: dict[str, Any] = {"sd_ble_opt_set": opt_set, "sd_ble_opt_get": opt_get}
