"""service_add: declare a service; the characteristics that follow belong to it.

    type            1   1 primary, 2 secondary
    uuid            1+  presence flag, then uuid and type
    handle_present  1   whether the handle is wanted

The response carries the handle: bare up to SD API v2, behind a presence flag from v3 on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from gatts_codec.constants import ServiceType
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u8, u16
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE, HANDLE_PRESENT, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAdd(Command):
    """Add a service to the chip's table (SDK: sd_ble_gatts_service_add)."""

    name: ClassVar[str] = "sd_ble_gatts_service_add"
    type: Annotated[int, ServiceType]
    uuid: Uuid | None
    handle_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ServiceAddResponse(Response):
    """The new service's handle."""

    name: ClassVar[str] = "sd_ble_gatts_service_add"
    result: Result
    handle: Handle | None = None


COMMAND = Record(ServiceAdd, named("type", u8), named("uuid", Presence(UUID)), HANDLE_PRESENT)

RESPONSE = response(ServiceAddResponse, HANDLE)
RESPONSE_V3 = response(ServiceAddResponse, named("handle", Presence(u16)))
