"""rw_authorize_request: a peer wants to read or write an attribute, and waits for rw_authorize_reply."""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants import AuthorizeType
from gatts_codec.packets.gatts.write_event import (
    BODY,
    BODY_V1,
    LENT_MEMORY,
    OFFSET,
    WriteParams,
    WriteParamsV1,
)
from gatts_codec.schema.blocks import OneOf, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, When, named
from gatts_codec.schema.structs import CONN_HANDLE, CONTEXT, HANDLE, UUID, AttrContext, MemBlock, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class ReadParams(Message):
    """What a peer wants to read (SDK: ble_gatts_evt_read_t).

        handle  2  the attribute
        uuid    3  its UUID
        offset  2  in bytes

    Source: `specs/structs/read.toml`.
    """

    handle: Handle
    uuid: Uuid
    offset: int


@dataclass(frozen=True, slots=True, repr=False)
class ReadParamsV1(Message):
    """`ReadParams` of s110_v8 and s130_v1: with the attribute's context.

        handle   2   the attribute
        context  14  where it stands in the table
        offset   2   in bytes

    Source: `specs/structs/read.toml`.
    """

    handle: Handle
    context: AttrContext
    offset: int


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeRequestEvent(Event):
    """A peer asks to read or write (SDK: BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST).

        conn_handle  2        connection
        type         1        AuthorizeType: 1 read, 2 write; anything else is refused, both ways
        read         7        with type 1, else None
        write        11..523  with type 2, else None: it is not yet stored
        mem_block    3..515   with type 2, only if bytes are left: lent memory with the queued writes; None: no bytes
                              are left

    Behind the event id (u16), little endian. Source: `specs/gatts/rw_authorize_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST"
    conn_handle: Handle
    type: Annotated[int, AuthorizeType]
    read: ReadParams | None = None
    write: WriteParams | None = None
    mem_block: MemBlock | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeRequestEventV1(Event):
    """`RwAuthorizeRequestEvent` as s110_v8 and s130_v1 have it.

        conn_handle  2        connection
        type         1        AuthorizeType: 1 read, 2 write; anything else is refused, both ways
        read         18       with type 1, else None
        write        21..533  with type 2, else None: it is not yet stored
        mem_block    3..515   with type 2, only if bytes are left: lent memory with the queued writes; None: no bytes
                              are left

    Behind the event id (u16), little endian. Source: `specs/gatts/rw_authorize_request_event.toml`.
    """

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
