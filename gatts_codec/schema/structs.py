"""Structures that several packets share, each with its layout.

    uuid       u16 uuid, u8 type
    sec_mode   u8: sm bits 0-3, lv bits 4-7
    attr_md    sec_mode read_perm, sec_mode write_perm, u8 {vlen 0, vloc 1-2, rd_auth 3, wr_auth 4}
    attr       ?{uuid}, ?{attr_md}, u16 init_offs, u16 max_len, u16 init_len, ?{value}
    mem_block  u16 len, ?{mem}
    context    uuid srvc_uuid, uuid char_uuid, uuid desc_uuid, u16 srvc_handle, u16 value_handle, u8 type: 14 bytes

In the C struct of an attribute init_len stands before init_offs; on the wire it is relocated to stand by its data.
"""

from __future__ import annotations

import uuid as uuid128
from dataclasses import dataclass
from typing import Annotated

from gatts_codec.constants import AttrType, AttrVloc, UuidType
from gatts_codec.schema.blocks import Data, Given, Length, Presence, u8, u16
from gatts_codec.schema.message import FROM_DATA, Handle, Message, fill_length
from gatts_codec.schema.record import Bits, Record, named


@dataclass(frozen=True, slots=True, repr=False)
class Uuid(Message):
    """What travels of a UUID: 16 bits and a type that says which base they belong to (SDK: ble_uuid_t).

    Type 1 is the Bluetooth SIG's base; 2 and up are vendor bases, in the order in which the chip learned them.
    """

    uuid: Annotated[int, "#06x"]
    type: Annotated[int, UuidType] = UuidType.BLE

    @classmethod
    def from_128bit(cls, value: str | bytes | uuid128.UUID, type: int) -> Uuid:
        """The two bytes that travel of a vendor UUID; ``type`` is what the chip returned for its base.

        ``value`` is text, a ``uuid.UUID``, or 16 bytes in the order of the text (big endian). Raises ValueError on
        anything else. The 16 bits are bytes 2 and 3 of the text form: 6e40**0001**-b5a3-...
        """
        whole = uuid128.UUID(bytes=value) if isinstance(value, bytes) else uuid128.UUID(str(value))
        return cls(whole.int >> 96 & 0xFFFF, type)


UUID = Record(Uuid, named("uuid", u16), named("type", u8))


@dataclass(frozen=True, slots=True, repr=False)
class SecMode(Message):
    """Security an access needs: mode and level (SDK: ble_gap_conn_sec_mode_t). 0/0 is no access, 1/1 open."""

    sm: int = 1
    lv: int = 1


SEC_MODE = Record(SecMode, Bits(sm=4, lv=4))

NO_ACCESS, OPEN, ENCRYPTED, AUTHENTICATED = SecMode(0, 0), SecMode(1, 1), SecMode(1, 2), SecMode(1, 3)


@dataclass(frozen=True, slots=True, repr=False)
class AttrMd(Message):
    """Permissions and storage of an attribute (SDK: ble_gatts_attr_md_t)."""

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
    """A value or descriptor to be added (SDK: ble_gatts_attr_t). Lengths and offset in bytes."""

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
    named("value", Data("init_len", limited=True)),
)


@dataclass(frozen=True, slots=True, repr=False)
class MemBlock(Message):
    """User memory that the application lent, with the queued writes in it (SDK: ble_user_mem_block_t)."""

    len: int = FROM_DATA
    mem: bytes | None = None

    def __post_init__(self) -> None:
        fill_length(self, "len", "mem")


MEM_BLOCK = Record(MemBlock, named("len", Length(of="mem")), named("mem", Data("len")))


@dataclass(frozen=True, slots=True, repr=False)
class AttrContext(Message):
    """Where an attribute stands in the table, as s110_v8 and s130_v1 report it (SDK: ble_gatts_attr_context_t)."""

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
