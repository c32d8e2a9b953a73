"""char_disc_rsp: a peer's characteristics. Answers characteristics_discover."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants import GattStatus
from gatts_codec.packets.gattc.structs import ANSWER
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.characteristic import CHAR_PROPS, CharProps
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import UUID, Uuid


@dataclass(frozen=True, slots=True, repr=False)
class Char(Message):
    """A characteristic that a peer has (SDK: ble_gattc_char_t).

        uuid            3      what its value is
        char_props      1      what may be done with it
        char_ext_props  bit 0  1: it has extended properties, in a descriptor
        handle_decl     2      its declaration
        handle_value    2      its value

    Source: `specs/gattc/char_disc_rsp_event.toml`.
    """

    uuid: Uuid
    char_props: CharProps
    char_ext_props: int
    handle_decl: Handle
    handle_value: Handle


@dataclass(frozen=True, slots=True, repr=False)
class CharDiscRspEvent(Event):
    """Characteristics of a peer (SDK: BLE_GATTC_EVT_CHAR_DISC_RSP).

        conn_handle   2   connection
        gatt_status   2   GattStatus: 0 success, 0x01xx ATT error xx
        error_handle  2   the attribute that the error is about; 0 without one
        chars         2+  u16 count, then Char each

    Behind the event id (u16), little endian. Source: `specs/gattc/char_disc_rsp_event.toml`.
    """

    name: ClassVar[str] = "BLE_GATTC_EVT_CHAR_DISC_RSP"
    conn_handle: Handle
    gatt_status: Annotated[int, GattStatus]
    error_handle: Handle
    chars: tuple[Char, ...]


CHAR = Record(
    Char,
    named("uuid", UUID),
    named("char_props", CHAR_PROPS),
    Bits(char_ext_props=1),
    named("handle_decl", u16),
    named("handle_value", u16),
)
EVENT = Record(CharDiscRspEvent, *ANSWER, named("chars", ListOf(CHAR)))
