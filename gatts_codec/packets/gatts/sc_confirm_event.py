"""sc_confirm: the peer confirmed a Service Changed indication.

The same in all dialects; chips of sd_api_v3 and v5 never send it, since their encoder has a bug.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ScConfirmEvent(Event):
    """The peer confirmed a Service Changed indication (SDK: BLE_GATTS_EVT_SC_CONFIRM).

        conn_handle  2  connection

    Behind the event id (u16), little endian. Source: `specs/gatts/sc_confirm_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_SC_CONFIRM"
    conn_handle: Handle


EVENT = Record(ScConfirmEvent, CONN_HANDLE)
