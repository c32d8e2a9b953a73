"""The frame of every response: u8 opcode, u32 result, then the outputs, which travel only when the result is 0.

A failed call's response is exactly 5 bytes; a successful one must carry its fields.
"""

from __future__ import annotations

from typing import Annotated

from construct import Construct

from gatts_codec.constants import ResultCode
from gatts_codec.schema.blocks import u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Response
from gatts_codec.schema.record import Record, When, named

Result = Annotated[int, ResultCode]


@dataclass(frozen=True, slots=True, repr=False)
class ResultAlone(Response):
    """Base of the responses without outputs, which differ in nothing but their name.

        result  4  0 success

    Behind the opcode (u8), little endian. Source: the table of the command.
    """

    result: Result


def response(cls: type[Response], *outputs: Construct) -> Record:
    """The layout of a response with these outputs."""
    return Record(cls, named("result", u32), *([When("result", 0, *outputs)] if outputs else []))
