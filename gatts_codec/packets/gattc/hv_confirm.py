"""hv_confirm: confirm a peer's indication.

The same in all dialects but for the opcode.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record
from gatts_codec.schema.structs import CONN_HANDLE, HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class HvConfirm(Command["HvConfirmResponse"]):
    """Confirm a peer's indication (SDK: sd_ble_gattc_hv_confirm).

        conn_handle  2  connection
        handle       2  the value that was indicated

    Behind the opcode (u8), little endian. Source: `specs/gattc/hv_confirm.toml`.
    """

    name: ClassVar[str] = "sd_ble_gattc_hv_confirm"
    conn_handle: Handle
    handle: Handle


class HvConfirmResponse(ResultAlone):
    """The result alone: what the peer answers comes as an event."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gattc_hv_confirm"


COMMAND = Record(HvConfirm, CONN_HANDLE, HANDLE)
RESPONSE = response(HvConfirmResponse)
