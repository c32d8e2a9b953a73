"""scan: look for advertisers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import Phy, ScanFilterPolicy
from gatts_codec.packets.gap.structs import (
    BLE_DATA,
    BLE_DATA_V6_PC,
    CHANNEL_MASK,
    WHITELIST,
    BleData,
    Whitelist,
)
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command, Message
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class ScanParams(Message):
    """How to scan (SDK: ble_gap_scan_params_t), from sd_api_v6 on.

        extended                bit 0     1: extended advertising too
        report_incomplete_evts  bit 1     1: reports that are not complete too
        active                  bit 2     1: ask for scan responses
        filter_policy           bits 3-4  ScanFilterPolicy
        scan_phys               1         Phy, several together
        channel_mask            1..6      flag, then one bit for each channel that is not used; None: flag alone
        interval                2         in units of 0.625 ms
        window                  2         how long of each interval, in units of 0.625 ms
        timeout                 2         in units of 10 ms; 0: until it is stopped

    Source: `specs/gap/scan_start.toml`.
    """

    extended: int = 0
    report_incomplete_evts: int = 0
    active: int = 0
    filter_policy: Annotated[int, ScanFilterPolicy] = ScanFilterPolicy.ACCEPT_ALL
    scan_phys: Annotated[int, Phy] = Phy.MBPS_1
    channel_mask: bytes | None = bytes(5)
    interval: int = 160
    window: int = 80
    timeout: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class ScanParamsV5(Message):
    """`ScanParams` from sd_api_v3 to v5.

        active          bit 0  1: ask for scan responses
        use_whitelist   bit 1  1: report advertisers of the whitelist alone
        adv_dir_report  bit 2  1: report directed advertising to addresses that cannot be resolved
        interval        2      in units of 0.625 ms
        window          2      how long of each interval, in units of 0.625 ms
        timeout         2      in s; 0: until it is stopped

    Source: `specs/gap/scan_start.toml`.
    """

    active: int = 0
    use_whitelist: int = 0
    adv_dir_report: int = 0
    interval: int = 160
    window: int = 80
    timeout: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class ScanParamsV2(Message):
    """`ScanParams` up to sd_api_v2.

        active     bit 0     1: ask for scan responses
        selective  bits 1-7  1: report advertisers of the whitelist alone; in s110_v8 and s130_v1 bit 1 alone
        whitelist  1+        presence flag, then Whitelist; None: flag alone
        interval   2         in units of 0.625 ms
        window     2         how long of each interval, in units of 0.625 ms
        timeout    2         in s; 0: until it is stopped

    Source: `specs/gap/scan_start.toml`.
    """

    active: int = 0
    selective: int = 0
    whitelist: Whitelist | None = None
    interval: int = 160
    window: int = 80
    timeout: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class ScanStart(Command["ScanStartResponse"]):
    """Start scanning, or go on (SDK: sd_ble_gap_scan_start).

        scan_params        1..15  presence flag, then ScanParams; None: flag alone, go on after a report
        adv_report_buffer  1+     presence flag, then where reports go; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/scan_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_scan_start"
    scan_params: ScanParams | None
    adv_report_buffer: BleData | None


@dataclass(frozen=True, slots=True, repr=False)
class ScanStartV5(Command["ScanStartResponse"]):
    """`ScanStart` as it is up to sd_api_v5, without a buffer.

        scan_params  1+  presence flag, then ScanParamsV5, or ScanParamsV2 up to sd_api_v2; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/scan_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_scan_start"
    scan_params: ScanParamsV5 | ScanParamsV2 | None


class ScanStartResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_scan_start"


@dataclass(frozen=True, slots=True, repr=False)
class ScanStop(Command["ScanStopResponse"]):
    """Stop scanning (SDK: sd_ble_gap_scan_stop).

    Nothing behind the opcode (u8). Source: `specs/gap/scan_stop.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_scan_stop"


class ScanStopResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_scan_stop"


_TIMES = named("interval", u16), named("window", u16), named("timeout", u16)
_WHITELIST = named("whitelist", Presence(WHITELIST))
SCAN_PARAMS_V1 = Record(ScanParamsV2, Bits(active=1, selective=1), _WHITELIST, *_TIMES)
SCAN_PARAMS_V2 = Record(ScanParamsV2, Bits(active=1, selective=7), _WHITELIST, *_TIMES)
SCAN_PARAMS_V5 = Record(ScanParamsV5, Bits(active=1, use_whitelist=1, adv_dir_report=1), *_TIMES)
SCAN_PARAMS = Record(
    ScanParams,
    Bits(extended=1, report_incomplete_evts=1, active=1, filter_policy=2),
    named("scan_phys", u8),
    named("channel_mask", CHANNEL_MASK),
    *_TIMES,
)


def _early(params: Record) -> Record:
    return Record(ScanStartV5, named("scan_params", Presence(params)))


START_V1, START_V2, START_V5 = map(_early, (SCAN_PARAMS_V1, SCAN_PARAMS_V2, SCAN_PARAMS_V5))
START = Record(
    ScanStart, named("scan_params", Presence(SCAN_PARAMS)), named("adv_report_buffer", Presence(BLE_DATA))
)
START_V6_PC = Record(
    ScanStart,
    named("scan_params", Presence(SCAN_PARAMS)),
    named("adv_report_buffer", Presence(BLE_DATA_V6_PC)),
)
START_RESPONSE = response(ScanStartResponse)
STOP = Record(ScanStop, tolerates_trailing=True)
STOP_RESPONSE = response(ScanStopResponse)
