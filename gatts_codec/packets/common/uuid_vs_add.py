"""uuid_vs_add: teach the chip a vendor's base UUID."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import UuidType
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, Raw, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import uuid_of


@dataclass(frozen=True, slots=True, repr=False)
class Uuid128(Message):
    """A UUID in full (SDK: ble_uuid128_t).

        uuid128  16  least significant byte first: the text form read backwards

    Source: `specs/common/uuid_vs_add.toml`.
    """

    uuid128: bytes

    @classmethod
    def from_text(cls, text: str) -> Uuid128:
        """The UUID that people write as "6e400001-b5a3-f393-..". Raises EncodeError on anything else."""
        return cls(uuid_of(text).bytes[::-1])


@dataclass(frozen=True, slots=True, repr=False)
class UuidVsAdd(Command["UuidVsAddResponse"]):
    """Add a vendor's base UUID (SDK: sd_ble_uuid_vs_add); bytes 12 and 13 of it do not count.

        vs_uuid            1..17  presence flag, then the UUID; None: flag alone
        uuid_type_present  1      whether the type is wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_vs_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_vs_add"
    vs_uuid: Uuid128 | None
    uuid_type_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class UuidVsAddResponse(Response):
    """The type by which `Uuid` names the base.

        result     4     0 success; anything else ends the packet here
        uuid_type  1..2  presence flag, then UuidType; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/common/uuid_vs_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_uuid_vs_add"
    result: Result
    uuid_type: Annotated[int, UuidType] | None = None


UUID_128 = Record(Uuid128, named("uuid128", Raw(16)))
COMMAND = Record(UuidVsAdd, named("vs_uuid", Presence(UUID_128)), named("uuid_type_present", Given()))
RESPONSE = response(UuidVsAddResponse, named("uuid_type", Presence(u8)))
