"""What attribute handles are called: after the calls that made them."""

from __future__ import annotations

from gatts_codec.constants import UuidType
from gatts_codec.constants.assigned import uuid_name
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd, CharacteristicAddResponse
from gatts_codec.packets.gatts.descriptor_add import DescriptorAdd, DescriptorAddResponse
from gatts_codec.packets.gatts.include_add import IncludeAdd, IncludeAddResponse
from gatts_codec.packets.gatts.service_add import ServiceAdd, ServiceAddResponse
from gatts_codec.schema.message import Message
from gatts_codec.schema.structs import Uuid


class AttributeNames:
    """Learns from answered calls. Handles are 16 bits, so it never holds more than 65536 names."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def name_of(self, handle: int) -> str | None:
        """``"Heart Rate Measurement"``, ``"0xab37 CCCD"``, ``"service 0xab0d"``; None for one that was not added."""
        return self._names.get(handle)

    def clear(self) -> None:
        """The chip has restarted: its attribute table is gone."""
        self._names.clear()

    def learn(self, command: Message, response: Message) -> None:
        """Takes a call that succeeded; others tell nothing."""
        found: dict[int | None, str] = {}
        if isinstance(command, ServiceAdd) and isinstance(response, ServiceAddResponse):
            found = {response.handle: f"service {_uuid(command.uuid)}"}
        elif isinstance(command, CharacteristicAdd) and isinstance(response, CharacteristicAddResponse):
            found = _characteristic(command, response)
        elif isinstance(command, DescriptorAdd) and isinstance(response, DescriptorAddResponse):
            attr = command.attr
            found = {response.handle: f"descriptor {_uuid(attr.uuid if attr else None)}"}
        elif isinstance(command, IncludeAdd) and isinstance(response, IncludeAddResponse):
            found = {response.include_handle: f"include of 0x{command.inc_srvc_handle:04x}"}
        self._names |= {handle: name for handle, name in found.items() if handle}


def _characteristic(command: CharacteristicAdd, response: CharacteristicAddResponse) -> dict[int | None, str]:
    handles, value = response.handles, command.attr_char_value
    if handles is None:
        return {}
    uuid = _uuid(value.uuid if value else None)
    return {
        handles.value_handle: uuid,
        handles.user_desc_handle: f"{uuid} description",
        handles.cccd_handle: f"{uuid} CCCD",
        handles.sccd_handle: f"{uuid} SCCD",
    }


def _uuid(uuid: Uuid | None) -> str:
    if uuid is None:
        return "without UUID"
    if uuid.type > UuidType.BLE:
        return f"0x{uuid.uuid:04x} vendor {uuid.type}"
    return uuid_name(uuid.uuid) or f"0x{uuid.uuid:04x}"
