"""version_get: which Bluetooth version and firmware the chip has."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class Version(Message):
    """What the chip tells peers about itself (SDK: ble_version_t).

        version_number     1  of the Link Layer: 9 is Bluetooth 5.0, 8 is 4.2
        company_id         2  of the chip's maker, 0x0059 Nordic
        subversion_number  2  of the firmware

    Source: `specs/common/version_get.toml`.
    """

    version_number: int
    company_id: Annotated[int, "#06x"]
    subversion_number: int


@dataclass(frozen=True, slots=True, repr=False)
class VersionGet(Command["VersionGetResponse"]):
    """Ask for the version (SDK: sd_ble_version_get).

        version_present  1  whether it is wanted; without, the chip does not answer at all

    Behind the opcode (u8), little endian. Source: `specs/common/version_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_version_get"
    version_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class VersionGetResponse(Response):
    """The version.

        result   4  0 success; anything else ends the packet here
        version  5  Version, without a flag; None: the call failed

    Behind the opcode (u8), little endian. Source: `specs/common/version_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_version_get"
    result: Result
    version: Version | None = None


_VERSION = Record(
    Version, named("version_number", u8), named("company_id", u16), named("subversion_number", u16)
)
COMMAND_V2 = Record(VersionGet, named("version_present", Given(Flag.RAW)))
COMMAND = Record(VersionGet, named("version_present", Given()))
RESPONSE = response(VersionGetResponse, named("version", _VERSION))
