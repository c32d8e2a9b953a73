"""ch_flow_control: give a peer credits. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChFlowControl(Command["ChFlowControlResponse"]):
    """Give the peer of a channel credits (SDK: sd_ble_l2cap_ch_flow_control).

        conn_handle      2  connection
        local_cid        2  this end's channel
        credits          2  how many PDUs the peer may have under way; 0: none, the chip looks after it
        credits_present  1  presence flag: whether the number now in force is wanted

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_flow_control.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_flow_control"
    conn_handle: Handle
    local_cid: Handle
    credits: int
    credits_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ChFlowControlResponse(Response):
    """The credits now in force.

        result   4     0 success; anything else ends the packet here
        credits  1..3  presence flag, then the number. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_flow_control.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_flow_control"
    result: Result
    credits: int | None = None


COMMAND = Record(
    ChFlowControl, CONN_HANDLE, LOCAL_CID, named("credits", u16), named("credits_present", Given())
)
RESPONSE = response(ChFlowControlResponse, named("credits", Presence(u16)))
