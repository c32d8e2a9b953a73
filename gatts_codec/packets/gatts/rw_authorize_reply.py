"""rw_authorize_reply: answer an authorization request.

s110_v8 and s130_v1 answer a write with a bare gatt_status; from sd_api_v2 on read and write have the same form. Any
type but 1 and 2 is refused, since the rest of the packet hangs on it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants import MAX_VALUE_LEN, AuthorizeType, GattStatus
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data, Length, OneOf, Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, fill_length
from gatts_codec.schema.record import Record, When, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizeParams(Message):
    """Status for the peer, and data to store (SDK: ble_gatts_authorize_params_t).

        gatt_status  2       GattStatus: 0 success, 0x01xx ATT error xx
        update       bit 0   1: the data goes into the attribute. 0: a read gets what is stored
        offset       2       where in the value the data goes, in bytes
        len          2       bytes of data; travels also without them (default: as many as data has)
        data         1..513  presence flag, then the bytes; None: flag alone

    Source: `specs/structs/authorize.toml`.
    """

    gatt_status: Annotated[int, GattStatus] = GattStatus.SUCCESS
    update: int = 0
    offset: int = 0
    data: bytes | None = None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "data")


@dataclass(frozen=True, slots=True, repr=False)
class WriteAuthorizeParamsV1(Message):
    """The early answer to a write: a status alone (SDK: ble_gatts_write_authorize_params_t).

        gatt_status  2  GattStatus: 0 success, and what the peer wrote is stored; 0x01xx ATT error xx

    Source: `specs/structs/authorize_reply.toml`.
    """

    gatt_status: Annotated[int, GattStatus] = GattStatus.SUCCESS


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeReplyParams(Message):
    """The answer (SDK: ble_gatts_rw_authorize_reply_params_t).

        type   1       AuthorizeType: 1 read, 2 write; anything else is refused, both ways
        read   8..520  with type 1, else None
        write  8..520  with type 2, else None

    Source: `specs/structs/authorize_reply.toml`.
    """

    type: Annotated[int, AuthorizeType]
    read: AuthorizeParams | None = None
    write: AuthorizeParams | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeReplyParamsV1(Message):
    """`RwAuthorizeReplyParams` of s110_v8 and s130_v1, whose ``write`` is a status alone.

        type   1       AuthorizeType: 1 read, 2 write; anything else is refused, both ways
        read   8..520  with type 1, else None
        write  2       with type 2, else None

    Source: `specs/structs/authorize_reply.toml`.
    """

    type: Annotated[int, AuthorizeType]
    read: AuthorizeParams | None = None
    write: WriteAuthorizeParamsV1 | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeReply(Command["RwAuthorizeReplyResponse"]):
    """Reply to a read or write authorization request (SDK: sd_ble_gatts_rw_authorize_reply).

        conn_handle                2       connection
        rw_authorize_reply_params  1..522  presence flag, then RwAuthorizeReplyParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gatts/rw_authorize_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_rw_authorize_reply"
    conn_handle: Handle
    rw_authorize_reply_params: RwAuthorizeReplyParams | None


@dataclass(frozen=True, slots=True, repr=False)
class RwAuthorizeReplyV1(Command["RwAuthorizeReplyResponse"]):
    """`RwAuthorizeReply` as s110_v8 and s130_v1 have it.

        conn_handle                2       connection
        rw_authorize_reply_params  1..522  presence flag, then RwAuthorizeReplyParamsV1; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gatts/rw_authorize_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_rw_authorize_reply"
    conn_handle: Handle
    rw_authorize_reply_params: RwAuthorizeReplyParamsV1 | None


class RwAuthorizeReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gatts_rw_authorize_reply"


STATUS = named("gatt_status", u16)
AUTHORIZE_PARAMS = Record(
    AuthorizeParams,
    STATUS,
    Bits(update=1),
    named("offset", u16),
    named("len", Length(of="data"), "kept when the data is absent"),
    named("data", Data("len", most=MAX_VALUE_LEN)),
)


def _command(cls: type[Command[RwAuthorizeReplyResponse]], params: type[Message], write: Construct) -> Record:
    record = Record(
        params,
        named("type", OneOf(u8, AuthorizeType.READ, AuthorizeType.WRITE)),
        When("type", AuthorizeType.READ, named("read", AUTHORIZE_PARAMS)),
        When("type", AuthorizeType.WRITE, named("write", write)),
    )
    return Record(cls, CONN_HANDLE, named("rw_authorize_reply_params", Presence(record)))


COMMAND_V1 = _command(RwAuthorizeReplyV1, RwAuthorizeReplyParamsV1, Record(WriteAuthorizeParamsV1, STATUS))
COMMAND = _command(RwAuthorizeReply, RwAuthorizeReplyParams, AUTHORIZE_PARAMS)
RESPONSE = response(RwAuthorizeReplyResponse)
