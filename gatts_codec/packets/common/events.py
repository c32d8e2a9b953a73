"""events: what the chip says of itself, and of memory that it wants."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import UserMemType
from gatts_codec.packets.common.user_mem_reply import BLOCK, BLOCK_V1, UserMemBlock
from gatts_codec.schema.blocks import u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class TxCompleteEvent(Event):
    """Packets have been sent (SDK: BLE_EVT_TX_COMPLETE), up to sd_api_v3.

        conn_handle  2  connection
        count        1  how many

    Behind the event id (u16), little endian. Source: `specs/common/tx_complete_event.toml`.
    """

    name: ClassVar[str] = "BLE_EVT_TX_COMPLETE"
    conn_handle: Handle
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class UserMemRequestEvent(Event):
    """The chip wants memory; user_mem_reply answers (SDK: BLE_EVT_USER_MEM_REQUEST).

        conn_handle  2  connection
        type         1  UserMemType: 1 for queued writes

    Behind the event id (u16), little endian. Source: `specs/common/user_mem_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_EVT_USER_MEM_REQUEST"
    conn_handle: Handle
    type: Annotated[int, UserMemType]


@dataclass(frozen=True, slots=True, repr=False)
class UserMemReleaseEvent(Event):
    """The chip gives memory back (SDK: BLE_EVT_USER_MEM_RELEASE).

        conn_handle  2  connection
        type         1  UserMemType: 1 for queued writes
        mem_block    3  what was lent

    Behind the event id (u16), little endian. Source: `specs/common/user_mem_release_event.toml`.
    """

    name: ClassVar[str] = "BLE_EVT_USER_MEM_RELEASE"
    conn_handle: Handle
    type: Annotated[int, UserMemType]
    mem_block: UserMemBlock


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthChangedEvent(Event):
    """A connection's packets have another length (SDK: BLE_EVT_DATA_LENGTH_CHANGED), in sd_api_v3.

        conn_handle    2  connection
        max_tx_octets  2  longest payload to the peer, in bytes
        max_tx_time    2  longest packet to the peer, in us
        max_rx_octets  2  longest payload from the peer, in bytes
        max_rx_time    2  longest packet from the peer, in us

    Behind the event id (u16), little endian. Source: `specs/common/data_length_changed_event.toml`.
    """

    name: ClassVar[str] = "BLE_EVT_DATA_LENGTH_CHANGED"
    conn_handle: Handle
    max_tx_octets: int
    max_tx_time: int
    max_rx_octets: int
    max_rx_time: int


TX_COMPLETE = Record(TxCompleteEvent, CONN_HANDLE, named("count", u8))
USER_MEM_REQUEST = Record(UserMemRequestEvent, CONN_HANDLE, named("type", u8))
USER_MEM_RELEASE_V1 = Record(
    UserMemReleaseEvent, CONN_HANDLE, named("type", u8), named("mem_block", BLOCK_V1)
)
USER_MEM_RELEASE = Record(UserMemReleaseEvent, CONN_HANDLE, named("type", u8), named("mem_block", BLOCK))
DATA_LENGTH_CHANGED = Record(
    DataLengthChangedEvent,
    CONN_HANDLE,
    named("max_tx_octets", u16),
    named("max_tx_time", u16),
    named("max_rx_octets", u16),
    named("max_rx_time", u16),
)
