"""char_value_by_uuid_read: read a peer's values by their UUID. CHAR_VAL_BY_UUID_READ_RSP answers.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gattc.structs import RANGE, HandleRange
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class CharValueByUuidRead(Command["CharValueByUuidReadResponse"]):
    """Read the values of a peer that have a UUID (SDK: sd_ble_gattc_char_value_by_uuid_read).

        conn_handle   2     connection
        uuid          1..4  presence flag, then Uuid; None: flag alone
        handle_range  1..5  presence flag, then HandleRange, where to look; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gattc/char_value_by_uuid_read.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_char_value_by_uuid_read"
    conn_handle: Handle
    uuid: Uuid | None
    handle_range: HandleRange | None


class CharValueByUuidReadResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_char_value_by_uuid_read"


COMMAND = Record(CharValueByUuidRead, CONN_HANDLE, named("uuid", Presence(UUID)), RANGE)
RESPONSE = response(CharValueByUuidReadResponse)
