"""adv_events: what is heard of advertisers and scanners, and the end of advertising."""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants.gap import AdvDataStatus, AdvTypeV5, Phy
from gatts_codec.packets.gap.structs import (
    ADDR,
    ADDR_V2,
    ADV_SET_DATA,
    ADV_SET_DATA_V6_PC,
    BLE_DATA,
    Addr,
    AdvSetData,
    BleData,
)
from gatts_codec.schema.blocks import Data, Raw, i8, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits, Count
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER, Advertised
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class AdvReportType(Message):
    """What was heard (SDK: ble_gap_adv_report_type_t), from sd_api_v6 on.

        connectable    bit 0      1: it takes connections
        scannable      bit 1      1: it answers scans
        directed       bit 2      1: it is for one device
        scan_response  bit 3      1: it is the answer to a scan
        extended_pdu   bit 4      1: it is extended advertising
        status         bits 5-6   AdvDataStatus
        reserved       bits 7-15  kept as it is

    Source: `specs/gap/adv_report_event.toml`.
    """

    connectable: int
    scannable: int
    directed: int
    scan_response: int
    extended_pdu: int
    status: Annotated[int, AdvDataStatus]
    reserved: int


@dataclass(frozen=True, slots=True, repr=False)
class AuxPointer(Message):
    """Where the rest is sent (SDK: ble_gap_aux_pointer_t).

        aux_offset  2  how long until then, in units of 30 us
        aux_phy     1  Phy

    Source: `specs/gap/adv_report_event.toml`.
    """

    aux_offset: int
    aux_phy: Annotated[int, Phy]


