"""char_vals_read_rsp: several of a peer's values, one behind the other. Answers char_values_read."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Counted
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class CharValsReadRspEvent(Event):
    """Several of a peer's values, one behind the other (SDK: BLE_GATTC_EVT_CHAR_VALS_READ_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        values        2+  u16 count, then the bytes; the host knows where each value ends

    Behind the event id (u16), little endian. Source: `specs/gattc/char_vals_read_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_CHAR_VALS_READ_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    values: bytes


EVENT = Record(CharValsReadRspEvent, *ANSWER, named("values", Counted()))
