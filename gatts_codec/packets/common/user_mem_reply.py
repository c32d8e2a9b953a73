"""user_mem_reply: lend the chip memory, for queued writes."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Given, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class UserMemBlock(Message):
    """Memory of the application: the bytes do not travel (SDK: ble_user_mem_block_t).

        len          2  its size in bytes
        mem_present  1  whether there is memory

    Source: `specs/common/user_mem_reply.toml`.
    """

    len: int
    mem_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class UserMemReply(Command["UserMemReplyResponse"]):
    """Answer a request for memory (SDK: sd_ble_user_mem_reply).

        conn_handle  2     connection
        block        1..4  presence flag, then UserMemBlock; None: no memory

    Behind the opcode (u8), little endian. Source: `specs/common/user_mem_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_user_mem_reply"
    conn_handle: Handle
    block: UserMemBlock | None = None


class UserMemReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_user_mem_reply"


_LEN = named("len", u16)
BLOCK_V1 = Record(UserMemBlock, _LEN, named("mem_present", Given(Flag.DATA)))
BLOCK = Record(UserMemBlock, _LEN, named("mem_present", Given()))
COMMAND_V2 = Record(UserMemReply, CONN_HANDLE, named("block", Presence(BLOCK, Flag.DATA)))
COMMAND = Record(UserMemReply, CONN_HANDLE, named("block", Presence(BLOCK)))
RESPONSE = response(UserMemReplyResponse)
