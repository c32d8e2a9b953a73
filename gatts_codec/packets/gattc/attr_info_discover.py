"""attr_info_discover: find a peer's attributes, handle and type each. ATTR_INFO_DISC_RSP answers. Since sd_api_v2."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gattc.structs import RANGE, HandleRange
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfoDiscover(Command["AttrInfoDiscoverResponse"]):
    """Find a peer's attributes, handle and type of each (SDK: sd_ble_gattc_attr_info_discover).

        conn_handle   2     connection
        handle_range  1..5  presence flag, then HandleRange, where to look; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/attr_info_discover.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_attr_info_discover"
    conn_handle: Handle
    handle_range: HandleRange | None


class AttrInfoDiscoverResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_attr_info_discover"


COMMAND = Record(AttrInfoDiscover, CONN_HANDLE, RANGE)
RESPONSE = response(AttrInfoDiscoverResponse)
