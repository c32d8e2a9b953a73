"""char_values_read: read several of a peer's values at once. CHAR_VALS_READ_RSP answers.

The chip takes at most 11 handles, also where they are absent. Up to sd_api_v2_pc it then takes any number
for 11.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Length, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.members import AtMost
from gatts_codec.schema.message import FROM_DATA, Command, Handle, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class CharValuesRead(Command["CharValuesReadResponse"]):
    """Read several of a peer's values, whose lengths the host knows (SDK: sd_ble_gattc_char_values_read).

        conn_handle   2   connection
        handle_count  2   how many handles, at most 11; by default as many as there are
        handles       1+  presence flag, then the handles, 2 bytes each; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/char_values_read.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_char_values_read"
    conn_handle: Handle
    handles: tuple[int, ...] | None
    handle_count: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "handle_count", "handles")


class CharValuesReadResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_char_values_read"


MAX_HANDLES = 11

COMMAND = Record(
    CharValuesRead,
    CONN_HANDLE,
    named("handle_count", Length(of="handles")),
    AtMost("handle_count", MAX_HANDLES),
    named("handles", Presence(ListOf(u16, count="handle_count"), Flag.RAW)),
)
RESPONSE = response(CharValuesReadResponse)
