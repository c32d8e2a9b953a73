"""desc_disc_rsp: a peer's descriptors. Answers descriptors_discover."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class Desc(Message):
    """A descriptor that a peer has (SDK: ble_gattc_desc_t).

        handle  2  the attribute
        uuid    3  what it is

    Source: `specs/gattc/desc_disc_rsp_event.toml`.
    """

    handle: Handle
    uuid: Uuid


@dataclass(frozen=True, slots=True, repr=False)
class DescDiscRspEvent(Event):
    """Descriptors of a peer's characteristic (SDK: BLE_GATTC_EVT_DESC_DISC_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        descs         2+  u16 count, then Desc each

    Behind the event id (u16), little endian. Source: `specs/gattc/desc_disc_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_DESC_DISC_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    descs: tuple[Desc, ...]


DESC = Record(Desc, HANDLE, named("uuid", UUID))
EVENT = Record(DescDiscRspEvent, *ANSWER, named("descs", ListOf(DESC)))
