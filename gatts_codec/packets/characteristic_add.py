"""characteristic_add: add a characteristic, with its value and descriptors, to the last added service.

    service_handle   2   0: the last added service
    char_md          1+  presence flag, then properties, user description, presentation format, descriptors' metadata
    attr_char_value  1+  presence flag, then the value attribute
    handles_present  1   whether the handles are wanted

The same in all dialects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Given, Length, Presence, i8, u8, u16
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Hex8, Message, Response, fill_length
from gatts_codec.schema.record import Bits, Record, named
from gatts_codec.schema.structs import ATTR, ATTR_MD, Attr, AttrMd


@dataclass(frozen=True, slots=True, repr=False)
class CharProps(Message):
    """What a peer may do with the value; 0 or 1 each (SDK: ble_gatt_char_props_t)."""

    broadcast: int = 0
    read: int = 0
    write_wo_resp: int = 0
    write: int = 0
    notify: int = 0
    indicate: int = 0
    auth_signed_wr: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharExtProps(Message):
    """Extended properties; 0 or 1 each (SDK: ble_gatt_char_ext_props_t)."""

    reliable_wr: int = 0
    wr_aux: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharPf(Message):
    """Presentation format descriptor; numbers as the Bluetooth SIG assigns them (SDK: ble_gatts_char_pf_t)."""

    format: Hex8
    exponent: int = 0
    unit: Annotated[int, "#06x"] = 0x2700
    name_space: int = 1
    desc: Annotated[int, "#06x"] = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharMd(Message):
    """Characteristic metadata (SDK: ble_gatts_char_md_t). Sizes in bytes; None metadata means no such descriptor."""

    char_props: CharProps
    char_ext_props: CharExtProps = CharExtProps()
    char_user_desc: bytes | None = None
    char_user_desc_max_size: int = FROM_DATA
    char_user_desc_size: int = FROM_DATA
    char_pf: CharPf | None = None
    user_desc_md: AttrMd | None = None
    cccd_md: AttrMd | None = None
    sccd_md: AttrMd | None = None

    def __post_init__(self) -> None:
        fill_length(self, "char_user_desc_max_size", "char_user_desc")
        fill_length(self, "char_user_desc_size", "char_user_desc")


@dataclass(frozen=True, slots=True, repr=False)
class CharHandles(Message):
    """Handles of a new characteristic; 0 where there is no such descriptor (SDK: ble_gatts_char_handles_t)."""

    value_handle: Handle
    user_desc_handle: Handle = 0
    cccd_handle: Handle = 0
    sccd_handle: Handle = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicAdd(Command):
    """Add a characteristic (SDK: sd_ble_gatts_characteristic_add)."""

    name: ClassVar[str] = "sd_ble_gatts_characteristic_add"
    service_handle: Handle
    char_md: CharMd | None
    attr_char_value: Attr | None
    handles_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicAddResponse(Response):
    """The new handles."""

    name: ClassVar[str] = "sd_ble_gatts_characteristic_add"
    result: Result
    handles: CharHandles | None = None


CHAR_PROPS = Record(
    CharProps, Bits(broadcast=1, read=1, write_wo_resp=1, write=1, notify=1, indicate=1, auth_signed_wr=1)
)
CHAR_EXT_PROPS = Record(CharExtProps, Bits(reliable_wr=1, wr_aux=1))
CHAR_PF = Record(
    CharPf,
    named("format", u8),
    named("exponent", i8),
    named("unit", u16),
    named("name_space", u8),
    named("desc", u16),
)
CHAR_MD = Record(
    CharMd,
    named("char_props", CHAR_PROPS),
    named("char_ext_props", CHAR_EXT_PROPS),
    named("char_user_desc_max_size", u16),
    named("char_user_desc_size", Length(of="char_user_desc"), "kept when the description is absent"),
    named("char_user_desc", Data("char_user_desc_size", limited=True)),
    named("char_pf", Presence(CHAR_PF)),
    named("user_desc_md", Presence(ATTR_MD)),
    named("cccd_md", Presence(ATTR_MD)),
    named("sccd_md", Presence(ATTR_MD)),
)
CHAR_HANDLES = Record(
    CharHandles,
    named("value_handle", u16),
    named("user_desc_handle", u16),
    named("cccd_handle", u16),
    named("sccd_handle", u16),
)

COMMAND = Record(
    CharacteristicAdd,
    named("service_handle", u16),
    named("char_md", Presence(CHAR_MD)),
    named("attr_char_value", Presence(ATTR)),
    named("handles_present", Given()),
)
RESPONSE = response(CharacteristicAddResponse, named("handles", Presence(CHAR_HANDLES)))
