"""Calls of the common group: enable, configure, vendor UUIDs, version, user memory.

A call gets the bytes behind the command's opcode and returns those behind the response's result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gatts_codec.constants import NrfError
from gatts_codec.device.config import DEFAULT_MTU
from gatts_codec.device.connection import Wait
from gatts_codec.device.fields import Fields
from gatts_codec.device.refusal import refuse_unless
from gatts_codec.schema.structs import Uuid

if TYPE_CHECKING:
    from gatts_codec.device.device import Device

_UUID128_SIZE = 16
_LENT_MEMORY = 64
# Ids of cfg_set (v5 on). The first is the common group's, the others configure connections, by tag.
_CFG_VENDOR_BASES, _CFG_CONN_GATTS, _CFG_CONN_GATT = 0x01, 0x22, 0x23


def _enable(device: Device, fields: Fields) -> bytes:
    """v2: ?{u16 vendor bases, ?, u8 peripherals, u8 centrals, u8 secured centrals, u8 service changed, u32 table size}.

    From v5 on cfg_set has said it all. Of the other early dialects no recording tells what stands here: they keep the
    chip's own settings.
    """
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    if device.dialect.numbers == "sd_api_v2" and fields.present():
        device.bases.capacity = fields.number(2) or device.config.vendor_bases
        if fields.present():
            fields.take(2)  # connection bandwidths
        fields.take(3)
        device.service_changed = bool(fields.number(1))
        device.table_size = _table_size(device, fields.number(4))
        fields.end()
    device.gap.enabled = True
    device.rebuild_table()
    return b""


def _cfg_set(device: Device, fields: Fields) -> bytes:
    """u32 id, ?{value}; a connection's configuration begins with u8 tag."""
    refuse_unless(not device.gap.enabled, NrfError.INVALID_STATE)
    which = fields.number(4)
    fields.required()
    constants = device.profile.constants
    if which == _CFG_VENDOR_BASES:
        device.bases.capacity = fields.number(1)
    elif which == constants.get("BLE_GATTS_CFG_SERVICE_CHANGED"):
        device.service_changed = bool(fields.number(1) & 1)
    elif which == constants.get("BLE_GATTS_CFG_ATTR_TAB_SIZE"):
        device.table_size = _table_size(device, fields.number(4))
    elif which == _CFG_CONN_GATTS:
        tag, size = fields.number(1), fields.number(1)
        device.queue_sizes[tag] = size
    elif which == _CFG_CONN_GATT:
        tag, mtu = fields.number(1), fields.number(2)
        refuse_unless(mtu >= DEFAULT_MTU, NrfError.INVALID_PARAM)
        device.max_mtus[tag] = mtu
    return b""


def _table_size(device: Device, wanted: int) -> int:
    """0 stands for the default."""
    smallest = device.profile.constants["BLE_GATTS_ATTR_TAB_SIZE_MIN"]
    refuse_unless(wanted == 0 or (wanted >= smallest and wanted % 4 == 0), NrfError.INVALID_PARAM)
    return wanted or device.config.table_size


def _uuid_vs_add(device: Device, fields: Fields) -> bytes:
    fields.required()
    base = fields.take(_UUID128_SIZE)
    fields.required()
    fields.end()
    return bytes([1, device.bases.add(base)])


def _uuid_decode(device: Device, fields: Fields) -> bytes:
    size = fields.number(1)
    refuse_unless(size in (2, _UUID128_SIZE), NrfError.INVALID_LENGTH)
    fields.required()
    uuid = device.bases.shorten(fields.take(size))
    return b"\x01" + uuid.uuid.to_bytes(2, "little") + bytes([uuid.type])


def _uuid_encode(device: Device, fields: Fields) -> bytes:
    """?{uuid}, ? (length wanted), ? (bytes wanted)"""
    fields.required()
    raw = device.bases.expand(Uuid(fields.number(2), fields.number(1)))
    fields.required()
    return bytes([len(raw)]) + (raw if fields.present() else b"")


def _version_get(device: Device, fields: Fields) -> bytes:
    version, company, subversion = device.config.version or device.profile.version
    return bytes([version]) + company.to_bytes(2, "little") + subversion.to_bytes(2, "little")


def _tx_packet_count_get(device: Device, fields: Fields) -> bytes:
    connection = device.connections.require(fields.number(2))
    return bytes([1, connection.queue_size])


def _user_mem_reply(device: Device, fields: Fields) -> bytes:
    """u16 connection, ?{u16 length, ..}: what lies in the memory is nobody's business yet.

    The memory is the firmware's own: 64 bytes, whatever the host offers.
    """
    connection = device.connections.require(fields.number(2))
    lent = min(fields.number(2), _LENT_MEMORY) if fields.present() else None
    pending = connection.pending
    refuse_unless(pending is not None and pending.wait is Wait.MEMORY, NrfError.INVALID_STATE)
    connection.prepared.asked = True
    connection.prepared.lent = lent
    device.connections.retry(connection)
    return b""


def _opt_set(device: Device, fields: Fields) -> bytes:
    """u32 id, ?{option}: taken, without effect."""
    fields.take(4)
    fields.required()
    return b""


CALLS: dict[str, Callable[[Device, Fields], bytes]] = {
    "enable": _enable,
    "cfg_set": _cfg_set,
    "uuid_vs_add": _uuid_vs_add,
    "uuid_decode": _uuid_decode,
    "uuid_encode": _uuid_encode,
    "version_get": _version_get,
    "tx_packet_count_get": _tx_packet_count_get,
    "user_mem_reply": _user_mem_reply,
    "opt_set": _opt_set,
}

# What may be called before ble_enable, where the chip insists on it.
BEFORE_ENABLE = ("enable", "cfg_set", "version_get")
