"""read_rsp: a peer's value, or a part of it. Answers read."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Counted, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ReadRspEvent(Event):
    """A peer's value, or a part of it (SDK: BLE_GATTC_EVT_READ_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        handle        2   the attribute
        offset        2   where in the value the bytes lie
        data          2+  u16 count, then the bytes

    Behind the event id (u16), little endian. Source: `specs/gattc/read_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_READ_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    handle: Handle
    offset: int
    data: bytes


EVENT = Record(ReadRspEvent, *ANSWER, HANDLE, named("offset", u16), named("data", Counted()))
