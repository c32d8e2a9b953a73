"""Structures that several packets share, each with its layout.

In the C struct of an attribute init_len stands before init_offs; on the wire it is relocated to stand by its data.
"""

from __future__ import annotations

import uuid as uuid128
from typing import Annotated

from gatts_codec.constants import MAX_VALUE_LEN, AttrType, AttrVloc, UuidType
from gatts_codec.errors import EncodeError, brief
from gatts_codec.schema.blocks import Data, Given, Length, Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import FROM_DATA, Handle, Message, fill_length
from gatts_codec.schema.record import Record, named


def uuid_of(value: str | bytes | uuid128.UUID) -> uuid128.UUID:
    """A UUID of 128 bits; bytes in the order of the text, big endian. Raises EncodeError on anything else."""
    try:
        return uuid128.UUID(bytes=value) if isinstance(value, bytes) else uuid128.UUID(str(value))
    except ValueError as error:
        raise EncodeError(
            f"not a 128-bit UUID: {brief(value)}", path="uuid", value=value, packet="Uuid"
        ) from error


@dataclass(frozen=True, slots=True, repr=False)
class Uuid(Message):
    """What travels of a UUID: 16 bits and a type that says which base they belong to (SDK: ble_uuid_t).

        uuid  2  the SIG's 16 bits, or bytes 2 and 3 of a 128-bit UUID's text form
        type  1  UuidType: 0 unknown, 1 Bluetooth SIG; 2 and up vendor bases, in the order in which the chip learned
                 them

    Source: `specs/structs/uuid.toml`.
    """

    uuid: Annotated[int, "#06x"]
    type: Annotated[int, UuidType] = UuidType.BLE

    @classmethod
    def from_128bit(cls, value: str | bytes | uuid128.UUID, type: int) -> Uuid:
        """The two bytes that travel of a vendor UUID; ``type`` is what the chip returned for its base.

        ``value`` is text, a ``uuid.UUID``, or 16 bytes in the order of the text (big endian). Raises EncodeError on
        anything else. The 16 bits are bytes 2 and 3 of the text form: 6e40**0001**-b5a3-...
        """
        whole = uuid_of(value)
        return cls(whole.int >> 96 & 0xFFFF, type)


UUID = Record(Uuid, named("uuid", u16), named("type", u8))


@dataclass(frozen=True, slots=True, repr=False)
class SecMode(Message):
    """Security an access needs (SDK: ble_gap_conn_sec_mode_t).

        sm  bits 0-3  security mode, 0 to 2; mode 0 with level 0 means no access
        lv  bits 4-7  level in it; of mode 1: 1 open, 2 encrypted, 3 also against a man in the middle, 4 with LE Secure
                      Connections

    `SecurityMode` has the known bytes. Source: `specs/structs/sec_mode.toml`.
    """

    sm: int = 1
    lv: int = 1


SEC_MODE = Record(SecMode, Bits(sm=4, lv=4))

NO_ACCESS = SecMode(0, 0)
"""Nobody may."""
OPEN = SecMode(1, 1)
"""Anybody may, without encryption."""
ENCRYPTED = SecMode(1, 2)
"""On an encrypted link, paired without protection against a man in the middle."""
AUTHENTICATED = SecMode(1, 3)
"""On an encrypted link, paired with protection against a man in the middle."""


@dataclass(frozen=True, slots=True, repr=False)
class AttrMd(Message):
    """Permissions and storage of an attribute (SDK: ble_gatts_attr_md_t).

        read_perm   1         what a read needs
        write_perm  1         what a write needs
        vlen        bit 0     1: the length may change, up to max_len
        vloc        bits 1-2  AttrVloc; must be 1, in the stack: the application's memory cannot be serialized
        rd_auth     bit 3     1: reads ask the application, by RwAuthorizeRequestEvent
        wr_auth     bit 4     1: writes ask the application

    Source: `specs/structs/attr_md.toml`.
    """

    read_perm: SecMode = OPEN
    write_perm: SecMode = OPEN
    vlen: int = 0
    vloc: Annotated[int, AttrVloc] = AttrVloc.STACK
    rd_auth: int = 0
    wr_auth: int = 0


ATTR_MD = Record(
    AttrMd,
    named("read_perm", SEC_MODE),
    named("write_perm", SEC_MODE),
    # Values in the application's memory cannot be serialized: every encoder refuses another vloc.
    Bits(vlen=1, vloc=2, rd_auth=1, wr_auth=1, required={"vloc": AttrVloc.STACK}),
)


@dataclass(frozen=True, slots=True, repr=False)
class Attr(Message):
    """A value or descriptor to be added (SDK: ble_gatts_attr_t).

        uuid       1..4    presence flag, then Uuid; None: flag alone
        attr_md    1..4    presence flag, then AttrMd; None: flag alone
        init_offs  2       where the initial value begins, in bytes
        max_len    2       longest value in bytes: the chip takes 512 with vlen, 510 at a fixed length
        init_len   2       bytes of the initial value; travels also without it, then at most 512 (default: as many as
                           value has)
        value      1..513  presence flag, then the initial value; None: none

    Source: `specs/structs/attr.toml`.
    """

    uuid: Uuid | None
    attr_md: AttrMd | None
    max_len: int
    value: bytes | None = None
    init_offs: int = 0
    init_len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "init_len", "value")


ATTR = Record(
    Attr,
    named("uuid", Presence(UUID)),
    named("attr_md", Presence(ATTR_MD)),
    named("init_offs", u16),
    named("max_len", u16),
    named("init_len", Length(of="value"), "kept when the value is absent"),
    named("value", Data("init_len", limited=True, most=MAX_VALUE_LEN)),
)


@dataclass(frozen=True, slots=True, repr=False)
class MemBlock(Message):
    """User memory that the application lent, with the queued writes in it (SDK: ble_user_mem_block_t).

        len  2       bytes of mem; travels also without them (default: as many as mem has)
        mem  1..513  presence flag, then for each write u16 handle, offset, length and the bytes, ended by handle 0;
                     None: flag alone

    Source: `specs/structs/mem_block.toml`.
    """

    len: int = FROM_DATA
    mem: bytes | None = None

    def __post_init__(self) -> None:
        fill_length(self, "len", "mem")


MEM_BLOCK = Record(MemBlock, named("len", Length(of="mem")), named("mem", Data("len", most=MAX_VALUE_LEN)))


@dataclass(frozen=True, slots=True, repr=False)
class AttrContext(Message):
    """Where an attribute stands in the table, as s110_v8 and s130_v1 report it (SDK: ble_gatts_attr_context_t).

        srvc_uuid     3  its service
        char_uuid     3  its characteristic
        desc_uuid     3  its descriptor
        srvc_handle   2  the service's handle
        value_handle  2  the characteristic value's handle
        type          1  AttrType, what kind of attribute it is

    Source: `specs/structs/context.toml`.
    """

    srvc_uuid: Uuid
    char_uuid: Uuid
    desc_uuid: Uuid
    srvc_handle: Handle
    value_handle: Handle
    type: Annotated[int, AttrType]


CONTEXT = Record(
    AttrContext,
    named("srvc_uuid", UUID),
    named("char_uuid", UUID),
    named("desc_uuid", UUID),
    named("srvc_handle", u16),
    named("value_handle", u16),
    named("type", u8),
)

CONN_HANDLE = named("conn_handle", u16)
HANDLE = named("handle", u16)
HANDLE_PRESENT = named("handle_present", Given(), "whether the handle is wanted in the response")
