"""rel_disc_rsp: services that a peer's service includes. Answers relationships_discover."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER, SERVICE, Service
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Include(Message):
    """A service that another includes (SDK: ble_gattc_include_t).

        handle         2  the include declaration
        included_srvc  7  the service

    Source: `specs/gattc/rel_disc_rsp_event.toml`.
    """

    handle: Handle
    included_srvc: Service


@dataclass(frozen=True, slots=True, repr=False)
class RelDiscRspEvent(Event):
    """Services that a peer's service includes (SDK: BLE_GATTC_EVT_REL_DISC_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        includes      2+  u16 count, then Include each

    Behind the event id (u16), little endian. Source: `specs/gattc/rel_disc_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_REL_DISC_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    includes: tuple[Include, ...]


INCLUDE = Record(Include, HANDLE, named("included_srvc", SERVICE))
EVENT = Record(RelDiscRspEvent, *ANSWER, named("includes", ListOf(INCLUDE)))
