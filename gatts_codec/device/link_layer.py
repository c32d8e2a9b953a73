"""Calls about a connection's link layer: radio modes, packet lengths; and what the peer says of them.

Two chips agree as Bluetooth has it, and both hosts have to. A chip whose SoftDevice has no such procedure does not
support it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import HciStatus, Phy, Role
from gatts_codec.device import air
from gatts_codec.device.connection import Connection
from gatts_codec.device.link_state import LONGEST, SHORT_US, SHORTEST, Lengths
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.events import DataLengthChangedEvent
from gatts_codec.packets.gap.connection_events import (
    DataLengthUpdateEvent,
    DataLengthUpdateRequestEvent,
    PhyUpdateEvent,
    PhyUpdateRequestEvent,
)
from gatts_codec.packets.gap.link_layer import DataLengthLimitation, DataLengthUpdate, PhyUpdate
from gatts_codec.packets.gap.radio import DataLengthParams, Phys

_SUPPORTED = Phy.MBPS_1 | Phy.MBPS_2
_PREAMBLE_AND_CRC = 14  # octets of a packet beside its payload, at 1 Mbit/s
_OCTET_US = 8
_BETWEEN_US = 300
_EVENT_UNIT_US = 1250


# -- what travels


@dataclass(frozen=True, slots=True)
class PhyRequest:
    """The sender wants other radio modes."""

    wish: Phys


@dataclass(frozen=True, slots=True)
class PhyAnswer:
    """What the receiver uses from now on; ``status`` other than 0: nothing new."""

    phys: Phys
    status: int = HciStatus.SUCCESS


@dataclass(frozen=True, slots=True)
class LengthRequest:
    """How long the sender's packets may be."""

    lengths: Lengths


@dataclass(frozen=True, slots=True)
class LengthAnswer:
    """The same of who was asked."""

    lengths: Lengths


# -- radio modes


def phy_update(device: DeviceState, command: PhyUpdate) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, INVALID_PARAM, from v6 on NOT_SUPPORTED, BUSY."""
    connection = device.connections.require(command.conn_handle)
    link, wish = connection.link, required(command.gap_phys)
    supported = all(phys == Phy.AUTO or phys & ~_SUPPORTED == 0 for phys in (wish.tx_phys, wish.rx_phys))
    refuse_unless(supported, NrfError.NOT_SUPPORTED if device.profile.api >= 6 else NrfError.INVALID_PARAM)
    refuse_unless(link.phys_asked is None, NrfError.BUSY)
    if link.phys_wanted is not None:
        _answer_phys(device, connection, wish)
    elif wish == link.phys:
        _use_phys(device, connection, link.phys)
    else:
        link.phys_asked = wish
        link.expect_answer(device.now)
        connection.remote.carry(PhyRequest(wish))
    return {}


def _answer_phys(device: DeviceState, connection: Connection, own: Phys) -> None:
    link = connection.link
    wanted, link.phys_wanted = link.phys_wanted, None
    assert wanted is not None
    tx = _fastest(own.tx_phys, wanted.rx_phys, link.phys.tx_phys)
    rx = _fastest(own.rx_phys, wanted.tx_phys, link.phys.rx_phys)
    connection.remote.carry(PhyAnswer(Phys(rx, tx)))
    _use_phys(device, connection, Phys(tx, rx))


def _fastest(one: int, other: int, current: int) -> int:
    """Of what both take; without any the current one."""
    common = (one or _SUPPORTED) & (other or _SUPPORTED)
    return next((phy for phy in (Phy.MBPS_2, Phy.MBPS_1) if common & phy), Phy(current))


def _use_phys(
    device: DeviceState, connection: Connection, phys: Phys, status: int = HciStatus.SUCCESS
) -> None:
    connection.link.phys = phys
    device.emit(PhyUpdateEvent(connection.handle, status, phys.tx_phys, phys.rx_phys))


def _hear_phy_request(device: DeviceState, connection: Connection, pdu: PhyRequest) -> None:
    """The host has to answer. Where both have asked, the central's request goes on."""
    link = connection.link
    if device.profile.api < 5:
        connection.remote.carry(PhyAnswer(Phys(), HciStatus.UNSUPPORTED_REMOTE_FEATURE))
        return
    if link.phys_asked is not None:
        collision = HciStatus.LMP_ERROR_TRANSACTION_COLLISION
        if connection.role == Role.CENTRAL:
            connection.remote.carry(PhyAnswer(Phys(), collision))
            return
        link.phys_asked = None
        _use_phys(device, connection, link.phys, collision)
    link.phys_wanted = pdu.wish
    device.emit(PhyUpdateRequestEvent(connection.handle, pdu.wish))


def _hear_phy_answer(device: DeviceState, connection: Connection, pdu: PhyAnswer) -> None:
    link = connection.link
    if link.phys_asked is not None:
        link.phys_asked = None
        _use_phys(device, connection, link.phys if pdu.status else pdu.phys, pdu.status)


# -- packet lengths


