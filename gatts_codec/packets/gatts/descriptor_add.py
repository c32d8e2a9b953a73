"""descriptor_add: add a descriptor to the last added characteristic.

The response carries the handle: bare up to SD API v2, behind a presence flag from v3 on.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, GivenHandle, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import ATTR, HANDLE, HANDLE_PRESENT, Attr


@dataclass(frozen=True, slots=True, repr=False)
class DescriptorAdd(Command["DescriptorAddResponse"]):
    """Add a descriptor (SDK: sd_ble_gatts_descriptor_add).

        char_handle     2       the last added characteristic's value handle
        attr            1..528  presence flag, then Attr, the descriptor; None: flag alone
        handle_present  1       whether the handle is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/descriptor_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_descriptor_add"
    char_handle: GivenHandle
    attr: Attr | None
    handle_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class DescriptorAddResponse(Response):
    """The new descriptor's handle.

        result  4     0 success; anything else ends the packet here
        handle  1..3  bare up to sd_api_v2_pc, then behind a presence flag. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/descriptor_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_descriptor_add"
    result: Result
    handle: Handle | None = None


COMMAND = Record(DescriptorAdd, named("char_handle", u16), named("attr", Presence(ATTR)), HANDLE_PRESENT)

RESPONSE = response(DescriptorAddResponse, HANDLE)
RESPONSE_V3 = response(DescriptorAddResponse, named("handle", Presence(u16)))
