"""Calls on values in the table: value_set, value_get, attr_get, initial_user_handle_get."""

from __future__ import annotations

from gatts_codec.constants import BleError, NrfError
from gatts_codec.device.attribute_table import Attribute
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gatts.attr_get import AttrGet, AttrGetV2
from gatts_codec.packets.gatts.initial_user_handle_get import InitialUserHandleGet
from gatts_codec.packets.gatts.value_get import ValueGet
from gatts_codec.packets.gatts.value_set import Value, ValueSet


def value_set(device: DeviceState, command: ValueSet) -> dict[str, object]:
    """INVALID_ADDR, NOT_FOUND, FORBIDDEN, INVALID_PARAM, DATA_SIZE; of a CCCD the connection's results too.

    A CCCD is FORBIDDEN in S110 v8 and S130 v1, as a report of a board has it.
    """
    given = required(command.value)
    attribute = find(device, command.handle)
    refuse_unless(not attribute.stack and not attribute.is_declaration, NrfError.FORBIDDEN)
    if attribute.is_cccd:
        _set_cccd(device, command, attribute, given)
    else:
        attribute.value = _new_value(attribute, given)
    return {"value": given}


def value_get(device: DeviceState, command: ValueGet) -> dict[str, object]:
    """INVALID_ADDR, NOT_FOUND, INVALID_PARAM; of a CCCD the connection's results too.

    The length is that of the value from the offset on, also where the buffer is smaller or absent. The bytes go with it
    only when they fit: hosts refuse a response that is longer than their buffer.
    """
    wanted = required(command.value)
    attribute = find(device, command.handle)
    stored = _cccd(device, command.conn_handle, attribute) if attribute.is_cccd else attribute.value
    refuse_unless(wanted.offset <= len(stored), NrfError.INVALID_PARAM)
    rest = stored[wanted.offset :]
    fits = wanted.value_present and len(rest) <= wanted.len
    return {"value": Value(rest if fits else None, wanted.offset, len(rest))}


def attr_get(device: DeviceState, command: AttrGet | AttrGetV2) -> dict[str, object]:
    """INVALID_PARAM, NOT_FOUND. The response of sd_api_v2 has no UUID."""
    early = isinstance(command, AttrGetV2)
    wants_uuid = command.uuid is not None if isinstance(command, AttrGetV2) else command.uuid_present
    refuse_unless(wants_uuid or command.md_present, NrfError.INVALID_PARAM)
    attribute = find(device, command.handle)
    return {
        "uuid": attribute.uuid if wants_uuid and not early else None,
        "md": attribute.md if command.md_present else None,
    }


def initial_user_handle_get(device: DeviceState, command: InitialUserHandleGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.handle_present, NrfError.INVALID_ADDR)
    return {"handle": device.table.first_user_handle}


def find(device: DeviceState, handle: int) -> Attribute:
    """The attribute, or NOT_FOUND."""
    attribute = device.table.find(handle)
    if attribute is None:
        raise Refusal(NrfError.NOT_FOUND)
    return attribute


def _new_value(attribute: Attribute, given: Value) -> bytes:
    end = given.offset + given.len
    refuse_unless(end <= attribute.max_len, NrfError.DATA_SIZE)
    refuse_unless(attribute.md.vlen or end == attribute.max_len, NrfError.DATA_SIZE)
    refuse_unless(given.offset <= len(attribute.value), NrfError.INVALID_PARAM)
    if given.value is None:  # the length alone: what is stored is cut or filled with zeros
        return attribute.value[:end].ljust(end, b"\0")
    return attribute.stored(given.offset, given.value)


def _set_cccd(device: DeviceState, command: ValueSet, attribute: Attribute, given: Value) -> None:
    connection = device.owner(command.conn_handle)
    refuse_unless(device.profile.api > 1, NrfError.FORBIDDEN)
    refuse_unless(connection.knows_cccd(device.group_of(attribute)), BleError.GATTS_SYS_ATTR_MISSING)
    refuse_unless(given.offset == 0 and given.len == 2, NrfError.DATA_SIZE)
    if given.value is not None:
        connection.cccds[attribute.handle] = int.from_bytes(given.value, "little")


def _cccd(device: DeviceState, conn_handle: int, attribute: Attribute) -> bytes:
    connection = device.owner(conn_handle)
    if device.profile.api >= 3:  # before, what is not set reads as zero
        refuse_unless(connection.knows_cccd(device.group_of(attribute)), BleError.GATTS_SYS_ATTR_MISSING)
    return connection.cccds.get(attribute.handle, 0).to_bytes(2, "little")
