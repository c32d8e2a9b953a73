"""What a client finds when it discovers the table: services, characteristics, descriptors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gatts_codec.constants import AttrType
from gatts_codec.device.attribute_table import LAST_HANDLE, Attribute
from gatts_codec.device.state import DeviceState
from gatts_codec.errors import PeerError
from gatts_codec.schema.structs import Uuid


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A descriptor."""

    handle: int
    uuid: Uuid


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A characteristic; ``props`` are the property bits of its declaration."""

    handle: int
    value_handle: int
    uuid: Uuid
    props: int
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service with the handles from ``handle`` to ``end_handle``; ``includes`` are handles of other services."""

    handle: int
    end_handle: int
    uuid: Uuid
    primary: bool
    includes: tuple[int, ...] = ()
    characteristics: tuple[Characteristic, ...] = field(default=())


def discover(device: DeviceState) -> list[Service]:
    """All services, in order."""
    return [_service(device, row) for row in device.table if row.kind <= AttrType.SEC_SRVC_DECL]


def find_value(services: list[Service], uuid: int) -> Characteristic:
    """The first characteristic with these 16 bits as UUID. Raises PeerError, which lists what there is."""
    found = list(_characteristics(services))
    for characteristic in found:
        if characteristic.uuid.uuid == uuid:
            return characteristic
    known = ", ".join(f"{characteristic.uuid.uuid:04x}" for characteristic in found)
    raise PeerError(f"no characteristic {uuid:04x}; there are {known}")


def _characteristics(services: list[Service]) -> Iterator[Characteristic]:
    for service in services:
        yield from service.characteristics


def _service(device: DeviceState, declared: Attribute) -> Service:
    end = device.table.service_end(declared.handle)
    rows = [row for row in device.table if declared.handle < row.handle <= end]
    return Service(
        declared.handle,
        LAST_HANDLE if end == len(device.table) else end,  # the last one has room to grow
        device.bases.shorten(declared.value),
        declared.kind is AttrType.PRIM_SRVC_DECL,
        tuple(int.from_bytes(row.value[:2], "little") for row in rows if row.kind is AttrType.INC_DECL),
        tuple(_characteristic(device, row) for row in rows if row.kind is AttrType.CHAR_DECL),
    )


def _characteristic(device: DeviceState, declared: Attribute) -> Characteristic:
    value_handle = declared.handle + 1
    value = device.table.find(value_handle)
    assert value is not None
    descriptors = (Descriptor(row.handle, row.uuid) for row in device.table.in_characteristic(value_handle))
    return Characteristic(declared.handle, value_handle, value.uuid, declared.value[0], tuple(descriptors))
