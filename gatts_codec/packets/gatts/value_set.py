"""value_set: write an attribute's value in the chip's table.

Up to SD API v2 the length stands before the offset; from v3 on the offset comes first, and the response's value
gains a presence flag.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Data, Length, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, Handle, Message, Response, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Value(Message):
    """Bytes of an attribute (SDK: ble_gatts_value_t).

        offset  2       where in the attribute they begin, in bytes
        len     2       how many bytes; travels also without them, in a command then at most 512 (default: as many as
                        value has)
        value   1..513  presence flag, then the bytes; None: flag alone

    Up to sd_api_v2_pc ``len`` stands first. Source: `specs/structs/value.toml`, `specs/gatts/value_set.toml`.
    """

    value: bytes | None = None
    offset: int = 0
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "value")


@dataclass(frozen=True, slots=True, repr=False)
class ValueSet(Command["ValueSetResponse"]):
    """Set the value of an attribute (SDK: sd_ble_gatts_value_set).

        conn_handle  2       connection; 0xFFFF: the table itself. System attributes belong to a connection
        handle       2       the attribute
        value        1..518  presence flag, then Value; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gatts/value_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_value_set"
    conn_handle: Handle
    handle: Handle
    value: Value | None


@dataclass(frozen=True, slots=True, repr=False)
class ValueSetResponse(Response):
    """What was written: length and offset, and the bytes again.

        result  4       0 success; anything else ends the packet here
        value   1..518  Value, from sd_api_v3 on behind a presence flag. None: the call failed, or it was not given

    Behind the opcode (u8), little endian. Source: `specs/gatts/value_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_value_set"
    result: Result
    value: Value | None = None


LEN = named("len", Length(of="value"), "kept when the value is absent")
OFFSET = named("offset", u16)
DATA, DATA_LIMITED = (
    named("value", Data("len", most=MAX_VALUE_LEN)),
    named("value", Data("len", limited=True, most=MAX_VALUE_LEN)),
)

VALUE_LEN_FIRST = Record(Value, LEN, OFFSET, DATA)
VALUE_OFFSET_FIRST = Record(Value, OFFSET, LEN, DATA)


def _command(*value: object) -> Record:
    return Record(ValueSet, CONN_HANDLE, HANDLE, named("value", Presence(Record(Value, *value))))


COMMAND = _command(LEN, OFFSET, DATA_LIMITED)
COMMAND_V3 = _command(OFFSET, LEN, DATA_LIMITED)

RESPONSE = response(ValueSetResponse, named("value", VALUE_LEN_FIRST))
RESPONSE_V3 = response(ValueSetResponse, named("value", Presence(VALUE_OFFSET_FIRST)))
