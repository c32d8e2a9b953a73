"""attr_get: ask for an attribute's UUID and metadata. Since sd_api_v2.

The firmware of SDK 11 (sd_api_v2) sends a whole UUID behind the first flag, and never answers with one;
pc-ble-driver's patch of it (sd_api_v2_pc) and everything later has the two flags.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.structs import ATTR_MD, HANDLE, UUID, AttrMd, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class AttrGet(Command["AttrGetResponse"]):
    """Get an attribute's UUID and metadata (SDK: sd_ble_gatts_attr_get).

        handle        2  the attribute
        uuid_present  1  whether the UUID is wanted
        md_present    1  whether the metadata is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/attr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_attr_get"
    handle: Handle
    uuid_present: bool = True
    md_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class AttrGetV2(Command["AttrGetResponse"]):
    """`AttrGet` as sd_api_v2 has it, where the caller's UUID travels.

        handle      2     the attribute
        uuid        1..4  presence flag, then the UUID, which the chip does not use; None: not wanted
        md_present  1     whether the metadata is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/attr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_attr_get"
    handle: Handle
    uuid: Uuid | None
    md_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class AttrGetResponse(Response):
    """An attribute's UUID and metadata.

        result  4     0 success; anything else ends the packet here
        uuid    0..4  presence flag, then Uuid; None: not wanted. Not in sd_api_v2, where it is always None
        md      1..4  presence flag, then AttrMd; None: not wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/attr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_attr_get"
    result: Result
    uuid: Uuid | None = None
    md: AttrMd | None = None


MD_PRESENT, MD = named("md_present", Given()), named("md", Presence(ATTR_MD))

COMMAND_V2 = Record(AttrGetV2, HANDLE, named("uuid", Presence(UUID)), MD_PRESENT)
COMMAND = Record(AttrGet, HANDLE, named("uuid_present", Given()), MD_PRESENT)

RESPONSE_V2 = response(AttrGetResponse, Absent("uuid"), MD)
RESPONSE = response(AttrGetResponse, named("uuid", Presence(UUID)), MD)
