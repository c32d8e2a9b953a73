"""write_cmd_tx_complete: write commands have left the chip: their buffers are free. Since sd_api_v4."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class WriteCmdTxCompleteEvent(Event):
    """Write commands have left the chip: their buffers are free (SDK: BLE_GATTC_EVT_WRITE_CMD_TX_COMPLETE).

        conn_handle   2  connection
        gatt_status   2  GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2  the attribute that the error is about; 0 without one
        count         1  how many

    Behind the event id (u16), little endian. Source: `specs/gattc/write_cmd_tx_complete_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_WRITE_CMD_TX_COMPLETE"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    count: int


EVENT = Record(WriteCmdTxCompleteEvent, *ANSWER, named("count", u8))
