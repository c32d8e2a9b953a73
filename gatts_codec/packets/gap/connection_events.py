"""connection_events: connections begin, change, and end."""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants.gap import GapTimeoutSource, GapTimeoutSourceV4, HciStatus, Phy, Role
from gatts_codec.packets.gap.radio import DATA_LENGTH, DATA_LENGTH_V4, PHYS, DataLengthParams, Phys
from gatts_codec.packets.gap.structs import (
    ADDR,
    ADDR_V2,
    ADV_SET_DATA,
    ADV_SET_DATA_V6_PC,
    BLE_DATA,
    BLE_DATA_V6_PC,
    CONN_PARAMS,
    Addr,
    AdvSetData,
    BleData,
    ConnParams,
)
from gatts_codec.schema.blocks import i8, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Absent, Record, When, named
from gatts_codec.schema.shown import LATER
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ConnectedEvent(Event):
    """A connection has begun (SDK: BLE_GAP_EVT_CONNECTED).

        conn_handle    2         the new connection
        peer_addr      7         the peer
        own_addr       0..7      the chip's address. Up to sd_api_v2; None: later
        irk_match      bit 0     1: the peer was resolved by a key. Up to sd_api_v2; None: later
        irk_match_idx  bits 1-7  by which key. Up to sd_api_v2; None: later
        role           0..1      the chip's Role. Not in s110_v8; None: there, where it is peripheral
        conn_params    8         timing of the connection
        adv_handle     0..1      the advertising set it came of. From sd_api_v6; None: before
        adv_data       0+        the buffers of that set, which are free again. From sd_api_v6; None: before

    Behind the event id (u16), little endian. Source: `specs/gap/connected_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_CONNECTED"
    conn_handle: Handle
    peer_addr: Addr
    conn_params: ConnParams
    own_addr: Annotated[Addr | None, LATER] = None
    role: Annotated[int | None, Role, LATER] = None
    irk_match: Annotated[int | None, LATER] = None
    irk_match_idx: Annotated[int | None, LATER] = None
    adv_handle: Annotated[int | None, LATER] = None
    adv_data: Annotated[AdvSetData | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class DisconnectedEvent(Event):
    """A connection has ended (SDK: BLE_GAP_EVT_DISCONNECTED).

        conn_handle  2  connection
        reason       1  HciStatus: 0x13 the peer's user, 0x16 this host, 0x08 timeout

    Behind the event id (u16), little endian. Source: `specs/gap/disconnected_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_DISCONNECTED"
    conn_handle: Handle
    reason: Annotated[int, HciStatus]


@dataclass(frozen=True, slots=True, repr=False)
class ConnParamUpdateEvent(Event):
    """A connection's timing has changed (SDK: BLE_GAP_EVT_CONN_PARAM_UPDATE).

        conn_handle  2  connection
        conn_params  8  the new timing

    Behind the event id (u16), little endian. Source: `specs/gap/conn_param_update_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_CONN_PARAM_UPDATE"
    conn_handle: Handle
    conn_params: ConnParams


@dataclass(frozen=True, slots=True, repr=False)
class ConnParamUpdateRequestEvent(Event):
    """The peer wants other timing; conn_param_update answers (SDK: BLE_GAP_EVT_CONN_PARAM_UPDATE_REQUEST).

        conn_handle  2  connection
        conn_params  8  what it wants

    Behind the event id (u16), little endian. Source: `specs/gap/conn_param_update_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_CONN_PARAM_UPDATE_REQUEST"
    conn_handle: Handle
    conn_params: ConnParams


@dataclass(frozen=True, slots=True, repr=False)
class TimeoutEvent(Event):
    """Time is over (SDK: BLE_GAP_EVT_TIMEOUT), from sd_api_v5 on.

        conn_handle        2   connection
        src                1   GapTimeoutSource: 1 scanning, 2 connecting, 3 nothing authenticated came
        adv_report_buffer  0+  of scanning: its buffer, free again. From sd_api_v6; None: other sources, or before

    Behind the event id (u16), little endian. Source: `specs/gap/timeout_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_TIMEOUT"
    conn_handle: Handle
    src: Annotated[int, GapTimeoutSource]
    adv_report_buffer: Annotated[BleData | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class TimeoutEventV4(Event):
    """`TimeoutEvent` as it is up to sd_api_v4, with other numbers.

        conn_handle  2  connection
        src          1  GapTimeoutSourceV4: 0 advertising, 2 scanning, 3 connecting

    Behind the event id (u16), little endian. Source: `specs/gap/timeout_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_TIMEOUT"
    conn_handle: Handle
    src: Annotated[int, GapTimeoutSourceV4]


