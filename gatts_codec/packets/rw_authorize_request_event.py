"""rw_authorize_request: a peer wants to read or write an attribute, and waits for rw_authorize_reply.

conn_handle  2
type         1   1 read, 2 write; anything else is refused, since the rest of the packet hangs on it
read         8   handle, uuid, offset (in s110_v8 and s130_v1 a 14-byte context instead of the UUID)
write        9+  as in the write event, with the memory block that may trail it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants import AuthorizeType
from gatts_codec.packets.write_event import BODY, BODY_V1, LENT_MEMORY, OFFSET, WriteParams, WriteParamsV1
from gatts_codec.schema.blocks import OneOf, u8
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, When, named
from gatts_codec.schema.structs import CONN_HANDLE, CONTEXT, HANDLE, UUID, AttrContext, MemBlock, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class ReadParams(Message):
    """What a peer wants to read (SDK: ble_gatts_evt_read_t)."""

    handle: Handle
    uuid: Uuid
    offset: int


@dataclass(frozen=True, slots=True, repr=False)
class ReadParamsV1(Message):
    """The same in s110_v8 and s130_v1: with the attribute's context."""

    handle: Handle
    context: AttrContext
    offset: int


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeRequestEvent(Event):
    """A peer asks to read or write (SDK: BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST)."""

    name: ClassVar[str] = "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST"
    conn_handle: Handle
    type: Annotated[int, AuthorizeType]
    read: ReadParams | None = None
    write: WriteParams | None = None
    mem_block: MemBlock | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeRequestEventV1(Event):
    """The same in s110_v8 and s130_v1."""

    name: ClassVar[str] = "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST"
    conn_handle: Handle
    type: Annotated[int, AuthorizeType]
    read: ReadParamsV1 | None = None
    write: WriteParamsV1 | None = None
    mem_block: MemBlock | None = None


def _event(cls: type[Event], read: Construct, write: Construct) -> Record:
    return Record(
        cls,
        CONN_HANDLE,
        named("type", OneOf(u8, AuthorizeType.READ, AuthorizeType.WRITE)),
        When("type", AuthorizeType.READ, named("read", read)),
        When("type", AuthorizeType.WRITE, named("write", write), LENT_MEMORY),
    )


EVENT = _event(
    RwAuthorizeRequestEvent,
    Record(ReadParams, HANDLE, named("uuid", UUID), OFFSET),
    Record(WriteParams, *BODY),
)
EVENT_V1 = _event(
    RwAuthorizeRequestEventV1,
    Record(ReadParamsV1, HANDLE, named("context", CONTEXT), OFFSET),
    Record(WriteParamsV1, *BODY_V1),
)
