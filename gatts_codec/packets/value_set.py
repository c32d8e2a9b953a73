"""value_set: write an attribute's value in the chip's table.

    conn_handle  2   0xFFFF: the table itself; system attributes belong to a connection
    handle       2   attribute
    value        1+  presence flag, then length, offset and the bytes behind a flag of their own

Up to SD API v2 the length stands before the offset; from v3 on the offset comes first, and the response's value
gains a presence flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Length, Presence, u16
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, Response, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Value(Message):
    """Bytes of an attribute from ``offset`` on (SDK: ble_gatts_value_t). Without bytes the length still travels."""

    value: bytes | None = None
    offset: int = 0
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "value")


@dataclass(frozen=True, slots=True, repr=False)
class ValueSet(Command):
    """Set the value of an attribute (SDK: sd_ble_gatts_value_set)."""

    name: ClassVar[str] = "sd_ble_gatts_value_set"
    conn_handle: Handle
    handle: Handle
    value: Value | None


@dataclass(frozen=True, slots=True, repr=False)
class ValueSetResponse(Response):
    """What was written: length and offset, and the bytes again."""

    name: ClassVar[str] = "sd_ble_gatts_value_set"
    result: Result
    value: Value | None = None


LEN = named("len", Length(of="value"), "kept when the value is absent")
OFFSET = named("offset", u16)
DATA, DATA_LIMITED = named("value", Data("len")), named("value", Data("len", limited=True))

VALUE_LEN_FIRST = Record(Value, LEN, OFFSET, DATA)
VALUE_OFFSET_FIRST = Record(Value, OFFSET, LEN, DATA)


def _command(*value: object) -> Record:
    return Record(ValueSet, CONN_HANDLE, HANDLE, named("value", Presence(Record(Value, *value))))


COMMAND = _command(LEN, OFFSET, DATA_LIMITED)
COMMAND_V3 = _command(OFFSET, LEN, DATA_LIMITED)

RESPONSE = response(ValueSetResponse, named("value", VALUE_LEN_FIRST))
RESPONSE_V3 = response(ValueSetResponse, named("value", Presence(VALUE_OFFSET_FIRST)))
