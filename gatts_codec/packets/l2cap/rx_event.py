"""rx: a peer has sent on a fixed channel. Up to sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import HEADER, Header
from gatts_codec.schema.blocks import Data
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class RxEvent(Event):
    """A peer has sent on a fixed L2CAP channel (SDK: BLE_L2CAP_EVT_RX).

        conn_handle  2   connection
        header       4   Header
        data         0+  header.len bytes

    Behind the event id (u16), little endian. Source: `specs/l2cap/rx_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_RX"
    conn_handle: Handle
    header: Header
    data: bytes


EVENT = Record(RxEvent, CONN_HANDLE, named("header", HEADER), named("data", Data("header.len", flag=None)))
