"""Calls that fill the table: service_add, include_add, characteristic_add, descriptor_add.

The table grows at its end only: a characteristic belongs to the last service, a descriptor to the last characteristic.
"""

from __future__ import annotations

from gatts_codec.constants import AttrType, NrfError, ServiceType, UuidType
from gatts_codec.device.attribute_table import (
    CCCD,
    CHARACTERISTIC,
    EXT_PROPS,
    FORMAT,
    INCLUDE,
    LOCATIONS,
    PRIMARY,
    SCCD,
    SECONDARY,
    USER_DESC,
    AttributeTable,
    NewAttribute,
    declaration,
    is_mode,
)
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gatts.characteristic_add import (
    CharacteristicAdd,
    CharHandles,
    CharMd,
    CharPf,
    CharProps,
)
from gatts_codec.packets.gatts.descriptor_add import DescriptorAdd
from gatts_codec.packets.gatts.include_add import IncludeAdd
from gatts_codec.packets.gatts.service_add import ServiceAdd
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.structs import NO_ACCESS, OPEN, Attr, AttrMd, SecMode, Uuid

# Bluetooth's own: the stack has these services already, and makes these declarations and descriptors itself.
STACK_SERVICES = (0x1800, 0x1801)
_DECLARATIONS = range(0x2800, 0x2900)
# Only a characteristic's metadata makes these.
_STACK_DESCRIPTORS = (EXT_PROPS, USER_DESC, CCCD, SCCD, FORMAT)

_SERVICES = {
    ServiceType.PRIMARY: (AttrType.PRIM_SRVC_DECL, PRIMARY),
    ServiceType.SECONDARY: (AttrType.SEC_SRVC_DECL, SECONDARY),
}


def service_add(device: DeviceState, command: ServiceAdd) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM, FORBIDDEN, NO_MEM."""
    uuid = required(command.uuid)
    refuse_unless(command.handle_present, NrfError.INVALID_ADDR)
    refuse_unless(command.type in (ServiceType.PRIMARY, ServiceType.SECONDARY), NrfError.INVALID_PARAM)
    refuse_unless(device.bases.knows(uuid), NrfError.INVALID_PARAM)
    refuse_unless(not _reserved(uuid, *STACK_SERVICES, *_DECLARATIONS), NrfError.FORBIDDEN)
    kind, declared = _SERVICES[ServiceType(command.type)]
    (service,) = device.table.add([declaration(kind, declared, device.bases.expand(uuid))])
    return {"handle": service.handle}


def include_add(device: DeviceState, command: IncludeAdd) -> dict[str, object]:
    """INVALID_STATE, NOT_FOUND, INVALID_PARAM, NOT_SUPPORTED, FORBIDDEN, NO_MEM."""
    table = device.table
    refuse_unless(command.include_handle_present, NrfError.INVALID_ADDR)
    refuse_unless(table.last_service, NrfError.INVALID_STATE)
    service, included = command.service_handle or table.last_service, required(command.inc_srvc_handle)
    for handle in (service, included):
        found = table.find(handle)
        if found is None:
            raise Refusal(NrfError.NOT_FOUND)
        refuse_unless(found.kind <= AttrType.SEC_SRVC_DECL, NrfError.INVALID_PARAM)
    refuse_unless(service == table.last_service, NrfError.NOT_SUPPORTED)
    refuse_unless(included != service, NrfError.FORBIDDEN)
    (include,) = table.add([_include(table, included)])
    return {"include_handle": include.handle}


def characteristic_add(device: DeviceState, command: CharacteristicAdd) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE, INVALID_PARAM, FORBIDDEN, DATA_SIZE, NO_MEM."""
    md, attr = required(command.char_md), required(command.attr_char_value)
    refuse_unless(command.handles_present, NrfError.INVALID_ADDR)
    table = device.table
    refuse_unless(table.last_service, NrfError.INVALID_STATE)
    refuse_unless(command.service_handle in (0, table.last_service), NrfError.INVALID_PARAM)
    value = _checked(device, attr, AttrType.CHAR_VAL)
    rows = [value, *_descriptors(md, value.md)]
    declared = _characteristic(device, md.char_props, table.next_handle + 1, value.uuid)
    _, *added = table.add([declared, *rows])
    handles = {attribute.uuid.uuid: attribute.handle for attribute in added[1:]}
    return {
        "handles": CharHandles(
            added[0].handle, handles.get(USER_DESC, 0), handles.get(CCCD, 0), handles.get(SCCD, 0)
        )
    }


def descriptor_add(device: DeviceState, command: DescriptorAdd) -> dict[str, object]:
    """INVALID_ADDR, INVALID_STATE, INVALID_PARAM, FORBIDDEN, DATA_SIZE, NO_MEM."""
    attr = required(command.attr)
    refuse_unless(command.handle_present, NrfError.INVALID_ADDR)
    table = device.table
    refuse_unless(table.last_value, NrfError.INVALID_STATE)
    refuse_unless(command.char_handle in (0, table.last_value), NrfError.INVALID_PARAM)
    (descriptor,) = table.add([_checked(device, attr, AttrType.DESC)])
    return {"handle": descriptor.handle}


