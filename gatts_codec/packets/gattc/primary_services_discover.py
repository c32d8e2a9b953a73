"""primary_services_discover: find a peer's primary services. PRIM_SRVC_DISC_RSP answers.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class PrimaryServicesDiscover(Command["PrimaryServicesDiscoverResponse"]):
    """Find a peer's primary services, all or those of one UUID (SDK: sd_ble_gattc_primary_services_discover).

        conn_handle   2     connection
        start_handle  2     where to begin; later calls go on behind the last service found
        srvc_uuid     1..4  presence flag, then Uuid, the services wanted; None: flag alone, all services

    Behind the opcode (u8), little endian. Source: `specs/gattc/primary_services_discover.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_primary_services_discover"
    conn_handle: Handle
    start_handle: Handle
    srvc_uuid: Uuid | None = None


class PrimaryServicesDiscoverResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_primary_services_discover"


COMMAND = Record(
    PrimaryServicesDiscover, CONN_HANDLE, named("start_handle", u16), named("srvc_uuid", Presence(UUID))
)
RESPONSE = response(PrimaryServicesDiscoverResponse)
