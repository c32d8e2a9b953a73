"""uuid_encode: the bytes of a UUID."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Given, Presence, Trailing, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class UuidEncode(Command["UuidEncodeResponse"]):
    """Turn a `Uuid` into 2 or 16 bytes (SDK: sd_ble_uuid_encode).

        uuid                 1..4  presence flag, then Uuid; None: flag alone
        uuid_le_len_present  1     whether the length is wanted
        uuid_le_present      1     whether the bytes are wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_encode.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_encode"
    uuid: Uuid | None
    uuid_le_len_present: bool = True
    uuid_le_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class UuidEncodeResponse(Response):
    """The UUID's bytes. Nothing announces them: they are there if anything is left.

        result       4   0 success; anything else ends the packet here
        uuid_le_len  1   2 or 16; None: the call failed
        uuid_le      0+  least significant byte first; None: the call failed, or they were not wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_encode.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_encode"
    result: Result
    uuid_le_len: int | None = None
    uuid_le: bytes | None = None


COMMAND = Record(
    UuidEncode,
    named("uuid", Presence(UUID)),
    named("uuid_le_len_present", Given()),
    named("uuid_le_present", Given()),
)
RESPONSE = response(
    UuidEncodeResponse, named("uuid_le_len", u8), named("uuid_le", Trailing(Data("uuid_le_len", flag=None)))
)
