"""write: a peer has written an attribute.

    conn_handle    2
    handle         2    the attribute
    uuid           3    its UUID; s110_v8 and s130_v1 send op here, then a 14-byte attribute context
    op             1    write request, command, prepared ...
    auth_required  1    1: not stored, the application decides (not in s110_v8 and s130_v1)
    offset         2
    data           2+   u16 length, then the bytes: no presence flag
    mem_block      3+   only while the application has lent memory: u16 length, presence flag, the queued writes

Nothing in the packet announces the memory block: whatever is left after the data is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from gatts_codec.constants import WriteOp
from gatts_codec.schema.blocks import Counted, Trailing, u8, u16
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import (
    CONN_HANDLE,
    CONTEXT,
    HANDLE,
    MEM_BLOCK,
    UUID,
    AttrContext,
    MemBlock,
    Uuid,
)


@dataclass(frozen=True, slots=True, repr=False)
class WriteParams(Message):
    """What a peer writes (SDK: ble_gatts_evt_write_t)."""

    handle: Handle
    uuid: Uuid
    op: Annotated[int, WriteOp]
    auth_required: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class WriteParamsV1(Message):
    """The same in s110_v8 and s130_v1: with the attribute's context."""

    handle: Handle
    op: Annotated[int, WriteOp]
    context: AttrContext
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class WriteEvent(Event):
    """A peer has written an attribute (SDK: BLE_GATTS_EVT_WRITE)."""

    name: ClassVar[str] = "BLE_GATTS_EVT_WRITE"
    conn_handle: Handle
    handle: Handle
    uuid: Uuid
    op: Annotated[int, WriteOp]
    auth_required: int
    offset: int
    data: bytes
    mem_block: MemBlock | None = None


@dataclass(frozen=True, slots=True, repr=False)
class WriteEventV1(Event):
    """The same in s110_v8 and s130_v1: with the attribute's context."""

    name: ClassVar[str] = "BLE_GATTS_EVT_WRITE"
    conn_handle: Handle
    handle: Handle
    op: Annotated[int, WriteOp]
    context: AttrContext
    offset: int
    data: bytes
    mem_block: MemBlock | None = None


OP, OFFSET, DATA = named("op", u8), named("offset", u16), named("data", Counted())
BODY = (HANDLE, named("uuid", UUID), OP, named("auth_required", u8), OFFSET, DATA)
BODY_V1 = (HANDLE, OP, named("context", CONTEXT), OFFSET, DATA)
LENT_MEMORY = named("mem_block", Trailing(MEM_BLOCK))

EVENT = Record(WriteEvent, CONN_HANDLE, *BODY, LENT_MEMORY)
EVENT_V1 = Record(WriteEventV1, CONN_HANDLE, *BODY_V1, LENT_MEMORY)
