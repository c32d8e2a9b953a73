"""System attributes: a peer's subscriptions as one blob, to be restored when a bonded peer returns.

    u16 handle, u16 length (2), u16 value   repeated, one for each CCCD, in order
    u16 CRC                                 CRC-16/CCITT-FALSE over the above, least significant byte first

The form is this chip's own: to hosts the blob is opaque.
"""

from __future__ import annotations

from binascii import crc_hqx

from gatts_codec.constants import NrfError, SysAttrFlags
from gatts_codec.device import air
from gatts_codec.device.attribute_table import Attribute
from gatts_codec.device.connection import BOTH_GROUPS, Connection, Wait
from gatts_codec.device.refusal import Crash, Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGet
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet

_CRC_INIT = 0xFFFF
_LENGTH = (2).to_bytes(2, "little")
_ENTRY = 6


def sys_attr_set(device: DeviceState, command: SysAttrSet) -> dict[str, object]:
    """INVALID_PARAM, INVALID_STATE, INVALID_DATA. Without data the peer starts without subscriptions."""
    groups = _groups(command.flags)
    connection = device.connections.find(command.conn_handle)
    if connection is None:
        raise Refusal(NrfError.INVALID_STATE)
    wanted = _cccds(device, groups)
    values = dict.fromkeys((cccd.handle for cccd in wanted), 0)
    if command.sys_attr_data is not None:
        values = _unpacked(command.sys_attr_data, wanted)
    connection.cccds.update(values)
    connection.initialized |= groups
    pending = connection.pending
    if pending is not None and pending.wait is Wait.SYS_ATTRS:
        air.retry(device, connection)
    return {}


def sys_attr_get(device: DeviceState, command: SysAttrGet) -> dict[str, object]:
    """INVALID_PARAM, INVALID_ADDR, NOT_FOUND, DATA_SIZE. Answers for the last, closed connection too."""
    groups = _groups(command.flags)
    room = required(command.len)
    connection = device.connections.find(command.conn_handle) or device.connections.last_closed(
        command.conn_handle
    )
    if connection is None:
        raise Refusal(NrfError.NOT_FOUND)
    cccds = [cccd for cccd in _cccds(device, groups) if connection.knows_cccd(device.group_of(cccd))]
    refuse_unless(cccds, NrfError.NOT_FOUND)
    blob = _packed(connection, cccds)
    if not command.sys_attr_data_present:
        if device.profile.needs_sys_attr_buffer:
            raise Crash("the response to sys_attr_get cannot be encoded without a buffer for the data")
        return {"sys_attr_data": None, "len": len(blob)}
    refuse_unless(len(blob) <= room, NrfError.DATA_SIZE)
    return {"sys_attr_data": blob}


def _groups(flags: int) -> SysAttrFlags:
    refuse_unless(flags <= BOTH_GROUPS, NrfError.INVALID_PARAM)
    return SysAttrFlags(flags) if flags else BOTH_GROUPS


def _cccds(device: DeviceState, groups: SysAttrFlags) -> list[Attribute]:
    return [a for a in device.table if a.is_cccd and device.group_of(a) & groups]


def _packed(connection: Connection, cccds: list[Attribute]) -> bytes:
    body = b"".join(
        cccd.handle.to_bytes(2, "little")
        + _LENGTH
        + connection.cccds.get(cccd.handle, 0).to_bytes(2, "little")
        for cccd in cccds
    )
    return body + crc_hqx(body, _CRC_INIT).to_bytes(2, "little")


def _unpacked(blob: bytes, cccds: list[Attribute]) -> dict[int, int]:
    body, crc = blob[:-2], int.from_bytes(blob[-2:], "little")
    entries = [body[at : at + _ENTRY] for at in range(0, len(body), _ENTRY)]
    heads = [cccd.handle.to_bytes(2, "little") + _LENGTH for cccd in cccds]
    intact = len(blob) >= 2 and crc == crc_hqx(body, _CRC_INIT) and len(body) % _ENTRY == 0
    refuse_unless(intact and [entry[:4] for entry in entries] == heads, NrfError.INVALID_DATA)
    return {
        cccd.handle: int.from_bytes(entry[4:], "little") for cccd, entry in zip(cccds, entries, strict=True)
    }
