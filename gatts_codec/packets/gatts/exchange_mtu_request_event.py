"""exchange_mtu_request: the peer asks for an MTU: call exchange_mtu_reply. Since sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ExchangeMtuRequestEvent(Event):
    """The peer asks for an MTU: call exchange_mtu_reply. Since sd_api_v3 (SDK: BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST).

        conn_handle    2  connection
        client_rx_mtu  2  the peer's ATT MTU in bytes

    Behind the event id (u16), little endian. Source: `specs/gatts/exchange_mtu_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST"
    conn_handle: Handle
    client_rx_mtu: int


EVENT = Record(ExchangeMtuRequestEvent, CONN_HANDLE, named("client_rx_mtu", u16))
