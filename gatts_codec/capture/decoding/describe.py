"""A message in a few words: the fields that matter, with numbers as a person wants to see them.

What says nothing is left out: absent fields, offsets and flags of 0, lengths that equal their data. ``to_dict()`` has
everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

from gatts_codec.advertising.text import advertising_text
from gatts_codec.capture.decoding.packets import Decoded
from gatts_codec.constants import (
    BLE_CONN_HANDLE_ALL,
    BLE_CONN_HANDLE_INVALID,
    GattStatus,
    HciStatus,
    UuidType,
    gatt_status_name,
    result_name,
)
from gatts_codec.constants.assigned import company_text
from gatts_codec.constants.assigned import uuid_text as sig_uuid_text
from gatts_codec.constants.table import is_event, short_name, table
from gatts_codec.errors import DecodeError
from gatts_codec.packets.gatts.characteristic_add import CharExtProps, CharProps
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.message import Message, Packet
from gatts_codec.schema.shown import Look
from gatts_codec.schema.structs import AttrMd, SecMode, Uuid

SHOWN_BYTES = 24
SHOWN_ITEMS = 4  # of a list

_SECURITY = {
    (0, 0): "none",
    (1, 1): "open",
    (1, 2): "encrypted",
    (1, 3): "mitm",
    (1, 4): "lesc",
    (2, 1): "signed",
    (2, 2): "signed+mitm",
}
_CONNECTIONS = {BLE_CONN_HANDLE_INVALID: "none", BLE_CONN_HANDLE_ALL: "all"}
_LENGTHS = {
    "len": ("value", "data", "sys_attr_data", "mem", "dev_name"),
    "init_len": ("value",),
    "dlen": ("data",),
    "srdlen": ("sr_data",),
    "char_user_desc_size": ("char_user_desc",),
}
_UNREMARKABLE: dict[str, object] = {
    "char_ext_props": CharExtProps(),
    "offset": 0,
    "init_offs": 0,
    "flags": 0,
    "auth_required": 0,
    "char_user_desc_max_size": 0,
    "user_desc_handle": 0,
    "cccd_handle": 0,
    "sccd_handle": 0,
}
_SHORTER = {
    "conn_handle": "conn",
    "service_handle": "service",
    "char_props": "props",
    "char_ext_props": "ext_props",
    "attr_md": "md",
    "char_pf": "pf",
}

NameOfHandle = Callable[[int], str | None]


class Detail(NamedTuple):
    """One field as shown: ``handle=0x000d``."""

    label: str
    text: str

    def __str__(self) -> str:
        return f"{self.label}={self.text}"


class Describer:
    """Puts the messages of one dialect into words. ``name_of`` may know what an attribute handle is called."""

    def __init__(self, dialect: str, name_of: NameOfHandle | None = None) -> None:
        self.dialect, self.name_of = dialect, name_of

    def details(self, message: Message) -> list[Detail]:
        """The fields that matter. A response's result is not among them: ``result_of`` tells it."""
        if isinstance(message, Opaque):
            data = message.data if message.result is None else message.data[4:]
            return [Detail("data", shorten(data))] if data else []
        return list(self._fields(message))

    def result(self, code: int) -> str:
        """A result code by name, and by number where it is a failure or has no name."""
        name = result_name(self.dialect, code)
        return name if name and code == 0 else f"{name or 'unknown result'} (0x{code:04X})"

    def _fields(self, message: Message) -> Iterator[Detail]:
        present = {name: getattr(message, name) for name in field_types(type(message))}
        for name, kind in field_types(type(message)).items():
            value = present[name]
            if name == "result" and isinstance(message, Packet):
                continue
            if value is None or _is_unremarkable(name, value) or _says_its_data(name, value, present):
                continue
            if isinstance(value, Message) and not isinstance(value, _IN_ONE_WORD):
                yield from self._fields(value)
            else:
                yield Detail(_SHORTER.get(name, name), self.show(name, value, kind))

    def show(self, name: str, value: Any, kind: FieldType) -> str:
        """One field's value, with the names of known numbers."""
        if isinstance(value, Message):
            return _one_word(value)
        if isinstance(value, tuple):
            return self._list(name, value, kind.item or kind)
        if isinstance(value, bytes):
            return _bytes_text(name, value, kind.shown)
        if name == "conn_handle":
            return _CONNECTIONS.get(value, str(value))
        if name == "company_id":
            return company_text(value)
        if kind.shown is HciStatus:
            return reason_text(value)
        if kind.shown is GattStatus:
            return f"{gatt_status_name(self.dialect, value) or 'unknown'} (0x{value:04X})"
        if isinstance(kind.shown, str):
            return format(value, kind.shown) + self._called(name, value)
        if isinstance(kind.shown, type) and value in kind.shown.__members__.values():
            return _member_name(kind.shown, value)
        return str(value)

    def _list(self, name: str, items: tuple[Any, ...], kind: FieldType) -> str:
        """A list, cut after a few items with their number."""
        shown = ", ".join(self._item(name, item, kind) for item in items[:SHOWN_ITEMS])
        return f"[{shown}, .. {len(items)} items]" if len(items) > SHOWN_ITEMS else f"[{shown}]"

    def _item(self, name: str, item: Any, kind: FieldType) -> str:
        if item is None:
            return "none"
        whole = isinstance(item, Message) and not isinstance(item, _IN_ONE_WORD)
        return " ".join(map(str, self._fields(item))) if whole else self.show(name, item, kind)

    def _called(self, name: str, value: int) -> str:
        called = self.name_of(value) if self.name_of and name.endswith("handle") else None
        return f" ({called})" if called else ""


