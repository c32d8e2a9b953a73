"""options: the structures that opt_set and opt_get carry, and their ids in each dialect."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from gatts_codec.constants.gap import ConnBandwidth, Role
from gatts_codec.packets.gap.structs import IRK, Irk
from gatts_codec.schema.blocks import Presence, Raw, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.shown import Key
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ConnBandwidthOpt(Message):
    """A role's bandwidth (SDK: ble_common_opt_conn_bw_t), in sd_api_v2 and v3.

        role     1  Role: 1 peripheral, 2 central
        conn_bw  2  of connections that begin from now on

    Source: `specs/common/opt_set.toml`.
    """

    role: Annotated[int, Role]
    conn_bw: ConnBandwidthPair


@dataclass(frozen=True, slots=True, repr=False)
class ConnBandwidthPair(Message):
    """Bandwidth of both directions (SDK: ble_conn_bw_t).

        conn_bw_rx  1  ConnBandwidth from the peer
        conn_bw_tx  1  ConnBandwidth to the peer; stands first in the C structure

    Source: `specs/common/opt_set.toml`.
    """

    conn_bw_rx: Annotated[int, ConnBandwidth]
    conn_bw_tx: Annotated[int, ConnBandwidth]


@dataclass(frozen=True, slots=True, repr=False)
class RadioCpuMutexOpt(Message):
    """Whether the CPU waits for the radio (SDK: ble_common_opt_radio_cpu_mutex_t), in s110_v8 and s130_v1.

        enable  bit 0  1: it does

    Source: `specs/common/opt_set.toml`.
    """

    enable: int


@dataclass(frozen=True, slots=True, repr=False)
class AmplifierCfg(Message):
    """A pin that switches an amplifier (SDK: ble_pa_lna_cfg_t).

        enable       bit 0     1: it is used
        active_high  bit 1     1: high switches it on
        gpio_pin     bits 2-7  number of the pin

    Source: `specs/common/opt_set.toml`.
    """

    enable: int = 0
    active_high: int = 0
    gpio_pin: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class PaLnaOpt(Message):
    """Amplifiers for sending and receiving (SDK: ble_common_opt_pa_lna_t), from sd_api_v3 on.

        pa_cfg         1  for sending
        lna_cfg        1  for receiving
        ppi_ch_id_set  1  PPI channel that sets the pin
        ppi_ch_id_clr  1  PPI channel that clears the pin
        gpiote_ch_id   1  GPIOTE channel

    Source: `specs/common/opt_set.toml`.
    """

    pa_cfg: AmplifierCfg
    lna_cfg: AmplifierCfg
    ppi_ch_id_set: int
    ppi_ch_id_clr: int
    gpiote_ch_id: int


@dataclass(frozen=True, slots=True, repr=False)
class ConnEvtExtOpt(Message):
    """Whether connection events may grow (SDK: ble_common_opt_conn_evt_ext_t), from sd_api_v3 on.

        enable  bit 0  1: they may

    Source: `specs/common/opt_set.toml`.
    """

    enable: int


@dataclass(frozen=True, slots=True, repr=False)
class ChMapOpt(Message):
    """Channels of a connection as central (SDK: ble_gap_opt_ch_map_t).

        conn_handle  2  connection
        ch_map       5  one bit a channel, 37 of them

    Source: `specs/common/opt_set.toml`.
    """

    conn_handle: Handle
    ch_map: bytes


@dataclass(frozen=True, slots=True, repr=False)
class LocalConnLatencyOpt(Message):
    """How many events this peripheral leaves out (SDK: ble_gap_opt_local_conn_latency_t).

        conn_handle        2     connection
        requested_latency  2     at most so many
        actual_latency     1..3  presence flag, then what came of it; None: flag alone

    Source: `specs/common/opt_set.toml`.
    """

    conn_handle: Handle
    requested_latency: int
    actual_latency: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyOpt(Message):
    """A passkey that does not change (SDK: ble_gap_opt_passkey_t).

        passkey  1..7  presence flag, then six digits in ASCII; None: flag alone, a new one for each pairing

    Source: `specs/common/opt_set.toml`.
    """

    passkey: Key | None


@dataclass(frozen=True, slots=True, repr=False)
class PrivacyOpt(Message):
    """A private address (SDK: ble_gap_opt_privacy_t), up to sd_api_v2.

        irk         1..17  presence flag, then Irk; None: flag alone, the chip's own key
        interval_s  2      how long an address lasts, in s

    Source: `specs/common/opt_set.toml`.
    """

    irk: Irk | None
    interval_s: int


@dataclass(frozen=True, slots=True, repr=False)
class ScanReqReportOpt(Message):
    """Whether requests of scanners are reported (SDK: ble_gap_opt_scan_req_report_t), up to sd_api_v5.

        enable  bit 0  1: they are

    Source: `specs/common/opt_set.toml`.
    """

    enable: int


@dataclass(frozen=True, slots=True, repr=False)
class CompatModeOpt(Message):
    """For peers that cannot bear a connection's parameters to change (SDK: ble_gap_opt_compat_mode_t), up to sd_api_v3.

        mode_1_enable  bit 0  1: they stay as they are

    Source: `specs/common/opt_set.toml`.
    """

    mode_1_enable: int


@dataclass(frozen=True, slots=True, repr=False)
class CompatMode1Opt(Message):
    """The same (SDK: ble_gap_opt_compat_mode_1_t), from sd_api_v4 on.

        enable  bit 0  1: they stay as they are

    Source: `specs/common/opt_set.toml`.
    """

    enable: int


@dataclass(frozen=True, slots=True, repr=False)
class CompatMode2Opt(Message):
    """For peers with old packet length requests (SDK: ble_gap_opt_compat_mode_2_t), in sd_api_v4.

        enable  bit 0  1: on

    Source: `specs/common/opt_set.toml`.
    """

    enable: int


@dataclass(frozen=True, slots=True, repr=False)
class AuthPayloadTimeoutOpt(Message):
    """How long nothing authenticated may come (SDK: ble_gap_opt_auth_payload_timeout_t), from sd_api_v3 on.

        conn_handle           2  connection
        auth_payload_timeout  2  in units of 10 ms

    Source: `specs/common/opt_set.toml`.
    """

    conn_handle: Handle
    auth_payload_timeout: int


@dataclass(frozen=True, slots=True, repr=False)
class ExtLenOpt(Message):
    """The longest packet payload of all links (SDK: ble_gap_opt_ext_len_t), in sd_api_v3.

        rxtx_max_pdu_payload_size  1  in bytes

    Source: `specs/common/opt_set.toml`.
    """

    rxtx_max_pdu_payload_size: int


@dataclass(frozen=True, slots=True, repr=False)
class SlaveLatencyDisableOpt(Message):
    """Whether this peripheral leaves out events at all (SDK: ble_gap_opt_slave_latency_disable_t), from sd_api_v4 on.

        conn_handle  2      connection
        disable      bit 0  1: it does not

    Source: `specs/common/opt_set.toml`.
    """

    conn_handle: Handle
    disable: int


Opt: TypeAlias = (
    ConnBandwidthOpt
    | RadioCpuMutexOpt
    | PaLnaOpt
    | ConnEvtExtOpt
    | ChMapOpt
    | LocalConnLatencyOpt
    | PasskeyOpt
    | PrivacyOpt
    | ScanReqReportOpt
    | CompatModeOpt
    | CompatMode1Opt
    | CompatMode2Opt
    | AuthPayloadTimeoutOpt
    | ExtLenOpt
    | SlaveLatencyDisableOpt
)

_ENABLE = Bits(enable=1)
_BANDWIDTHS = Record(ConnBandwidthPair, named("conn_bw_rx", u8), named("conn_bw_tx", u8))
_CONN_BW = Record(ConnBandwidthOpt, named("role", u8), named("conn_bw", _BANDWIDTHS))
_AMPLIFIER = Record(AmplifierCfg, Bits(enable=1, active_high=1, gpio_pin=6))
_PA_LNA = Record(
    PaLnaOpt,
    named("pa_cfg", _AMPLIFIER),
    named("lna_cfg", _AMPLIFIER),
    named("ppi_ch_id_set", u8),
    named("ppi_ch_id_clr", u8),
    named("gpiote_ch_id", u8),
)
_CONN_EVT_EXT = Record(ConnEvtExtOpt, _ENABLE)
_SCAN_REQ_REPORT = Record(ScanReqReportOpt, _ENABLE)
_COMPAT_MODE = Record(CompatModeOpt, Bits(mode_1_enable=1))
_COMPAT_MODE_1 = Record(CompatMode1Opt, _ENABLE)
_AUTH_PAYLOAD_TIMEOUT = Record(AuthPayloadTimeoutOpt, CONN_HANDLE, named("auth_payload_timeout", u16))
_SLAVE_LATENCY_DISABLE = Record(SlaveLatencyDisableOpt, CONN_HANDLE, Bits(disable=1))

_ALWAYS = {
    0x20: Record(ChMapOpt, CONN_HANDLE, named("ch_map", Raw(5))),
    0x21: Record(
        LocalConnLatencyOpt,
        CONN_HANDLE,
        named("requested_latency", u16),
        named("actual_latency", Presence(u16)),
    ),
    0x22: Record(PasskeyOpt, named("passkey", Presence(Raw(6), Flag.DATA))),
}
_EARLY = {
    **_ALWAYS,
    0x23: Record(PrivacyOpt, named("irk", Presence(IRK)), named("interval_s", u16)),
    0x24: _SCAN_REQ_REPORT,
    0x25: _COMPAT_MODE,
}
OPTIONS_V1 = {0x01: Record(RadioCpuMutexOpt, _ENABLE), **_EARLY}
OPTIONS_V2 = {0x01: _CONN_BW, **_EARLY}
OPTIONS_V3 = {
    0x01: _CONN_BW,
    0x02: _PA_LNA,
    0x03: _CONN_EVT_EXT,
    **_ALWAYS,
    0x23: _SCAN_REQ_REPORT,
    0x24: _COMPAT_MODE,
    0x25: _AUTH_PAYLOAD_TIMEOUT,
    0x26: Record(ExtLenOpt, named("rxtx_max_pdu_payload_size", u8)),
}
# Ids move with each version: 0x25 and 0x26 mean something else in v3, v4 and v5.
_LATE = {0x01: _PA_LNA, 0x02: _CONN_EVT_EXT, **_ALWAYS}
OPTIONS_V4 = {
    **_LATE,
    0x23: _SCAN_REQ_REPORT,
    0x24: _COMPAT_MODE_1,
    0x25: Record(CompatMode2Opt, _ENABLE),
    0x26: _AUTH_PAYLOAD_TIMEOUT,
    0x27: _SLAVE_LATENCY_DISABLE,
}
OPTIONS_V5 = {
    **_LATE,
    0x23: _SCAN_REQ_REPORT,
    0x24: _COMPAT_MODE_1,
    0x25: _AUTH_PAYLOAD_TIMEOUT,
    0x26: _SLAVE_LATENCY_DISABLE,
}
OPTIONS_V6 = {**_LATE, 0x23: _COMPAT_MODE_1, 0x24: _AUTH_PAYLOAD_TIMEOUT, 0x25: _SLAVE_LATENCY_DISABLE}