@dataclass(frozen=True, slots=True, repr=False)
class RssiChangedEvent(Event):
    """The signal strength has changed (SDK: BLE_GAP_EVT_RSSI_CHANGED).

        conn_handle  2     connection
        rssi         1     dBm, signed
        ch_index     0..1  the channel. From sd_api_v6; None: before

    Behind the event id (u16), little endian. Source: `specs/gap/rssi_changed_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_RSSI_CHANGED"
    conn_handle: Handle
    rssi: int
    ch_index: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class PhyUpdateRequestEvent(Event):
    """The peer wants another radio mode; phy_update answers (SDK: BLE_GAP_EVT_PHY_UPDATE_REQUEST).

        conn_handle          2  connection
        peer_preferred_phys  2  what it wants

    Behind the event id (u16), little endian. Source: `specs/gap/phy_update_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_PHY_UPDATE_REQUEST"
    conn_handle: Handle
    peer_preferred_phys: Phys


@dataclass(frozen=True, slots=True, repr=False)
class PhyUpdateEvent(Event):
    """The radio mode has changed (SDK: BLE_GAP_EVT_PHY_UPDATE).

        conn_handle  2  connection
        status       1  HciStatus: 0 success
        tx_phy       1  Phy to the peer
        rx_phy       1  Phy from the peer

    Behind the event id (u16), little endian. Source: `specs/gap/phy_update_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_PHY_UPDATE"
    conn_handle: Handle
    status: Annotated[int, HciStatus]
    tx_phy: Annotated[int, Phy]
    rx_phy: Annotated[int, Phy]


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthUpdateRequestEvent(Event):
    """The peer wants another packet length; data_length_update answers (SDK: BLE_GAP_EVT_DATA_LENGTH_UPDATE_REQUEST).

        conn_handle  2     connection
        peer_params  6..8  what it wants

    Behind the event id (u16), little endian. Source: `specs/gap/data_length_update_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_DATA_LENGTH_UPDATE_REQUEST"
    conn_handle: Handle
    peer_params: DataLengthParams


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthUpdateEvent(Event):
    """The packet length has changed (SDK: BLE_GAP_EVT_DATA_LENGTH_UPDATE).

        conn_handle       2     connection
        effective_params  6..8  the new length

    Behind the event id (u16), little endian. Source: `specs/gap/data_length_update_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_DATA_LENGTH_UPDATE"
    conn_handle: Handle
    effective_params: DataLengthParams


_PARAMS = named("conn_params", CONN_PARAMS)
_PEER_V2 = named("peer_addr", ADDR_V2), named("own_addr", ADDR_V2)
_MATCH = Bits(irk_match=1, irk_match_idx=7)
_NO_SET = Absent("adv_handle", "adv_data")
_ONLY_EARLY = Absent("own_addr", "irk_match", "irk_match_idx")
CONNECTED_S110 = Record(ConnectedEvent, CONN_HANDLE, *_PEER_V2, Absent("role"), _MATCH, _PARAMS, _NO_SET)
CONNECTED_V2 = Record(ConnectedEvent, CONN_HANDLE, *_PEER_V2, named("role", u8), _MATCH, _PARAMS, _NO_SET)


def _connected(*of_the_set: Construct) -> Record:
    peer = named("peer_addr", ADDR)
    return Record(ConnectedEvent, CONN_HANDLE, peer, _ONLY_EARLY, named("role", u8), _PARAMS, *of_the_set)


_ADV_HANDLE = named("adv_handle", u8)
CONNECTED_V5 = _connected(_NO_SET)
CONNECTED_V6_PC = _connected(_ADV_HANDLE, named("adv_data", ADV_SET_DATA_V6_PC))
CONNECTED = _connected(_ADV_HANDLE, named("adv_data", ADV_SET_DATA))
DISCONNECTED = Record(DisconnectedEvent, CONN_HANDLE, named("reason", u8))
CONN_PARAM_UPDATE = Record(ConnParamUpdateEvent, CONN_HANDLE, _PARAMS)
CONN_PARAM_UPDATE_REQUEST = Record(ConnParamUpdateRequestEvent, CONN_HANDLE, _PARAMS)


def _timeout(buffer: Construct) -> Record:
    return Record(TimeoutEvent, CONN_HANDLE, named("src", u8), buffer)


TIMEOUT_V4 = Record(TimeoutEventV4, CONN_HANDLE, named("src", u8))
TIMEOUT_V5 = _timeout(Absent("adv_report_buffer"))
TIMEOUT_V6_PC = _timeout(When("src", GapTimeoutSource.SCAN, named("adv_report_buffer", BLE_DATA_V6_PC)))
TIMEOUT = _timeout(When("src", GapTimeoutSource.SCAN, named("adv_report_buffer", BLE_DATA)))
RSSI_CHANGED_V5 = Record(RssiChangedEvent, CONN_HANDLE, named("rssi", i8), Absent("ch_index"))
RSSI_CHANGED = Record(RssiChangedEvent, CONN_HANDLE, named("rssi", i8), named("ch_index", u8))

PHY_UPDATE_REQUEST = Record(PhyUpdateRequestEvent, CONN_HANDLE, named("peer_preferred_phys", PHYS))
PHY_UPDATE = Record(
    PhyUpdateEvent, CONN_HANDLE, named("status", u8), named("tx_phy", u8), named("rx_phy", u8)
)
DATA_LENGTH_UPDATE_REQUEST_V4 = Record(
    DataLengthUpdateRequestEvent, CONN_HANDLE, named("peer_params", DATA_LENGTH_V4)
)
DATA_LENGTH_UPDATE_REQUEST = Record(
    DataLengthUpdateRequestEvent, CONN_HANDLE, named("peer_params", DATA_LENGTH)
)
DATA_LENGTH_UPDATE_V4 = Record(DataLengthUpdateEvent, CONN_HANDLE, named("effective_params", DATA_LENGTH_V4))
DATA_LENGTH_UPDATE = Record(DataLengthUpdateEvent, CONN_HANDLE, named("effective_params", DATA_LENGTH))
