"""Calls of the GATT client that find what a server has. Each answer holds what fits into one ATT packet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gatts_codec.constants import AttrInfoFormat, AttrType, GattStatus, NrfError
from gatts_codec.device import client
from gatts_codec.device.attribute_table import LAST_HANDLE
from gatts_codec.device.connection import Connection, FoundAttribute
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gattc.attr_info_disc_rsp_event import AttrInfo16, AttrInfo128, AttrInfoDiscRspEvent
from gatts_codec.packets.gattc.attr_info_discover import AttrInfoDiscover
from gatts_codec.packets.gattc.char_disc_rsp_event import Char, CharDiscRspEvent
from gatts_codec.packets.gattc.characteristics_discover import CharacteristicsDiscover
from gatts_codec.packets.gattc.desc_disc_rsp_event import Desc, DescDiscRspEvent
from gatts_codec.packets.gattc.descriptors_discover import DescriptorsDiscover
from gatts_codec.packets.gattc.prim_srvc_disc_rsp_event import PrimSrvcDiscRspEvent
from gatts_codec.packets.gattc.primary_services_discover import PrimaryServicesDiscover
from gatts_codec.packets.gattc.rel_disc_rsp_event import Include, RelDiscRspEvent
from gatts_codec.packets.gattc.relationships_discover import RelationshipsDiscover
from gatts_codec.packets.gattc.structs import HandleRange, Service
from gatts_codec.schema.characteristic import CharProps
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.structs import Uuid

_HEAD, _FOUND_HEAD = 2, 1  # of a Read By Type or Find Information response, and of Find By Type Value's
_HANDLE, _RANGE = 2, 4  # one handle, two of them
_SHORT_UUID = 2
_EXTENDED = 0x80
_UNKNOWN = Uuid(0, 0)

Found = Sequence[tuple[FoundAttribute, bytes]]
"""Attributes, and the UUID that an answer carries of each."""


def primary_services_discover(device: DeviceState, command: PrimaryServicesDiscover) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, _ = client.require(device, command.conn_handle)
    wanted = None if command.srvc_uuid is None else device.bases.expand(command.srvc_uuid)
    refuse_unless(command.start_handle, NrfError.INVALID_PARAM)

    def pick(rows: list[FoundAttribute]) -> Found:
        return [
            (row, row.attribute.value)
            for row in rows
            if row.attribute.kind is AttrType.PRIM_SRVC_DECL and wanted in (None, row.attribute.value)
        ]

    def tell(found: Found) -> list[Service]:
        if wanted is None:
            found = _one_answer(connection, found, _RANGE)
        else:
            found = found[: (connection.mtu - _FOUND_HEAD) // _RANGE]
        return [_service(row, _shown(device, uuid)) for row, uuid in found]

    within = HandleRange(command.start_handle, LAST_HANDLE)
    return _find(device, connection, within, lambda rows: tell(pick(rows)), PrimSrvcDiscRspEvent)


def relationships_discover(device: DeviceState, command: RelationshipsDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM. Of a 128-bit UUID the answer has nothing."""
    connection, _ = client.require(device, command.conn_handle)

    def tell(rows: list[FoundAttribute]) -> list[Include]:
        found = [
            (row, row.attribute.value[_RANGE:]) for row in rows if row.attribute.kind is AttrType.INC_DECL
        ]
        return [_include(row, uuid) for row, uuid in _one_answer(connection, found, _HANDLE + _RANGE)]

    return _find(device, connection, command.handle_range, tell, RelDiscRspEvent)


