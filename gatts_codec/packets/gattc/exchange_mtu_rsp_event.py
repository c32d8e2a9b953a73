"""exchange_mtu_rsp: the peer's MTU. Answers exchange_mtu_request. Since sd_api_v3."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class ExchangeMtuRspEvent(Event):
    """The peer's MTU (SDK: BLE_GATTC_EVT_EXCHANGE_MTU_RSP).

        conn_handle    2  connection
        gatt_status    2  GattStatus: 0 success, 0x01xx ATT error xx
        error_handle   2  the attribute that the error is about; 0 without one
        server_rx_mtu  2  the peer's ATT MTU in bytes. The smaller of both ends' is now used

    Behind the event id (u16), little endian. Source: `specs/gattc/exchange_mtu_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_EXCHANGE_MTU_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    server_rx_mtu: int


EVENT = Record(ExchangeMtuRspEvent, *ANSWER, named("server_rx_mtu", u16))
