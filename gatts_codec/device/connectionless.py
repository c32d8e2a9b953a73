"""L2CAP up to v3: channels by number, the same for all connections, without acknowledgement or flow control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatts_codec.constants import BleError, NrfError
from gatts_codec.device import air
from gatts_codec.device.connection import Connection
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.events import TxCompleteEvent
from gatts_codec.packets.l2cap.cid_register import CidRegister
from gatts_codec.packets.l2cap.cid_unregister import CidUnregister
from gatts_codec.packets.l2cap.rx_event import RxEvent
from gatts_codec.packets.l2cap.structs import Header
from gatts_codec.packets.l2cap.tx import Tx

_FIRST_CID, _MOST_CIDS = 0x0040, 8
_LONGEST = 23  # bytes


@dataclass(frozen=True, slots=True)
class Datagram:
    """What travels: lost unless the receiver's host has registered the channel."""

    cid: int
    data: bytes


def cid_register(device: DeviceState, command: CidRegister) -> dict[str, object]:
    """INVALID_PARAM, L2CAP_CID_IN_USE, NO_MEM."""
    refuse_unless(command.cid >= _FIRST_CID, NrfError.INVALID_PARAM)
    refuse_unless(command.cid not in device.cids, BleError.L2CAP_CID_IN_USE)
    refuse_unless(len(device.cids) < _MOST_CIDS, NrfError.NO_MEM)
    device.cids.add(command.cid)
    return {}


def cid_unregister(device: DeviceState, command: CidUnregister) -> dict[str, object]:
    """INVALID_PARAM, NOT_FOUND."""
    refuse_unless(command.cid >= _FIRST_CID, NrfError.INVALID_PARAM)
    refuse_unless(command.cid in device.cids, NrfError.NOT_FOUND)
    device.cids.remove(command.cid)
    return {}


def tx(device: DeviceState, command: Tx) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, INVALID_PARAM, DATA_SIZE; NO_TX_BUFFERS, from v2 on NO_TX_PACKETS."""
    connection = device.connections.require(command.conn_handle)
    header, data = required(command.header), required(command.data)
    refuse_unless(header.cid in device.cids, NrfError.INVALID_PARAM)
    refuse_unless(len(data) <= _LONGEST, NrfError.DATA_SIZE)
    refuse_unless(
        air.packets_waiting(device, connection) < connection.queue_size, device.profile.no_tx_result
    )
    connection.commands += 1
    connection.remote.carry(Datagram(header.cid, data))
    air.deliver(device, connection, lambda: _sent(device, connection))
    return {}


def _sent(device: DeviceState, connection: Connection) -> None:
    connection.commands -= 1
    device.emit(TxCompleteEvent(connection.handle, 1))


def _hear(device: DeviceState, connection: Connection, pdu: Datagram) -> None:
    if pdu.cid in device.cids:
        device.emit(RxEvent(connection.handle, Header(len(pdu.data), pdu.cid), pdu.data))


HEARS: dict[type, Callable[[DeviceState, Connection, Any], None]] = {Datagram: _hear}
CALLS: dict[str, Any] = {f"sd_ble_l2cap_{call.__name__}": call for call in (cid_register, cid_unregister, tx)}
