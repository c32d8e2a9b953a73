"""char_val_by_uuid_read_rsp: a peer's values of one UUID. Answers char_value_by_uuid_read.

All values have one length, which travels also where there are none.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Raw, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.members import Count
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HandleValue(Message):
    """A value and where it lies (SDK: ble_gattc_handle_value_t).

        handle  2   the attribute
        value   0+  its bytes, value_len of them

    Source: `specs/gattc/char_val_by_uuid_read_rsp_event.toml`.
    """

    handle: Handle
    value: bytes


@dataclass(frozen=True, slots=True, repr=False)
class CharValByUuidReadRspEvent(Event):
    """Values of a peer that have the UUID asked for (SDK: BLE_GATTC_EVT_CHAR_VAL_BY_UUID_READ_RSP).

        conn_handle    2   connection
        gatt_status    2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle   2   the attribute that the error is about; 0 without one
        value_len      2   how many bytes each value has
        handle_values  0+  HandleValue each; a u16 count stands before value_len

    Behind the event id (u16), little endian. Source: `specs/gattc/char_val_by_uuid_read_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_CHAR_VAL_BY_UUID_READ_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    value_len: int
    handle_values: tuple[HandleValue, ...]


EVENT = Record(
    CharValByUuidReadRspEvent,
    *ANSWER,
    Count("count", u16, of="handle_values"),
    named("value_len", u16),
    named(
        "handle_values", ListOf(Record(HandleValue, HANDLE, named("value", Raw("value_len"))), count="count")
    ),
)
