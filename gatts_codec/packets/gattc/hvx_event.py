"""hvx: a peer notifies or indicates a value. An indication is confirmed with hv_confirm."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus, HvxType
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Counted, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvxEvent(Event):
    """A peer notifies or indicates a value (SDK: BLE_GATTC_EVT_HVX).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        handle        2   the value
        type          1   HvxType: 1 notification, 2 indication
        data          2+  u16 count, then the bytes

    Behind the event id (u16), little endian. Source: `specs/gattc/hvx_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_HVX"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    handle: Handle
    type: Annotated[int, HvxType]
    data: bytes


EVENT = Record(HvxEvent, *ANSWER, HANDLE, named("type", u8), named("data", Counted()))
