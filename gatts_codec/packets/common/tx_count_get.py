"""tx_count_get: how many packets the chip can still take for sending, up to sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class TxPacketCountGet(Command["TxPacketCountGetResponse"]):
    """Ask for a connection's free packets (SDK: sd_ble_tx_packet_count_get), in sd_api_v2 and v3.

        conn_handle    2  connection
        count_present  1  whether the number is wanted

    Behind the opcode (u8), little endian. Source: `specs/common/tx_packet_count_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_tx_packet_count_get"
    conn_handle: Handle
    count_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class TxPacketCountGetResponse(Response):
    """How many packets are free.

        result  4     0 success; anything else ends the packet here
        count   1..2  presence flag, then the number; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/common/tx_packet_count_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_tx_packet_count_get"
    result: Result
    count: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class TxBufferCountGet(Command["TxBufferCountGetResponse"]):
    """Ask for the chip's free buffers (SDK: sd_ble_tx_buffer_count_get), in s110_v8 and s130_v1.

        count_present  1  whether the number is wanted

    Behind the opcode (u8), little endian. Source: `specs/common/tx_buffer_count_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_tx_buffer_count_get"
    count_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class TxBufferCountGetResponse(Response):
    """How many buffers are free.

        result  4     0 success; anything else ends the packet here
        count   1..2  presence flag, then the number; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/common/tx_buffer_count_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_tx_buffer_count_get"
    result: Result
    count: int | None = None


COUNT_PRESENT = named("count_present", Given())
COUNT = named("count", Presence(u8))

COMMAND = Record(TxPacketCountGet, CONN_HANDLE, COUNT_PRESENT)
RESPONSE = response(TxPacketCountGetResponse, COUNT)
BUFFER_COMMAND = Record(TxBufferCountGet, COUNT_PRESENT)
BUFFER_RESPONSE = response(TxBufferCountGetResponse, COUNT)
