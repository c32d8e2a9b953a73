"""write: a peer has written an attribute.

s110_v8 and s130_v1 send a 14-byte attribute context instead of UUID and auth_required, and op before it. Nothing in the
packet announces the memory block, which is there while the application has lent memory: whatever is left after the data
is one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import MAX_VALUE_LEN, WriteOp
from gatts_codec.schema.blocks import Counted, Trailing, u8, u16
from gatts_codec.schema.classes import dataclass
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
    """What a peer writes (SDK: ble_gatts_evt_write_t).

        handle         2       the attribute
        uuid           3       its UUID
        op             1       WriteOp, what the peer sent: 1 request, 2 command, 3 signed command, 4 prepared, 5
                               cancel, 6 execute
        auth_required  1       1: not stored, the application decides. 0: stored
        offset         2       where in the value the data goes, in bytes
        data           2..514  u16 count, then the bytes; no presence flag

    Source: `specs/structs/write.toml`.
    """

    handle: Handle
    uuid: Uuid
    op: Annotated[int, WriteOp]
    auth_required: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class WriteParamsV1(Message):
    """`WriteParams` of s110_v8 and s130_v1: with the attribute's context.

        handle   2       the attribute
        op       1       WriteOp, what the peer sent: 1 request, 2 command, 3 signed command, 4 prepared, 5 cancel, 6
                         execute
        context  14      where it stands in the table
        offset   2       where in the value the data goes, in bytes
        data     2..514  u16 count, then the bytes; no presence flag

    Source: `specs/structs/write.toml`.
    """

    handle: Handle
    op: Annotated[int, WriteOp]
    context: AttrContext
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class WriteEvent(Event):
    """A peer has written an attribute (SDK: BLE_GATTS_EVT_WRITE).

        conn_handle    2       connection
        handle         2       the attribute
        uuid           3       its UUID
        op             1       WriteOp, what the peer sent: 1 request, 2 command, 3 signed command, 4 prepared, 5
                               cancel, 6 execute
        auth_required  1       1: not stored, the application decides. 0: stored
        offset         2       where in the value the data goes, in bytes
        data           2..514  u16 count, then the bytes; no presence flag
        mem_block      3..515  only if bytes are left: lent memory with the queued writes; None: no bytes are left

    Behind the event id (u16), little endian. Source: `specs/gatts/write_event.toml`.
    """

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
    """`WriteEvent` as s110_v8 and s130_v1 have it: with the attribute's context.

        conn_handle  2       connection
        handle       2       the attribute
        op           1       WriteOp, what the peer sent: 1 request, 2 command, 3 signed command, 4 prepared, 5
                             cancel, 6 execute
        context      14      where it stands in the table
        offset       2       where in the value the data goes, in bytes
        data         2..514  u16 count, then the bytes; no presence flag
        mem_block    3..515  only if bytes are left: lent memory with the queued writes; None: no bytes are left

    Behind the event id (u16), little endian. Source: `specs/gatts/write_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTS_EVT_WRITE"
    conn_handle: Handle
    handle: Handle
    op: Annotated[int, WriteOp]
    context: AttrContext
    offset: int
    data: bytes
    mem_block: MemBlock | None = None


OP, OFFSET, DATA = named("op", u8), named("offset", u16), named("data", Counted(most=MAX_VALUE_LEN))
BODY = (HANDLE, named("uuid", UUID), OP, named("auth_required", u8), OFFSET, DATA)
BODY_V1 = (HANDLE, OP, named("context", CONTEXT), OFFSET, DATA)
LENT_MEMORY = named("mem_block", Trailing(MEM_BLOCK))

EVENT = Record(WriteEvent, CONN_HANDLE, *BODY, LENT_MEMORY)
EVENT_V1 = Record(WriteEventV1, CONN_HANDLE, *BODY_V1, LENT_MEMORY)