def data_length_update(device: DeviceState, command: DataLengthUpdate) -> dict[str, object]:
    """INVALID_CONN_HANDLE, NOT_SUPPORTED, INVALID_PARAM, RESOURCES, BUSY."""
    connection = device.connections.require(command.conn_handle)
    link = connection.link
    own = _wanted(device, connection, command.dl_params or DataLengthParams())
    refuse_unless(link.lengths_asked is None, NrfError.BUSY)
    if link.lengths_wanted is not None:
        wanted, link.lengths_wanted = link.lengths_wanted, None
        connection.remote.carry(LengthAnswer(own))
        _use_lengths(device, connection, own, wanted)
    else:
        link.lengths_asked = own
        link.expect_answer(device.now)
        connection.remote.carry(LengthRequest(own))
    return {"dl_limitation": DataLengthLimitation(0, 0, 0) if command.dl_limitation_present else None}


def _wanted(device: DeviceState, connection: Connection, params: DataLengthParams) -> Lengths:
    """What the parameters ask for; 0 is as much as the length of connection events has room for."""
    room = _room(connection.event_length)
    octets, times = (
        (params.max_tx_octets, params.max_rx_octets),
        (params.max_tx_time_us, params.max_rx_time_us),
    )
    even = octets[0] == octets[1] and not any(times)
    refuse_unless(max(octets) <= LONGEST and (even or device.profile.api >= 6), NrfError.NOT_SUPPORTED)
    tx, rx = (each or room for each in octets)
    refuse_unless(min(tx, rx) >= SHORTEST, NrfError.INVALID_PARAM)
    refuse_unless(all(time >= SHORT_US for time in times if time), NrfError.INVALID_PARAM)
    refuse_unless(max(tx, rx) <= room, NrfError.RESOURCES)
    return Lengths(tx, rx, *(given or _time_us(each) for given, each in zip(times, (tx, rx), strict=True)))


def _room(event_length: int) -> int:
    """The longest packets, each way one, that connection events of that length hold (in units of 1.25 ms)."""
    packet_us = (event_length * _EVENT_UNIT_US - _BETWEEN_US) // 2
    return max(SHORTEST, min(LONGEST, packet_us // _OCTET_US - _PREAMBLE_AND_CRC))


def _time_us(octets: int) -> int:
    return (octets + _PREAMBLE_AND_CRC) * _OCTET_US


def _use_lengths(device: DeviceState, connection: Connection, own: Lengths, peer: Lengths) -> None:
    tx, rx, before = min(own.tx, peer.rx), min(own.rx, peer.tx), connection.link.lengths
    connection.link.lengths = now = Lengths(tx, rx, _time_us(tx), _time_us(rx))
    if device.profile.api >= 4:
        device.emit(DataLengthUpdateEvent(connection.handle, now.params))
    elif now != before:
        device.emit(DataLengthChangedEvent(connection.handle, now.tx, now.tx_us, now.rx, now.rx_us))


def offer_lengths(device: DeviceState, connection: Connection) -> None:
    """A connection has begun: in v3 the link layer itself asks for packets as long as the option has it."""
    if device.longest_packet > SHORTEST:
        connection.link.lengths_asked = _offered(device)
        connection.link.expect_answer(device.now)
        connection.remote.carry(LengthRequest(_offered(device)))


def _offered(device: DeviceState) -> Lengths:
    octets = device.longest_packet
    return Lengths(octets, octets, _time_us(octets), _time_us(octets))


def _hear_length_request(device: DeviceState, connection: Connection, pdu: LengthRequest) -> None:
    """The host has to answer, where there is a call for it."""
    if device.profile.api < 4:
        connection.remote.carry(LengthAnswer(_offered(device)))
        _use_lengths(device, connection, _offered(device), pdu.lengths)
        return
    connection.link.lengths_asked = None
    connection.link.lengths_wanted = pdu.lengths
    device.emit(DataLengthUpdateRequestEvent(connection.handle, pdu.lengths.params))


def _hear_length_answer(device: DeviceState, connection: Connection, pdu: LengthAnswer) -> None:
    asked, connection.link.lengths_asked = connection.link.lengths_asked, None
    if asked is not None:
        _use_lengths(device, connection, asked, pdu.lengths)


# -- what is due, and what the peer says


def tick(device: DeviceState) -> None:
    """What the peer's host has not decided in time: the timing stays, a procedure is the end."""
    for connection in device.connections:
        link = connection.link
        if link.procedure_due is not None and link.procedure_due <= device.now:
            _give_up(device, connection)
            continue
        if link.timing_due is not None and link.timing_due <= device.now:
            link.timing_due = connection.wish = None
            air.retime(device, connection, connection.params)


def _give_up(device: DeviceState, connection: Connection) -> None:
    """End the connection, unless all was answered."""
    link = connection.link
    link.procedure_due = None
    asked = (link.phys_asked, link.lengths_asked, connection.security.encrypting)
    if any(each is not None for each in asked):
        connection.farewell = HciStatus.LMP_RESPONSE_TIMEOUT
        air.close(device, connection, HciStatus.LMP_RESPONSE_TIMEOUT)


HEARS: dict[type, Callable[[DeviceState, Connection, Any], None]] = {
    PhyRequest: _hear_phy_request,
    PhyAnswer: _hear_phy_answer,
    LengthRequest: _hear_length_request,
    LengthAnswer: _hear_length_answer,
}
CALLS: dict[str, Any] = {f"sd_ble_gap_{call.__name__}": call for call in (phy_update, data_length_update)}
