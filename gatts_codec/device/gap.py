"""Calls of the GAP group: address, name, appearance, connection parameters, advertising, scanning, disconnecting.

There is no air: advertising only says that a peer may come, scanning finds nobody, connecting waits for ever. Calls
that change nothing a GATT server could notice (transmit power, RSSI, PHY ...) succeed and do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatts_codec.constants import NrfError
from gatts_codec.device.events import CONN_PARAMS
from gatts_codec.device.fields import Fields, flagged
from gatts_codec.device.refusal import refuse_unless

if TYPE_CHECKING:
    from gatts_codec.device.device import Device

MAX_NAME = 31
RANDOM_STATIC = 1
NO_WISHES = bytes.fromhex("ffffffff0000ffff")  # of connection parameters, until ppcp_set
_ADDRESS_SIZE = 6
_LOCAL_HOST_ENDED = 0x16  # HCI reason of a disconnection that our own host asked for
_KEY_SIZE = 16
_RSSI_DBM = -60


@dataclass(slots=True)
class GapState:
    """What the calls have set; addresses with the most significant byte first."""

    address: bytes
    name: bytes
    address_type: int = RANDOM_STATIC
    appearance: bytes = b"\0\0"
    ppcp: bytes = NO_WISHES
    adv_data: bytes = b""
    enabled: bool = False
    advertising: bool = False
    scanning: bool = False
    connecting: bool = False
    tag: int = 0
    """The connection configuration that advertising was started with (v5 on)."""


def _addr_set(device: Device, fields: Fields) -> bytes:
    """[up to v2: u8 cycle mode], ?{u8 type, 6 bytes}"""
    moved = device.profile.addresses_moved
    if not moved:
        fields.take(1)
    fields.required()
    device.gap.address_type = fields.number(1) >> (1 if moved else 0)
    device.gap.address = fields.take(_ADDRESS_SIZE)[::-1]
    return b""


def _addr_get(device: Device, fields: Fields) -> bytes:
    gap = device.gap
    # From v3 on the lowest bit of the type says "found by its identity".
    shift = 1 if device.profile.addresses_moved else 0
    return bytes([gap.address_type << shift & 0xFF]) + gap.address[::-1]


def _device_name_set(device: Device, fields: Fields) -> bytes:
    """?{u8 security mode}, u16 length, ?{bytes}"""
    if fields.present():
        fields.take(1)
    size = fields.number(2)
    name = fields.take(size) if fields.present() else b""
    refuse_unless(size <= MAX_NAME, NrfError.DATA_SIZE)
    device.gap.name = name
    device.show_gap()
    return b""


def _device_name_get(device: Device, fields: Fields) -> bytes:
    """?{u16 buffer size}, ? (bytes wanted). A name that does not fit is not sent; v2 tells its length all the same."""
    room = fields.number(2) if fields.present() else 0
    name, wanted = device.gap.name, fields.present()
    size = len(name).to_bytes(2, "little")
    fits = wanted and len(name) <= room
    if device.profile.flagged_outputs:
        return b"\x01" + size + name if fits else b"\0"
    return size + (b"\x01" + name if fits else b"\0")


def _appearance_set(device: Device, fields: Fields) -> bytes:
    device.gap.appearance = fields.take(2)
    device.show_gap()
    return b""


def _appearance_get(device: Device, fields: Fields) -> bytes:
    return flagged(device.profile.flagged_outputs, device.gap.appearance)


def _ppcp_set(device: Device, fields: Fields) -> bytes:
    fields.required()
    device.gap.ppcp = fields.take(len(CONN_PARAMS))
    device.show_gap()
    return b""


def _ppcp_get(device: Device, fields: Fields) -> bytes:
    return flagged(device.profile.flagged_outputs, device.gap.ppcp)


def _adv_data_set(device: Device, fields: Fields) -> bytes:
    device.gap.adv_data = fields.rest()
    return b"\x01\0" if device.profile.adv_configures else b""


def _adv_start(device: Device, fields: Fields) -> bytes:
    gap = device.gap
    refuse_unless(not gap.advertising, NrfError.INVALID_STATE)
    params = fields.rest()
    gap.tag = params[-1] if device.profile.config_tags and params else 0
    gap.advertising = True
    return b""


def _begin(what: str) -> Callable[[Device, Fields], bytes]:
    def begin(device: Device, fields: Fields) -> bytes:
        refuse_unless(not getattr(device.gap, what), NrfError.INVALID_STATE)
        setattr(device.gap, what, True)
        return b""

    return begin


def _end(what: str) -> Callable[[Device, Fields], bytes]:
    def end(device: Device, fields: Fields) -> bytes:
        refuse_unless(getattr(device.gap, what), NrfError.INVALID_STATE)
        setattr(device.gap, what, False)
        return b""

    return end


def _disconnect(device: Device, fields: Fields) -> bytes:
    device.connections.close(device.connections.require(fields.number(2)), _LOCAL_HOST_ENDED)
    return b""


def _conn_sec_get(device: Device, fields: Fields) -> bytes:
    level = device.connections.require(fields.number(2)).security_level
    return bytes([1, 1 | level << 4, _KEY_SIZE if level > 1 else 0])


def _rssi_get(device: Device, fields: Fields) -> bytes:
    device.connections.require(fields.number(2))
    return flagged(device.profile.flagged_outputs, _RSSI_DBM.to_bytes(1, "little", signed=True))


def _of_connection(device: Device, fields: Fields) -> bytes:
    device.connections.require(fields.number(2))
    return b""


def _data_length_update(device: Device, fields: Fields) -> bytes:
    device.connections.require(fields.number(2))
    return b"\0"  # no limitation to tell of


def _taken(device: Device, fields: Fields) -> bytes:
    return b""


CALLS: dict[str, Callable[[Device, Fields], bytes]] = {
    "addr_set": _addr_set,
    "addr_get": _addr_get,
    "adv_data_set": _adv_data_set,
    "adv_start": _adv_start,
    "adv_stop": _end("advertising"),
    "appearance_get": _appearance_get,
    "appearance_set": _appearance_set,
    "conn_param_update": _of_connection,
    "conn_sec_get": _conn_sec_get,
    "connect": _begin("connecting"),
    "connect_cancel": _end("connecting"),
    "data_length_update": _data_length_update,
    "device_identities_set": _taken,
    "device_name_get": _device_name_get,
    "device_name_set": _device_name_set,
    "disconnect": _disconnect,
    "phy_update": _of_connection,
    "ppcp_get": _ppcp_get,
    "ppcp_set": _ppcp_set,
    "privacy_set": _taken,
    "rssi_get": _rssi_get,
    "rssi_start": _of_connection,
    "rssi_stop": _of_connection,
    "scan_start": _begin("scanning"),
    "scan_stop": _end("scanning"),
    "tx_power_set": _taken,
    "whitelist_set": _taken,
}