_IN_ONE_WORD = (Uuid, SecMode, AttrMd, CharProps, CharExtProps)


def shorten(data: bytes) -> str:
    """Bytes as hex, cut after a few with their number."""
    if not data:
        return "''"
    if len(data) <= SHOWN_BYTES:
        return bytes(data).hex()
    return f"{bytes(data[:SHOWN_BYTES]).hex()}.. ({len(data)} bytes)"


def uuid_text(uuid: Uuid) -> str:
    """A UUID as it travels: 16 bits with their name, or with the base they belong to if it is not the SIG's."""
    if uuid.type == UuidType.BLE:
        return sig_uuid_text(uuid.uuid)
    base = "unknown base" if uuid.type == UuidType.UNKNOWN else f"vendor base {uuid.type}"
    return f"0x{uuid.uuid:04x} ({base})"


def reason_text(reason: int) -> str:
    """Why a connection ended, by number and in words: ``0x13 remote user terminated connection``."""
    known = reason in HciStatus.__members__.values()
    words = HciStatus(reason).name.lower().replace("_", " ") if known else "unknown reason"
    return f"0x{reason:02X} {words}"


@cache
def _events(dialect: str) -> dict[int, str]:
    return {number: name for name, number in table(dialect).items() if is_event(name)}


def opaque_name(message: Opaque, dialect: str) -> str:
    """What it is called: an event that did not decode by its name, anything else by group and number."""
    if message.opcode is None:
        return message.kind
    if message.kind == "event" and message.opcode in _events(dialect):
        return _events(dialect)[message.opcode].removeprefix("BLE_").replace("EVT_", "")
    return f"{message.group} 0x{message.opcode:02x}"


def packet_name(packet: Decoded, dialect: str) -> str:
    """What a packet is called in short: ``value_set``, ``WRITE`` for an event, group and number for Opaque."""
    if isinstance(packet.message, Opaque):
        return opaque_name(packet.message, dialect)
    if packet.name is not None:
        short = short_name(packet.name)
        return short.upper() if packet.kind == "event" else short
    return f"0x{packet.opcode:02x}" if packet.opcode is not None else "?"


def _is_unremarkable(name: str, value: object) -> bool:
    return _UNREMARKABLE.get(name, ()) == value or (value is True and name.endswith("_present"))


def _says_its_data(name: str, value: Any, present: dict[str, Any]) -> bool:
    datas = (present.get(other) for other in _LENGTHS.get(name, ()))
    return any(isinstance(data, bytes) and len(data) == value for data in datas) or (
        name in _LENGTHS and not value
    )


def _one_word(value: Message) -> str:
    if isinstance(value, Uuid):
        return uuid_text(value)
    if isinstance(value, SecMode):
        return _SECURITY.get((value.sm, value.lv), f"mode {value.sm} level {value.lv}")
    if isinstance(value, AttrMd):
        marks = [name for name in ("vlen", "rd_auth", "wr_auth") if getattr(value, name)]
        marks += [f"vloc:{value.vloc}"] if value.vloc != 1 else []
        return ",".join([f"r:{_one_word(value.read_perm)}", f"w:{_one_word(value.write_perm)}", *marks])
    return "|".join(name for name in field_types(type(value)) if getattr(value, name)) or "none"


def _bytes_text(name: str, value: bytes, shown: object) -> str:
    if shown is Look.ADVERTISING:
        return _advertising_text(value)
    return shown.text(value) if isinstance(shown, Look) else shorten(value) + _as_text(name, value)


def _advertising_text(data: bytes) -> str:
    try:
        return f"[{advertising_text(data)}]" if data else shorten(data)
    except DecodeError as error:
        return f"{shorten(data)} ({error.reason})"


def _as_text(name: str, value: bytes) -> str:
    # Values are binary; descriptions and names are meant to be read.
    if name not in ("char_user_desc", "dev_name") or not value:
        return ""
    with suppress(UnicodeDecodeError):
        return f" {value.decode()!r}"
    return ""


def _member_name(enum: type[IntEnum], value: int) -> str:
    return enum(value).name
