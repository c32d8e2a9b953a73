"""ch_setup_request: a peer asks for a channel. Answered with ch_setup. Since sd_api_v5.

On the wire le_psm stands before tx_params.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID, TX_PARAMS, ChTxParams
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChSetupRequestEvent(Event):
    """A peer asks for a channel (SDK: BLE_L2CAP_EVT_CH_SETUP_REQUEST).

        conn_handle  2  connection
        local_cid    2  this end's channel
        le_psm       2  the service that it wants
        tx_params    8  what may be sent to it

    Behind the event id (u16), little endian. Source: `specs/l2cap/ch_setup_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_L2CAP_EVT_CH_SETUP_REQUEST"
    conn_handle: Handle
    local_cid: Handle
    le_psm: Annotated[int, "#06x"]
    tx_params: ChTxParams


EVENT = Record(
    ChSetupRequestEvent, CONN_HANDLE, LOCAL_CID, named("le_psm", u16), named("tx_params", TX_PARAMS)
)
