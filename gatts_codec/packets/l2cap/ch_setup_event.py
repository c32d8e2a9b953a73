"""ch_setup: a channel is set up. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID, TX_PARAMS, ChTxParams
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChSetupEvent(Event):
    """A channel is set up (SDK: BLE_L2CAP_EVT_CH_SETUP).

        conn_handle  2  connection
        local_cid    2  this end's channel
        tx_params    8  what may be sent on it

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_setup_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_SETUP"
    conn_handle: Handle
    local_cid: Handle
    tx_params: ChTxParams


EVENT = Record(ChSetupEvent, CONN_HANDLE, LOCAL_CID, named("tx_params", TX_PARAMS))
