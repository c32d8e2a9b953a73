"""hvn_tx_complete: notifications have left the chip: their buffers are free. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.schema.blocks import u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvnTxCompleteEvent(Event):
    """Notifications have left the chip: their buffers are free (SDK: BLE_GATTS_EVT_HVN_TX_COMPLETE).

        conn_handle  2  connection
        count        1  how many notifications

    Behind the event id (u16), little endian. Source: `specs/gatts/hvn_tx_complete_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_HVN_TX_COMPLETE"
    conn_handle: Handle
    count: int


EVENT = Record(HvnTxCompleteEvent, CONN_HANDLE, named("count", u8))
