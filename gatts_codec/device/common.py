"""Calls of the common group: vendor UUIDs, version, user memory; ``configure`` and ``options`` have the others."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import Role
from gatts_codec.device import air, configure, options
from gatts_codec.device.connection import Wait
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.tx_count_get import TxBufferCountGet, TxPacketCountGet
from gatts_codec.packets.common.user_mem_reply import UserMemReply
from gatts_codec.packets.common.uuid_decode import UuidDecode
from gatts_codec.packets.common.uuid_encode import UuidEncode
from gatts_codec.packets.common.uuid_vs_add import UuidVsAdd
from gatts_codec.packets.common.version_get import Version, VersionGet

_UUID_SIZES = (2, 16)
_LENT_MEMORY = 64  # bytes


def uuid_vs_add(device: DeviceState, command: UuidVsAdd) -> dict[str, object]:
    """INVALID_ADDR, NO_MEM; FORBIDDEN for a base that is there, in S110 v8 and S130 v1."""
    base = required(command.vs_uuid)
    refuse_unless(command.uuid_type_present, NrfError.INVALID_ADDR)
    return {"uuid_type": device.bases.add(base.uuid128)}


def uuid_decode(device: DeviceState, command: UuidDecode) -> dict[str, object]:
    """INVALID_LENGTH, INVALID_ADDR, NOT_FOUND."""
    refuse_unless(command.uuid_le_len in _UUID_SIZES, NrfError.INVALID_LENGTH)
    raw = required(command.uuid_le)
    refuse_unless(command.uuid_present, NrfError.INVALID_ADDR)
    return {"uuid": device.bases.shorten(raw)}


def uuid_encode(device: DeviceState, command: UuidEncode) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM."""
    raw = device.bases.expand(required(command.uuid))
    refuse_unless(command.uuid_le_len_present, NrfError.INVALID_ADDR)
    return {"uuid_le_len": len(raw), "uuid_le": raw if command.uuid_le_present else None}


def version_get(device: DeviceState, command: VersionGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.version_present, NrfError.INVALID_ADDR)
    return {"version": Version(*(device.config.version or device.profile.version))}


def tx_packet_count_get(device: DeviceState, command: TxPacketCountGet) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR."""
    connection = device.connections.require(command.conn_handle)
    refuse_unless(command.count_present, NrfError.INVALID_ADDR)
    return {"count": connection.queue_size}


def tx_buffer_count_get(device: DeviceState, command: TxBufferCountGet) -> dict[str, object]:
    """INVALID_ADDR."""
    refuse_unless(command.count_present, NrfError.INVALID_ADDR)
    return {"count": device.queue_size(0, Role.PERIPH)}


def user_mem_reply(device: DeviceState, command: UserMemReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE. The memory is the firmware's own: 64 bytes, whatever the host offers.

    S110 v8's gives none where the host has none: INVALID_ADDR.
    """
    connection = device.connections.require(command.conn_handle)
    own = device.profile.lends_memory or command.block is None or command.block.mem_present
    refuse_unless(own, NrfError.INVALID_ADDR)
    pending = connection.pending
    refuse_unless(pending is not None and pending.wait is Wait.MEMORY, NrfError.INVALID_STATE)
    connection.prepared.asked = True
    connection.prepared.lent = None if command.block is None else min(command.block.len, _LENT_MEMORY)
    air.retry(device, connection)
    return {}


CALLS: dict[str, Any] = {
    **configure.CALLS,
    **options.CALLS,
    "sd_ble_uuid_vs_add": uuid_vs_add,
    "sd_ble_uuid_decode": uuid_decode,
    "sd_ble_uuid_encode": uuid_encode,
    "sd_ble_version_get": version_get,
    "sd_ble_tx_packet_count_get": tx_packet_count_get,
    "sd_ble_tx_buffer_count_get": tx_buffer_count_get,
    "sd_ble_user_mem_reply": user_mem_reply,
}

# What may be called before ble_enable, where the chip insists on it.
BEFORE_ENABLE = ("sd_ble_enable", "sd_ble_cfg_set", "sd_ble_version_get")