def characteristics_discover(device: DeviceState, command: CharacteristicsDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, _ = client.require(device, command.conn_handle)

    def tell(rows: list[FoundAttribute]) -> list[Char]:
        found = [(row, row.attribute.value[3:]) for row in rows if row.attribute.kind is AttrType.CHAR_DECL]
        entries = _one_answer(connection, found, _RANGE + 1)
        return [_char(row, _shown(device, uuid)) for row, uuid in entries]

    return _find(device, connection, command.handle_range, tell, CharDiscRspEvent)


def descriptors_discover(device: DeviceState, command: DescriptorsDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM. Finds all attributes of the range."""
    connection, _ = client.require(device, command.conn_handle)

    def tell(rows: list[FoundAttribute]) -> list[Desc]:
        entries = _one_answer(connection, [(row, row.type) for row in rows], _HANDLE)
        return [Desc(row.attribute.handle, _shown(device, uuid)) for row, uuid in entries]

    return _find(device, connection, command.handle_range, tell, DescDiscRspEvent)


def attr_info_discover(device: DeviceState, command: AttrInfoDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, _ = client.require(device, command.conn_handle)

    def tell(rows: list[FoundAttribute]) -> list[AttrInfo16 | AttrInfo128]:
        entries = _one_answer(connection, [(row, row.type) for row in rows], _HANDLE)
        return [_info(row.attribute.handle, raw) for row, raw in entries]

    def event(conn: int, status: int, where: int, found: tuple[Any, ...]) -> AttrInfoDiscRspEvent:
        long = found and isinstance(found[0], AttrInfo128)
        form = AttrInfoFormat.UUID_128BIT if long else AttrInfoFormat.UUID_16BIT
        return AttrInfoDiscRspEvent(conn, status, where, form, found)

    return _find(device, connection, command.handle_range, tell, event)


def _find(
    device: DeviceState,
    connection: Connection,
    wanted: HandleRange | None,
    tell: Callable[[list[FoundAttribute]], Sequence[object]],
    event: Any,
) -> dict[str, object]:
    """One request. The event has what ``tell`` makes of the server's attributes, or ATTRIBUTE_NOT_FOUND."""
    within = client.require_range(wanted)
    answered = client.begin(device, connection)

    def arrive(found: tuple[object, ...]) -> None:
        status = GattStatus.SUCCESS if found else GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND
        where = client.error_handle(status, within.start_handle)
        device.emit(event(connection.handle, status, where, found))

    def answer(rows: list[FoundAttribute]) -> None:
        found = tuple(tell(rows))
        answered(lambda: arrive(found))

    connection.remote.find(within.start_handle, within.end_handle, answer)
    return {}


def _one_answer(connection: Connection, found: Found, beside: int) -> Found:
    """As many as one response holds: all with UUIDs of the first one's size, ``beside`` bytes more each."""
    size = len(found[0][1]) if found else 0
    alike = next((place for place, (_, uuid) in enumerate(found) if len(uuid) != size), len(found))
    return found[: min(alike, (connection.mtu - _HEAD) // (beside + size))]


def _service(found: FoundAttribute, uuid: Uuid) -> Service:
    return Service(uuid, HandleRange(found.attribute.handle, found.group_end))


def _include(found: FoundAttribute, uuid: bytes) -> Include:
    value = found.attribute.value
    first, last = (int.from_bytes(value[at : at + _HANDLE], "little") for at in (0, _HANDLE))
    named = Uuid(int.from_bytes(uuid, "little")) if uuid else _UNKNOWN
    return Include(found.attribute.handle, Service(named, HandleRange(first, last)))


def _char(found: FoundAttribute, uuid: Uuid) -> Char:
    props, handle = found.attribute.value[0], found.attribute.handle
    named = {name: props >> bit & 1 for bit, name in enumerate(field_types(CharProps))}
    return Char(uuid, CharProps(**named), int(bool(props & _EXTENDED)), handle, handle + 1)


def _info(handle: int, raw: bytes) -> AttrInfo16 | AttrInfo128:
    if len(raw) == _SHORT_UUID:
        return AttrInfo16(handle, Uuid(int.from_bytes(raw, "little")))
    return AttrInfo128(handle, raw)


def _shown(device: DeviceState, raw: bytes) -> Uuid:
    """A UUID by the bases that this chip knows; of an unknown base type 0."""
    try:
        return device.bases.shorten(raw)
    except Refusal:
        return _UNKNOWN


CALLS: dict[str, Any] = {
    "attr_info_discover": attr_info_discover,
    "characteristics_discover": characteristics_discover,
    "descriptors_discover": descriptors_discover,
    "primary_services_discover": primary_services_discover,
    "relationships_discover": relationships_discover,
}
