"""exchange_mtu_request: ask a peer for a larger MTU. EXCHANGE_MTU_RSP answers. Since sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ExchangeMtuRequest(Command["ExchangeMtuRequestResponse"]):
    """Ask a peer for a larger MTU, once in a connection (SDK: sd_ble_gattc_exchange_mtu_request).

        conn_handle    2  connection
        client_rx_mtu  2  this end's ATT MTU in bytes, 23 to the configured maximum. The smaller of both is used

    Behind the opcode (u8), little endian. Source: `specs/gattc/exchange_mtu_request.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_exchange_mtu_request"
    conn_handle: Handle
    client_rx_mtu: int


class ExchangeMtuRequestResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_exchange_mtu_request"


COMMAND = Record(ExchangeMtuRequest, CONN_HANDLE, named("client_rx_mtu", u16))
RESPONSE = response(ExchangeMtuRequestResponse)
