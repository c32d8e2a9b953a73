"""exchange_mtu_reply: answer a peer's request for a larger MTU. Since sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ExchangeMtuReply(Command["ExchangeMtuReplyResponse"]):
    """Reply to an MTU exchange request (SDK: sd_ble_gatts_exchange_mtu_reply).

        conn_handle    2  connection
        server_rx_mtu  2  the server's ATT MTU in bytes, 23 to the configured maximum. The smaller of both ends' is then
                          used

    Behind the opcode (u8), little endian. Source: `specs/gatts/exchange_mtu_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_exchange_mtu_reply"
    conn_handle: Handle
    server_rx_mtu: int


class ExchangeMtuReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gatts_exchange_mtu_reply"


COMMAND = Record(ExchangeMtuReply, CONN_HANDLE, named("server_rx_mtu", u16))
RESPONSE = response(ExchangeMtuReplyResponse)
