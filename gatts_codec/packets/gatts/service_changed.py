"""service_changed: tell the peer that a range of handles has changed.

The same in all dialects; the response has no fields.
"""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class ServiceChanged(Command["ServiceChangedResponse"]):
    """Indicate Service Changed (SDK: sd_ble_gatts_service_changed).

        conn_handle   2  connection
        start_handle  2  the first that has changed; of the application's own
        end_handle    2  the last

    Behind the opcode (u8), little endian. Source: `specs/gatts/service_changed.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_service_changed"
    conn_handle: Handle
    start_handle: Handle
    end_handle: Handle


class ServiceChangedResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gatts_service_changed"


COMMAND = Record(ServiceChanged, CONN_HANDLE, named("start_handle", u16), named("end_handle", u16))
RESPONSE = response(ServiceChangedResponse)
