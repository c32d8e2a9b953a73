"""How strong a connection's peer is heard: on request, and when it has changed enough."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.device import air
from gatts_codec.device.connection import Connection
from gatts_codec.device.link_state import Sampling
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.connection_events import RssiChangedEvent
from gatts_codec.packets.gap.rssi import RssiGet, RssiGetV5, RssiStart, RssiStop

_NO_REPORTS = 0xFF
_CHANNEL = 17


def rssi_start(device: DeviceState, command: RssiStart) -> dict[str, object]:
    """INVALID_CONN_HANDLE, from v6 on INVALID_STATE."""
    link = (connection := device.connections.require(command.conn_handle)).link
    refuse_unless(link.sampling is None or device.profile.api < 6, NrfError.INVALID_STATE)
    due = device.now + _interval_s(connection)
    link.sampling = Sampling(command.threshold_dbm, command.skip_count, due, _strength(device, connection))
    device.roused()
    return {}


def rssi_stop(device: DeviceState, command: RssiStop) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_STATE."""
    link = device.connections.require(command.conn_handle).link
    refuse_unless(link.sampling is not None, NrfError.INVALID_STATE)
    link.sampling = None
    return {}


def rssi_get(device: DeviceState, command: RssiGet | RssiGetV5) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, INVALID_STATE."""
    sampling = device.connections.require(command.conn_handle).link.sampling
    refuse_unless(command.rssi_present, NrfError.INVALID_ADDR)
    if sampling is None:
        raise Refusal(NrfError.INVALID_STATE)
    if isinstance(command, RssiGetV5):
        return {"rssi": sampling.last}
    return {"rssi": sampling.last, "ch_index": _CHANNEL if command.ch_index_present else None}


def _interval_s(connection: Connection) -> float:
    return connection.interval_s or connection.params.max_conn_interval * air.INTERVAL_UNIT_S


def _strength(device: DeviceState, connection: Connection) -> int:
    return connection.remote.rssi + device.random.randint(-1, 1)


def _sample(device: DeviceState, connection: Connection, sampling: Sampling) -> None:
    """Once a connection event: what differs enough counts, and every so manieth of these is told."""
    sampling.due = device.now + _interval_s(connection)
    sampling.last = dbm = _strength(device, connection)
    if sampling.threshold == _NO_REPORTS:
        return
    if sampling.reported is not None:
        sampling.counted += abs(dbm - sampling.reported) >= sampling.threshold
        if sampling.counted <= sampling.skip:
            return
    sampling.reported, sampling.counted = dbm, 0
    channel = None if device.profile.api < 6 else device.random.randrange(37)
    device.emit(RssiChangedEvent(connection.handle, dbm, channel))


def tick(device: DeviceState) -> None:
    """Take the samples that are due."""
    for connection in device.connections:
        sampling = connection.link.sampling
        if sampling is not None and sampling.due <= device.now:
            _sample(device, connection, sampling)


CALLS: dict[str, Any] = {f"sd_ble_gap_{call.__name__}": call for call in (rssi_start, rssi_stop, rssi_get)}
