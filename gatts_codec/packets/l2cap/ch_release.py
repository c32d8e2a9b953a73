"""ch_release: give up a channel. Since sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.l2cap.structs import LOCAL_CID
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ChRelease(Command["ChReleaseResponse"]):
    """Give up an L2CAP channel (SDK: sd_ble_l2cap_ch_release).

        conn_handle  2  connection
        local_cid    2  this end's channel

    Behind the opcode (u8), little endian. Source: `specs/l2cap/ch_release.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_ch_release"
    conn_handle: Handle
    local_cid: Handle


class ChReleaseResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_l2cap_ch_release"


COMMAND = Record(ChRelease, CONN_HANDLE, LOCAL_CID)
RESPONSE = response(ChReleaseResponse)
