"""uuid_decode: the short form of a UUID in bytes."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Given, Length, Presence, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Response, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class UuidDecode(Command["UuidDecodeResponse"]):
    """Turn a UUID's bytes into `Uuid` (SDK: sd_ble_uuid_decode).

        uuid_le_len   1   bytes of uuid_le; travels also without them (default: as many as there are)
        uuid_le       1+  data flag, then 2 or 16 bytes, least significant first; None: flag alone
        uuid_present  1   whether the UUID is wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_decode.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_decode"
    uuid_le: bytes | None
    uuid_present: bool = True
    uuid_le_len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "uuid_le_len", "uuid_le")


@dataclass(frozen=True, slots=True, repr=False)
class UuidDecodeResponse(Response):
    """The UUID.

        result  4     0 success; anything else ends the packet here
        uuid    1..4  presence flag, then Uuid; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_decode.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_decode"
    result: Result
    uuid: Uuid | None = None


COMMAND = Record(
    UuidDecode,
    named("uuid_le_len", Length(of="uuid_le", number=u8)),
    named("uuid_le", Data("uuid_le_len")),
    named("uuid_present", Given()),
)
RESPONSE = response(UuidDecodeResponse, named("uuid", Presence(UUID)))