@dataclass(frozen=True, slots=True, repr=False)
class AdvReportEvent(Event):
    """An advertiser was heard (SDK: BLE_GAP_EVT_ADV_REPORT). Scanning waits for the next scan_start.

        conn_handle    2          none
        type           2          what was heard
        peer_addr      7          the advertiser
        direct_addr    7          for whom, where it is directed
        primary_phy    1          Phy
        secondary_phy  1          Phy, of extended advertising
        tx_power       1          as it says itself, in dBm, signed; 127: it does not
        rssi           1          dBm, signed
        ch_index       1          the channel
        set_id         1          number of the set; 0xFF: none
        data_id        bits 0-11  tells whether the data has changed
        data           7+         the data, in the buffer of scan_start
        aux_pointer    3          where the rest is sent

    Behind the event id (u16), little endian. Source: `specs/gap/adv_report_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_ADV_REPORT"
    conn_handle: Handle
    type: AdvReportType
    peer_addr: Addr
    direct_addr: Addr
    primary_phy: Annotated[int, Phy]
    secondary_phy: Annotated[int, Phy]
    tx_power: int
    rssi: int
    ch_index: int
    set_id: int
    data_id: int
    data: BleData
    aux_pointer: AuxPointer


@dataclass(frozen=True, slots=True, repr=False)
class AdvReportEventV5(Event):
    """`AdvReportEvent` as it is up to sd_api_v5.

        conn_handle  2         none
        peer_addr    7         the advertiser
        direct_addr  0..7      for whom, where it is directed. From sd_api_v3; None: before
        rssi         1         dBm, signed
        scan_rsp     bit 0     1: it is the answer to a scan
        type         bits 1-2  AdvTypeV5
        data         0+        u8 length, flag 1, at most 31 bytes; up to sd_api_v2 length in bits 3-7 before

    Behind the event id (u16), little endian. Source: `specs/gap/adv_report_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_ADV_REPORT"
    conn_handle: Handle
    peer_addr: Addr
    rssi: int
    scan_rsp: int
    type: Annotated[int, AdvTypeV5]
    data: Advertised
    direct_addr: Annotated[Addr | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class ScanReqReportEvent(Event):
    """A scanner asked (SDK: BLE_GAP_EVT_SCAN_REQ_REPORT).

        conn_handle  2     none
        adv_handle   0..1  the advertising set. From sd_api_v6; None: before
        peer_addr    7     the scanner
        rssi         1     dBm, signed

    Behind the event id (u16), little endian. Source: `specs/gap/scan_req_report_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_SCAN_REQ_REPORT"
    conn_handle: Handle
    peer_addr: Addr
    rssi: int
    adv_handle: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class AdvSetTerminatedEvent(Event):
    """Advertising has ended by itself (SDK: BLE_GAP_EVT_ADV_SET_TERMINATED), from sd_api_v6 on.

        conn_handle               2    none
        reason                    1    1: its duration is over, 2: its events are over
        adv_handle                1    the set
        num_completed_adv_events  1    how many there were
        adv_data                  12+  the buffers of the set, which are free again

    Behind the event id (u16), little endian. Source: `specs/gap/adv_set_terminated_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_ADV_SET_TERMINATED"
    conn_handle: Handle
    reason: int
    adv_handle: int
    num_completed_adv_events: int
    adv_data: AdvSetData


@dataclass(frozen=True, slots=True, repr=False)
class QosChannelSurveyReportEvent(Event):
    """How noisy channels are (SDK: BLE_GAP_EVT_QOS_CHANNEL_SURVEY_REPORT), from sd_api_v6 on.

        conn_handle     2   none
        channel_energy  40  of each of 40 channels one byte, dBm, signed

    Behind the event id (u16), little endian. Source: `specs/gap/qos_channel_survey_report_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_QOS_CHANNEL_SURVEY_REPORT"
    conn_handle: Handle
    channel_energy: bytes


_TYPE = Record(
    AdvReportType,
    Bits(u16, connectable=1, scannable=1, directed=1, scan_response=1, extended_pdu=1, status=2, reserved=9),
)
_AUX = Record(AuxPointer, named("aux_offset", u16), named("aux_phy", u8))
_RSSI = named("rssi", i8)
REPORT_V2 = Record(
    AdvReportEventV5,
    CONN_HANDLE,
    named("peer_addr", ADDR_V2),
    Absent("direct_addr"),
    _RSSI,
    Bits(scan_rsp=1, type=2, dlen=5, counts={"dlen": "data"}),
    named("data", Data("dlen", flag=None)),
)
REPORT_V5 = Record(
    AdvReportEventV5,
    CONN_HANDLE,
    named("peer_addr", ADDR),
    named("direct_addr", ADDR),
    _RSSI,
    Bits(scan_rsp=1, type=2),
    Count("dlen", u8, of="data"),
    named("data", Data("dlen", flag=Flag.FILLED, most=31)),
)
REPORT = Record(
    AdvReportEvent,
    CONN_HANDLE,
    named("type", _TYPE),
    named("peer_addr", ADDR),
    named("direct_addr", ADDR),
    named("primary_phy", u8),
    named("secondary_phy", u8),
    named("tx_power", i8),
    _RSSI,
    named("ch_index", u8),
    named("set_id", u8),
    Bits(u16, data_id=12),
    named("data", BLE_DATA),
    named("aux_pointer", _AUX),
)


def _scan_request(*first: Construct, addr: Record = ADDR) -> Record:
    return Record(ScanReqReportEvent, CONN_HANDLE, *first, named("peer_addr", addr), _RSSI)


SCAN_REQ_REPORT_V2 = _scan_request(Absent("adv_handle"), addr=ADDR_V2)
SCAN_REQ_REPORT_V5 = _scan_request(Absent("adv_handle"))
SCAN_REQ_REPORT = _scan_request(named("adv_handle", u8))


def _terminated(data: Record) -> Record:
    return Record(
        AdvSetTerminatedEvent,
        CONN_HANDLE,
        named("reason", u8),
        named("adv_handle", u8),
        named("num_completed_adv_events", u8),
        named("adv_data", data),
    )


ADV_SET_TERMINATED_V6_PC, ADV_SET_TERMINATED = map(_terminated, (ADV_SET_DATA_V6_PC, ADV_SET_DATA))
QOS_CHANNEL_SURVEY_REPORT = Record(QosChannelSurveyReportEvent, CONN_HANDLE, named("channel_energy", Raw(40)))
