"""service_add: declare a service; the characteristics that follow belong to it.

The response carries the handle: bare up to SD API v2, behind a presence flag from v3 on.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import ServiceType
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE, HANDLE_PRESENT, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAdd(Command["ServiceAddResponse"]):
    """Add a service to the chip's table (SDK: sd_ble_gatts_service_add).

        type            1     ServiceType: 1 primary, 2 secondary; other numbers travel, and the chip refuses them
        uuid            1..4  presence flag, then Uuid; None: flag alone
        handle_present  1     whether the handle is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/service_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_service_add"
    type: Annotated[int, ServiceType]
    uuid: Uuid | None
    handle_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAddResponse(Response):
    """The new service's handle.

        result  4     0 success; anything else ends the packet here
        handle  1..3  bare up to sd_api_v2_pc, then behind a presence flag. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/service_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_service_add"
    result: Result
    handle: Handle | None = None


COMMAND = Record(ServiceAdd, named("type", u8), named("uuid", Presence(UUID)), HANDLE_PRESENT)

RESPONSE = response(ServiceAddResponse, HANDLE)
RESPONSE_V3 = response(ServiceAddResponse, named("handle", Presence(u16)))
