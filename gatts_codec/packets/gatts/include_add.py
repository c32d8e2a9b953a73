"""include_add: make the last added service include another one.

Up to SD API v2 the firmware takes any flag but 00 for present; from v3 on the response's handle has a presence flag.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, GivenHandle, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class IncludeAdd(Command["IncludeAddResponse"]):
    """Add an include declaration (SDK: sd_ble_gatts_include_add).

        service_handle          2  the last added service
        inc_srvc_handle         2  the service to include
        include_handle_present  1  whether the handle is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/include_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_include_add"
    service_handle: GivenHandle
    inc_srvc_handle: GivenHandle
    include_handle_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class IncludeAddResponse(Response):
    """The include declaration's handle.

        result          4     0 success; anything else ends the packet here
        include_handle  1..3  bare up to sd_api_v2_pc, then behind a presence flag. None: the call failed, or it was not
                              wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/include_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_include_add"
    result: Result
    include_handle: Handle | None = None


def _command(flag: Flag) -> Record:
    return Record(
        IncludeAdd,
        named("service_handle", u16),
        named("inc_srvc_handle", u16),
        named("include_handle_present", Given(flag)),
    )


COMMAND = _command(Flag.RAW)
COMMAND_V3 = _command(Flag.STRUCT)

RESPONSE = response(IncludeAddResponse, named("include_handle", u16))
RESPONSE_V3 = response(IncludeAddResponse, named("include_handle", Presence(u16)))
