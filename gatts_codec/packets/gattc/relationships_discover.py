"""relationships_discover: find the services that a peer's service includes. REL_DISC_RSP answers.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gattc.structs import RANGE, HandleRange
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class RelationshipsDiscover(Command["RelationshipsDiscoverResponse"]):
    """Find the services that a peer's service includes (SDK: sd_ble_gattc_relationships_discover).

        conn_handle   2     connection
        handle_range  1..5  presence flag, then HandleRange, where to look; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/relationships_discover.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_relationships_discover"
    conn_handle: Handle
    handle_range: HandleRange | None


class RelationshipsDiscoverResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_relationships_discover"


COMMAND = Record(RelationshipsDiscover, CONN_HANDLE, RANGE)
RESPONSE = response(RelationshipsDiscoverResponse)
