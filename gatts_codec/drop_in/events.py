"""Events as C has them: ``ble_evt_t``, and behind it the data that vary."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.dialects import layout_of
from gatts_codec.drop_in.calls import Lent
from gatts_codec.drop_in.convert import Converter, Write, fields_of
from gatts_codec.packets.common.events import UserMemReleaseEvent
from gatts_codec.packets.gap.security_events import AuthStatusEvent
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.schema.message import Event
from gatts_codec.schema.record import innermost

Build = Callable[[Event], Any]

_NAME = re.compile(r"BLE_(?:(GAP|GATTS|GATTC|L2CAP)_)?EVT_(.+)")
_OTHER_MEMBERS = {"rw_authorize_request": "authorize_request"}
# Data are longer in C than on the wire: handles and UUIDs are padded, pointers stand beside them.
_ROOM_A_BYTE = 8


class Events:
    """Makes the C form of events, of one dialect in one version's structures."""

    def __init__(self, codec: Codec, converter: Converter) -> None:
        self._codec, self._converter = codec, converter
        self._builders: dict[type[Event], Build] = {}
        self._write_keys: Write | None = None

    def build(self, event: Event, lent: Lent) -> Any:
        """A ``ble_evt_t``, which keeps its memory. Keys and queued writes go where the program lent a place.

        Raises LookupError and ValueError for an event that C does not have.
        """
        builder = self._builders.get(type(event))
        if builder is None:
            builder = self._builders[type(event)] = self._builder(type(event))
        evt = builder(event)
        if isinstance(event, AuthStatusEvent):
            self._give_keys(event, lent.keysets.pop(event.conn_handle, None))
        elif isinstance(event, WriteEvent) and event.mem_block is not None:
            _give_writes(event.mem_block.mem or b"", lent.memory.get(event.conn_handle))
        elif isinstance(event, UserMemReleaseEvent) and (block := lent.memory.pop(event.conn_handle, None)):
            evt.evt.common_evt.params.user_mem_release.mem_block.p_mem = block.p_mem
        return evt

    def _give_keys(self, event: AuthStatusEvent, keyset: Any) -> None:
        if keyset is None or event.sec_keyset is None:
            return
        if self._write_keys is None:
            fields = fields_of(layout_of(AuthStatusEvent, self._codec.dialect))
            record = next(innermost(field.block) for field in fields if field.name == "sec_keyset")
            declared = self._converter.structures.declared["ble_gap_sec_keyset_t"]
            self._write_keys = self._converter.writer(record, declared)
        self._write_keys(keyset, event.sec_keyset)

    def _builder(self, cls: type[Event]) -> Build:
        match = _NAME.fullmatch(cls.name)
        if match is None:
            raise LookupError(f"{cls.name} is no event of the SoftDevice")
        group, name = (match[1] or "common").lower(), match[2].lower()
        structures, number = self._converter.structures, self._codec.opcode(cls)
        evt_class = structures["ble_evt_t"]
        header_size, fixed = ctypes.sizeof(structures["ble_evt_hdr_t"]), ctypes.sizeof(evt_class)
        write = self._writer(cls, f"ble_{group}_evt_t", _OTHER_MEMBERS.get(name, name))
        member, encode = f"{group}_evt", self._codec.encode

        def build(event: Event) -> Any:
            memory = (ctypes.c_uint8 * (fixed + _ROOM_A_BYTE * len(encode(event))))()
            evt = evt_class.from_buffer(memory)
            evt.room = len(memory)
            evt.header.evt_id, evt.header.evt_len = number, fixed - header_size
            write(getattr(evt.evt, member), event)
            return evt

        return build

    def _writer(self, cls: type[Event], outer: str, member: str) -> Write:
        """Writes what stands beside all events of the group, and the event's own structure."""
        converter, declared = self._converter, self._converter.structures.declared
        record = layout_of(cls, self._codec.dialect)
        params = declared[declared[outer].members["params"].base].members.get(member)
        own = declared[params.base] if params else None
        names = {field.name for field in fields_of(record)}
        outside = declared[outer]._replace(
            members={name: kind for name, kind in declared[outer].members.items() if name in names}
        )
        write_outside = converter.writer(record, outside)
        write_own = converter.writer(record, own, allocate=True) if own else None

        def write(place: Any, event: Event) -> None:
            write_outside(place, event)
            if write_own is not None:
                write_own(getattr(place.params, member), event)

        return write


def _give_writes(data: bytes, block: Any) -> None:
    if block is not None and block.p_mem is not None:
        ctypes.memmove(block.p_mem, data, min(len(data), block.len))
