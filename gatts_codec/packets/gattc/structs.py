"""Structures that several GATT client packets share. The same in all dialects."""

from __future__ import annotations

from gatts_codec.schema.blocks import Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE, UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class HandleRange(Message):
    """Attributes from one handle to another (SDK: ble_gattc_handle_range_t).

        start_handle  2  the first
        end_handle    2  the last; 0xFFFF: to the end of the table

    Source: `specs/gattc/relationships_discover.toml`.
    """

    start_handle: Handle
    end_handle: Handle


@dataclass(frozen=True, slots=True, repr=False)
class Service(Message):
    """A service that a peer has (SDK: ble_gattc_service_t).

        uuid          3  what it is; type 0: a 128-bit UUID whose base the chip does not know
        handle_range  4  its attributes

    Source: `specs/gattc/prim_srvc_disc_rsp_event.toml`.
    """

    uuid: Uuid
    handle_range: HandleRange


HANDLE_RANGE = Record(HandleRange, named("start_handle", u16), named("end_handle", u16))
SERVICE = Record(Service, named("uuid", UUID), named("handle_range", HANDLE_RANGE))

RANGE = named("handle_range", Presence(HANDLE_RANGE))
"""Where a command looks."""
ANSWER = (CONN_HANDLE, named("gatt_status", u16), named("error_handle", u16))
"""What every answer of a peer begins with."""
