"""Structures of characteristic_add: what a peer may do with a value, and which descriptors stand beside it."""

from __future__ import annotations

from typing import Annotated

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.schema.blocks import Data, Length, Presence, i8, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import FROM_DATA, Handle, Hex8, Message, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import ATTR_MD, AttrMd


@dataclass(frozen=True, slots=True, repr=False)
class CharProps(Message):
    """What a peer may do with the value; 0 or 1 each (SDK: ble_gatt_char_props_t).

        broadcast       bit 0  may be broadcast
        read            bit 1  may be read
        write_wo_resp   bit 2  takes write commands
        write           bit 3  takes write requests
        notify          bit 4  may be notified
        indicate        bit 5  may be indicated
        auth_signed_wr  bit 6  takes signed write commands

    Source: `specs/structs/char_md.toml`.
    """

    broadcast: int = 0
    read: int = 0
    write_wo_resp: int = 0
    write: int = 0
    notify: int = 0
    indicate: int = 0
    auth_signed_wr: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharExtProps(Message):
    """Extended properties; 0 or 1 each (SDK: ble_gatt_char_ext_props_t).

        reliable_wr  bit 0  takes reliable (prepared) writes
        wr_aux       bit 1  the user description may be written

    Source: `specs/structs/char_md.toml`.
    """

    reliable_wr: int = 0
    wr_aux: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharPf(Message):
    """Presentation format descriptor; numbers as the Bluetooth SIG assigns them (SDK: ble_gatts_char_pf_t).

        format      1  PresentationFormat: what kind of number or text
        exponent    1  signed, -128 to 127: power of ten
        unit        2  0x2700: none
        name_space  1  whose numbers desc has; 1: Bluetooth SIG
        desc        2  a description, by number; 0: unknown

    Source: `specs/structs/char_pf.toml`.
    """

    format: Hex8
    exponent: int = 0
    unit: Annotated[int, "#06x"] = 0x2700
    name_space: int = 1
    desc: Annotated[int, "#06x"] = 0


@dataclass(frozen=True, slots=True, repr=False)
class CharMd(Message):
    """Characteristic metadata (SDK: ble_gatts_char_md_t). Descriptors exist as their text, format or property does.

        char_props               1       CharProps
        char_ext_props           1       CharExtProps
        char_user_desc_max_size  2       longest user description in bytes (default: as long as it is)
        char_user_desc_size      2       bytes of it; travels also without it, then at most 512 (default: as many as it
                                         has)
        char_user_desc           1..513  presence flag, then UTF-8; None: no user description
        char_pf                  1..8    presence flag, then CharPf; None: no presentation format
        user_desc_md             1..4    presence flag, then AttrMd, of the user description; None: permissions follow
                                         the value's
        cccd_md                  1..4    the same, of the client configuration, there with notify or indicate; None:
                                         readable by all
        sccd_md                  1..4    the same, of the server configuration, there with broadcast; None: readable by
                                         all

    Source: `specs/structs/char_md.toml`.
    """

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
    """Handles of a new characteristic (SDK: ble_gatts_char_handles_t).

        value_handle      2  the value
        user_desc_handle  2  the user description; 0: none
        cccd_handle       2  the client configuration; 0: none
        sccd_handle       2  the server configuration; 0: none

    Source: `specs/structs/char_handles.toml`.
    """

    value_handle: Handle
    user_desc_handle: Handle = 0
    cccd_handle: Handle = 0
    sccd_handle: Handle = 0


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
    named("char_user_desc", Data("char_user_desc_size", limited=True, most=MAX_VALUE_LEN)),
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
