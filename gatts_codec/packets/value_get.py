"""value_get: read an attribute's value from the chip's table.

    conn_handle  2   0xFFFF: the table itself; system attributes belong to a connection
    handle       2   attribute
    value        1+  presence flag, then buffer length, offset, and whether there is a buffer

Up to SD API v2 the length stands before the offset and the firmware ignores trailing bytes; from v3 on the offset
comes first, and the response's value gains a presence flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.packets.value_set import VALUE_LEN_FIRST, VALUE_OFFSET_FIRST, Value
from gatts_codec.schema.blocks import Flag, Given, Presence, u16
from gatts_codec.schema.message import Command, Handle, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ValueBuffer(Message):
    """Where the value is wanted: buffer length in bytes, and offset; no bytes travel (SDK: ble_gatts_value_t)."""

    len: int
    offset: int = 0
    value_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ValueGet(Command):
    """Get the value of an attribute (SDK: sd_ble_gatts_value_get)."""

    name: ClassVar[str] = "sd_ble_gatts_value_get"
    conn_handle: Handle
    handle: Handle
    value: ValueBuffer | None


@dataclass(frozen=True, slots=True, repr=False)
class ValueGetResponse(Response):
    """The value; ``len`` is the total length from the offset on, also when the buffer was smaller."""

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
