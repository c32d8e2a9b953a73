"""characteristics_discover: find a peer's characteristics. CHAR_DISC_RSP answers.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gattc.structs import RANGE, HandleRange
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicsDiscover(Command["CharacteristicsDiscoverResponse"]):
    """Find a peer's characteristics (SDK: sd_ble_gattc_characteristics_discover).

        conn_handle   2     connection
        handle_range  1..5  presence flag, then HandleRange, where to look; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/characteristics_discover.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_characteristics_discover"
    conn_handle: Handle
    handle_range: HandleRange | None


@dataclass(frozen=True, slots=True, repr=False)
class CharacteristicsDiscoverResponse(Response):
    """The result alone: what the peer answers comes as an event.

        result  4  0 success; the answer comes as an event

    Behind the opcode (u8), little endian. Source: `specs/gattc/characteristics_discover.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_characteristics_discover"
    result: Result


COMMAND = Record(CharacteristicsDiscover, CONN_HANDLE, RANGE)
RESPONSE = response(CharacteristicsDiscoverResponse)
