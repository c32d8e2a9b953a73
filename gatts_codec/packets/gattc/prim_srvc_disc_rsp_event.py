"""prim_srvc_disc_rsp: a peer's primary services. Answers primary_services_discover."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER, SERVICE, Service
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class PrimSrvcDiscRspEvent(Event):
    """Primary services of a peer (SDK: BLE_GATTC_EVT_PRIM_SRVC_DISC_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        services      2+  u16 count, then Service each; empty: there are no more, or the status says why

    Behind the event id (u16), little endian. Source: `specs/gattc/prim_srvc_disc_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_PRIM_SRVC_DISC_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    services: tuple[Service, ...]


EVENT = Record(PrimSrvcDiscRspEvent, *ANSWER, named("services", ListOf(SERVICE)))
