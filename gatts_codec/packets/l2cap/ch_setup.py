"""ch_setup: set up a channel, or answer a peer's request for one. Since sd_api_v5."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import ChStatus
from gatts_codec.packets.l2cap.structs import BUF_ID, MAX_SDU_LEN, SDU_LEN, SduBuf
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import AtMost
from gatts_codec.schema.message import Command, Handle, Message, Response
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChRxParams(Message):
    """What a channel may receive (SDK: ble_l2cap_ch_rx_params_t).

        rx_mtu   2  the longest SDU that this end takes, in bytes
        rx_mps   2  the longest PDU that this end takes, in bytes
        sdu_buf  6  where the first SDU goes; its length is checked unless buf_id is 0

    Source: `specs/l2cap/ch_setup.toml`.
    """

    rx_mtu: int
    rx_mps: int
    sdu_buf: SduBuf


@dataclass(frozen=True, slots=True, repr=False)
class ChSetupParams(Message):
    """A channel to set up, or the answer to a request for one (SDK: ble_l2cap_ch_setup_params_t).

        rx_params  10  what may be received
        le_psm     2   the peer's service, of a request alone
        status     2   ChStatus, of an answer alone: 0 accepted

    Source: `specs/l2cap/ch_setup.toml`.
    """

    rx_params: ChRxParams
    le_psm: Annotated[int, "#06x"]
    status: Annotated[int, ChStatus] = 0


@dataclass(frozen=True, slots=True, repr=False)
class ChSetup(Command["ChSetupResponse"]):
    """Set up an L2CAP channel, or answer a peer's request for one (SDK: sd_ble_l2cap_ch_setup).

        conn_handle  2      connection
        local_cid    1..3   presence flag, then 0xFFFF for a new one, or what the peer asked for; None: flag alone
        params       1..15  presence flag, then ChSetupParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_setup.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_setup"
    conn_handle: Handle
    local_cid: Handle | None
    params: ChSetupParams | None


@dataclass(frozen=True, slots=True, repr=False)
class ChSetupResponse(Response):
    """The channel.

        result     4     0 success; anything else ends the packet here
        local_cid  1..3  presence flag, then the channel. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_setup.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_setup"
    result: Result
    local_cid: Handle | None = None


_BUFFER = Record(SduBuf, SDU_LEN, BUF_ID, Absent("data"), AtMost("len", MAX_SDU_LEN, when="buf_id"))
_RX_PARAMS = Record(ChRxParams, named("rx_mtu", u16), named("rx_mps", u16), named("sdu_buf", _BUFFER))
_PARAMS = Record(ChSetupParams, named("rx_params", _RX_PARAMS), named("le_psm", u16), named("status", u16))

COMMAND = Record(ChSetup, CONN_HANDLE, named("local_cid", Presence(u16)), named("params", Presence(_PARAMS)))
RESPONSE = response(ChSetupResponse, named("local_cid", Presence(u16)))
