"""attr_info_disc_rsp: a peer's attributes. Answers attr_info_discover. Since sd_api_v2.

The count stands before the format, the list behind it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import AttrInfoFormat, GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import Raw, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf, Switch
from gatts_codec.schema.members import Count
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfo16(Message):
    """An attribute with a 16-bit UUID (SDK: ble_gattc_attr_info16_t).

        handle  2  the attribute
        uuid    3  its type

    Source: `specs/gattc/attr_info_disc_rsp_event.toml`.
    """

    handle: Handle
    uuid: Uuid


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfo128(Message):
    """An attribute with a 128-bit UUID (SDK: ble_gattc_attr_info128_t).

        handle   2   the attribute
        uuid128  16  its type, least significant byte first

    Source: `specs/gattc/attr_info_disc_rsp_event.toml`.
    """

    handle: Handle
    uuid128: bytes


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfoDiscRspEvent(Event):
    """Attributes of a peer, handle and type of each (SDK: BLE_GATTC_EVT_ATTR_INFO_DISC_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        format        1   AttrInfoFormat: 1 16-bit UUIDs; any other number: 128-bit ones
        attr_infos    0+  AttrInfo16 each for format 1, else AttrInfo128; a u16 count stands before the format

    Behind the event id (u16), little endian. Source: `specs/gattc/attr_info_disc_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_ATTR_INFO_DISC_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    format: Annotated[int, AttrInfoFormat]
    attr_infos: tuple[AttrInfo16 | AttrInfo128, ...]


INFO = Switch(
    "format",
    {AttrInfoFormat.UUID_16BIT: Record(AttrInfo16, HANDLE, named("uuid", UUID))},
    Record(AttrInfo128, HANDLE, named("uuid128", Raw(16))),
)
EVENT = Record(
    AttrInfoDiscRspEvent,
    *ANSWER,
    Count("count", u16, of="attr_infos"),
    named("format", u8),
    named("attr_infos", ListOf(INFO, count="count")),
)
