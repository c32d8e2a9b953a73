"""characteristic_add: add a characteristic, with its value and descriptors, to the last added service.

The same in all dialects.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, u16
from gatts_codec.schema.characteristic import (
    CHAR_HANDLES,
    CHAR_MD,
    CharExtProps,
    CharHandles,
    CharMd,
    CharPf,
    CharProps,
)
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, GivenHandle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import ATTR, Attr

__all__ = [
    "CharExtProps",
    "CharHandles",
    "CharMd",
    "CharPf",
    "CharProps",
    "CharacteristicAdd",
    "CharacteristicAddResponse",
]


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicAdd(Command["CharacteristicAddResponse"]):
    """Add a characteristic (SDK: sd_ble_gatts_characteristic_add).

        service_handle   2       the last added service, by its handle or 0
        char_md          1..540  presence flag, then CharMd; None: flag alone
        attr_char_value  1..528  presence flag, then Attr, the value; None: flag alone
        handles_present  1       whether the handles are wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/characteristic_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_characteristic_add"
    service_handle: GivenHandle
    char_md: CharMd | None
    attr_char_value: Attr | None
    handles_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicAddResponse(Response):
    """The new handles.

        result   4     0 success; anything else ends the packet here
        handles  1..9  presence flag, then CharHandles. None: the call failed, or they were not wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/characteristic_add.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_characteristic_add"
    result: Result
    handles: CharHandles | None = None


COMMAND = Record(
    CharacteristicAdd,
    named("service_handle", u16),
    named("char_md", Presence(CHAR_MD)),
    named("attr_char_value", Presence(ATTR)),
    named("handles_present", Given()),
)
RESPONSE = response(CharacteristicAddResponse, named("handles", Presence(CHAR_HANDLES)))
