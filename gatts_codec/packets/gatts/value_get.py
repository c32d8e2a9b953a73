"""value_get: read an attribute's value from the chip's table.

Up to SD API v2 the length stands before the offset and the firmware ignores trailing bytes; from v3 on the offset
comes first, and the response's value gains a presence flag.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gatts.value_set import VALUE_LEN_FIRST, VALUE_OFFSET_FIRST, Value
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Given, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ValueBuffer(Message):
    """Where the value is wanted: no bytes travel (SDK: ble_gatts_value_t).

        offset         2  where in the value to begin, in bytes
        len            2  the size of the caller's buffer in bytes
        value_present  1  whether there is a buffer; without one only the length comes back

    Up to sd_api_v2_pc ``len`` stands first. Source: `specs/gatts/value_get.toml`.
    """

    len: int
    offset: int = 0
    value_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ValueGet(Command["ValueGetResponse"]):
    """Get the value of an attribute (SDK: sd_ble_gatts_value_get).

        conn_handle  2     connection; 0xFFFF: the table itself. System attributes belong to a connection
        handle       2     the attribute
        value        1..6  presence flag, then ValueBuffer; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gatts/value_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_value_get"
    conn_handle: Handle
    handle: Handle
    value: ValueBuffer | None


@dataclass(frozen=True, slots=True, repr=False)
class ValueGetResponse(Response):
    """The value; its ``len`` is the total length from the offset on, also when the buffer was smaller.

        result  4       0 success; anything else ends the packet here
        value   1..518  Value, from sd_api_v3 on behind a presence flag. None: the call failed, or it was not given

    Behind the opcode (u8), little endian. Source: `specs/gatts/value_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_value_get"
    result: Result
    value: Value | None = None


LEN, OFFSET = named("len", u16), named("offset", u16)
BUFFER = Record(ValueBuffer, LEN, OFFSET, named("value_present", Given(Flag.RAW)))
BUFFER_V3 = Record(ValueBuffer, OFFSET, LEN, named("value_present", Given()))

COMMAND = Record(
    ValueGet, CONN_HANDLE, HANDLE, named("value", Presence(BUFFER, Flag.DATA)), tolerates_trailing=True
)
COMMAND_V3 = Record(ValueGet, CONN_HANDLE, HANDLE, named("value", Presence(BUFFER_V3)))

RESPONSE = response(ValueGetResponse, named("value", VALUE_LEN_FIRST))
RESPONSE_V3 = response(ValueGetResponse, named("value", Presence(VALUE_OFFSET_FIRST)))
