"""write_rsp: the peer has taken a write. Answers write."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattOp, GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Counted, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class WriteRspEvent(Event):
    """The peer has taken a write (SDK: BLE_GATTC_EVT_WRITE_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        handle        2   the attribute
        write_op      1   GattOp, what was sent: 1 request, 4 prepare, 5 execute
        offset        2   where in the value the bytes go
        data          2+  u16 count, then the bytes, of a prepare as the peer sent them back

    Behind the event id (u16), little endian. Source: `specs/gattc/write_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_WRITE_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    handle: Handle
    write_op: Annotated[int, GattOp]
    offset: int
    data: bytes


EVENT = Record(
    WriteRspEvent, *ANSWER, HANDLE, named("write_op", u8), named("offset", u16), named("data", Counted())
)