def _reserved(uuid: Uuid, *numbers: int) -> bool:
    return uuid.type == UuidType.BLE and uuid.uuid in numbers


def _checked(device: DeviceState, attr: Attr, kind: AttrType) -> NewAttribute:
    uuid, md = required(attr.uuid), required(attr.attr_md)
    refuse_unless(device.bases.knows(uuid), NrfError.INVALID_PARAM)
    refuse_unless(not _reserved(uuid, *_DECLARATIONS, *_STACK_DESCRIPTORS), NrfError.FORBIDDEN)
    _check_metadata(md)
    longest = device.longest_value(bool(md.vlen))
    refuse_unless(attr.max_len <= longest, NrfError.DATA_SIZE)
    refuse_unless(attr.init_len + attr.init_offs <= attr.max_len, NrfError.INVALID_PARAM)
    # A length without data is legal: the value is so long, and zero.
    given = attr.value if attr.value is not None else bytes(attr.init_len)
    value = bytes(attr.init_offs) + given
    return NewAttribute(kind, uuid, md, value if md.vlen else value.ljust(attr.max_len, b"\0"), attr.max_len)


def _check_metadata(md: AttrMd) -> None:
    for perm in (md.read_perm, md.write_perm):
        refuse_unless(is_mode(perm), NrfError.INVALID_PARAM)
    refuse_unless(md.vloc in LOCATIONS, NrfError.INVALID_PARAM)


def _include(table: AttributeTable, service: int) -> NewAttribute:
    found = table.find(service)
    assert found is not None
    value = service.to_bytes(2, "little") + table.service_end(service).to_bytes(2, "little")
    # Only 16-bit UUIDs stand in an include declaration.
    return declaration(AttrType.INC_DECL, INCLUDE, value + (found.value if len(found.value) == 2 else b""))


def _characteristic(device: DeviceState, props: CharProps, value_handle: int, uuid: Uuid) -> NewAttribute:
    bits = sum(getattr(props, name) << bit for bit, name in enumerate(field_types(CharProps)))
    value = bytes([bits]) + value_handle.to_bytes(2, "little") + device.bases.expand(uuid)
    return declaration(AttrType.CHAR_DECL, CHARACTERISTIC, value)


def _descriptors(md: CharMd, value_md: AttrMd) -> list[NewAttribute]:
    """The descriptors that the metadata asks for, in their order."""
    props, ext = md.char_props, md.char_ext_props
    rows = []
    if md.char_user_desc is not None:
        rows.append(_user_description(md, value_md))
    if props.notify or props.indicate:
        rows.append(_configuration(CCCD, md.cccd_md, value_md))
    if props.broadcast:
        rows.append(_configuration(SCCD, md.sccd_md, value_md))
    if md.char_pf is not None:
        rows.append(declaration(AttrType.DESC, FORMAT, _format(md.char_pf)))
    if ext.reliable_wr or ext.wr_aux:  # behind the CCCD: a trace of a board has that right behind the value
        bits = ext.reliable_wr | ext.wr_aux << 1
        rows.append(declaration(AttrType.DESC, EXT_PROPS, bytes([bits, 0])))
    return rows


def _user_description(md: CharMd, value_md: AttrMd) -> NewAttribute:
    text = md.char_user_desc or b""
    refuse_unless(len(text) <= md.char_user_desc_max_size, NrfError.INVALID_PARAM)
    refuse_unless(md.char_user_desc_max_size <= 512, NrfError.DATA_SIZE)
    writable = bool(md.char_ext_props.wr_aux)
    default = AttrMd(value_md.read_perm, value_md.write_perm if writable else NO_ACCESS, vlen=1)
    own = md.user_desc_md or default
    _check_metadata(own)
    refuse_unless(writable or own.write_perm.sm == 0, NrfError.INVALID_PARAM)
    value = text if own.vlen else text.ljust(md.char_user_desc_max_size, b"\0")
    return NewAttribute(AttrType.DESC, Uuid(USER_DESC), own, value, md.char_user_desc_max_size)


def _configuration(uuid: int, md: AttrMd | None, value_md: AttrMd) -> NewAttribute:
    """A CCCD or SCCD: readable by all, and, unless the metadata says otherwise, written by who may read the value."""
    if md is None:
        writers: SecMode = value_md.read_perm if value_md.read_perm.sm else value_md.write_perm
        md = AttrMd(OPEN, writers if writers.sm else OPEN)
    _check_metadata(md)
    return NewAttribute(AttrType.DESC, Uuid(uuid), md, bytes(2), 2)


def _format(pf: CharPf) -> bytes:
    return (
        bytes([pf.format, pf.exponent & 0xFF])
        + pf.unit.to_bytes(2, "little")
        + bytes([pf.name_space])
        + pf.desc.to_bytes(2, "little")
    )
