"""hvc: the peer confirmed an indication."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvcEvent(Event):
    """The peer confirmed an indication (SDK: BLE_GATTS_EVT_HVC).

        conn_handle  2  connection
        handle       2  the characteristic value that was indicated

    Behind the event id (u16), little endian. Source: `specs/gatts/hvc_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_HVC"
    conn_handle: Handle
    handle: Handle


EVENT = Record(HvcEvent, CONN_HANDLE, HANDLE)
