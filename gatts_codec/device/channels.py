"""L2CAP channels with credits, from sd_api_v5 on: set up, refuse, send, receive, give up; and what the peer says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.constants.gattc import ChStatus
from gatts_codec.device.channel_pdus import (
    ChannelAnswer,
    ChannelCredits,
    ChannelEnd,
    ChannelRequest,
    Sdu,
)
from gatts_codec.device.channel_state import Channel, ChannelState, comes_back, cost
from gatts_codec.device.connection import Connection
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.l2cap.ch_credit_event import ChCreditEvent
from gatts_codec.packets.l2cap.ch_flow_control import ChFlowControl
from gatts_codec.packets.l2cap.ch_release import ChRelease
from gatts_codec.packets.l2cap.ch_released_event import ChReleasedEvent
from gatts_codec.packets.l2cap.ch_rx import ChRx
from gatts_codec.packets.l2cap.ch_rx_event import ChRxEvent
from gatts_codec.packets.l2cap.ch_sdu_buf_released_event import ChSduBufReleasedEvent
from gatts_codec.packets.l2cap.ch_setup import ChSetup, ChSetupParams
from gatts_codec.packets.l2cap.ch_setup_event import ChSetupEvent
from gatts_codec.packets.l2cap.ch_setup_refused_event import ChSetupRefusedEvent
from gatts_codec.packets.l2cap.ch_setup_request_event import ChSetupRequestEvent
from gatts_codec.packets.l2cap.ch_tx import ChTx
from gatts_codec.packets.l2cap.ch_tx_event import ChTxEvent
from gatts_codec.packets.l2cap.structs import ChTxParams, SduBuf

_FIRST_CID = 0x0040
_NEW = (0x0000, 0xFFFF)
_LEAST = 23
_LOCAL, _REMOTE = 1, 2
_ANSWER_S = 30.0


# -- calls


def ch_setup(device: DeviceState, command: ChSetup) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, INVALID_PARAM, INVALID_LENGTH, RESOURCES, INVALID_STATE, NOT_FOUND."""
    if command.params is not None and command.params.rx_params.sdu_buf.buf_id:
        device.sdu_pool.take()
    connection = _connection(device, command.conn_handle)
    cid, params = required(command.local_cid), required(command.params)
    rx, own = params.rx_params, device.l2cap
    refuses = cid not in _NEW and params.status != ChStatus.SUCCESS
    if not refuses:
        refuse_unless(min(rx.rx_mtu, rx.rx_mps) >= _LEAST, NrfError.INVALID_PARAM)
        refuse_unless(rx.rx_mps <= own.rx_mps, NrfError.INVALID_LENGTH)
    if cid in _NEW:
        refuse_unless(len(connection.channels) < own.ch_count, NrfError.RESOURCES)
        channel = _new(connection, ChannelState.ASKED)
    else:
        channel = _channel(connection, cid, ChannelState.WANTED)
    if refuses:
        _refuse(device, connection, channel, params)
        return {"local_cid": channel.cid}
    channel.rx_mtu, channel.rx_mps, channel.flow = rx.rx_mtu, rx.rx_mps, device.l2cap_credits
    if rx.sdu_buf.buf_id:
        channel.buffers.append(rx.sdu_buf)
        channel.granted = channel.flow
    if channel.state is ChannelState.ASKED:
        channel.due = device.now + _ANSWER_S
        _send(connection, ChannelRequest(channel.cid, params.le_psm, rx.rx_mtu, rx.rx_mps, channel.granted))
    else:
        channel.state = ChannelState.OPEN
        answer = ChannelAnswer(channel.peer_cid, 0, channel.cid, rx.rx_mtu, rx.rx_mps, channel.granted)
        _send(connection, answer)
        device.emit(ChSetupEvent(connection.handle, channel.cid, channel.tx))
    return {"local_cid": channel.cid}


def _refuse(device: DeviceState, connection: Connection, channel: Channel, params: ChSetupParams) -> None:
    _send(connection, ChannelAnswer(channel.peer_cid, params.status))
    del connection.channels[channel.cid]
    device.emit(ChSetupRefusedEvent(connection.handle, channel.cid, _LOCAL, params.status))


def ch_release(device: DeviceState, command: ChRelease) -> dict[str, object]:
    """INVALID_CONN_HANDLE, NOT_FOUND, INVALID_STATE."""
    connection = _connection(device, command.conn_handle)
    channel = _channel(connection, command.local_cid)
    channel.state = ChannelState.CLOSING
    _send(connection, ChannelEnd(channel.peer_cid))
    return {}


def ch_rx(device: DeviceState, command: ChRx) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, NOT_FOUND, INVALID_STATE, RESOURCES."""
    if command.sdu_buf is not None:
        device.sdu_pool.take()
    connection = _connection(device, command.conn_handle)
    buffer, channel = required(command.sdu_buf), _channel(connection, command.local_cid)
    refuse_unless(len(channel.buffers) < device.l2cap.rx_queue_size, NrfError.RESOURCES)
    channel.buffers.append(buffer)
    _top_up(connection, channel)
    return {}


def ch_tx(device: DeviceState, command: ChTx) -> dict[str, object]:
    """INVALID_CONN_HANDLE, INVALID_ADDR, NOT_FOUND, INVALID_STATE, DATA_SIZE, RESOURCES."""
    if command.sdu_buf is not None and command.sdu_buf.buf_id:
        device.sdu_pool.take()
    connection = _connection(device, command.conn_handle)
    buffer, channel = required(command.sdu_buf), _channel(connection, command.local_cid)
    refuse_unless(buffer.len <= channel.tx.tx_mtu, NrfError.DATA_SIZE)
    refuse_unless(len(channel.queue) < device.l2cap.tx_queue_size, NrfError.RESOURCES)
    channel.queue.append(buffer)
    _send_queue(device, connection, channel)
    return {}


def ch_flow_control(device: DeviceState, command: ChFlowControl) -> dict[str, object]:
    """INVALID_CONN_HANDLE, NOT_FOUND, INVALID_STATE. Of no channel: for those that are set up later."""
    connection = _connection(device, command.conn_handle)
    if command.local_cid in _NEW:
        device.l2cap_credits = command.credits
        return {"credits": 0 if command.credits_present else None}
    channel = _channel(connection, command.local_cid)
    channel.flow = command.credits
    _top_up(connection, channel)
    return {"credits": channel.granted if command.credits_present else None}


def _connection(device: DeviceState, handle: int) -> Connection:
    return device.connections.require(handle)


def _channel(connection: Connection, cid: int, state: ChannelState = ChannelState.OPEN) -> Channel:
    channel = connection.channels.get(cid)
    if channel is None:
        raise Refusal(NrfError.NOT_FOUND)
    refuse_unless(channel.state is state, NrfError.INVALID_STATE)
    return channel


def _new(connection: Connection, state: ChannelState, peer_cid: int = 0) -> Channel:
    cid = next(each for each in range(_FIRST_CID, 0x10000) if each not in connection.channels)
    channel = connection.channels[cid] = Channel(cid, state, peer_cid)
    return channel


def _send(connection: Connection, pdu: object) -> None:
    connection.remote.carry(pdu)


def _top_up(connection: Connection, channel: Channel) -> None:
    """A buffer to be filled is worth so many credits."""
    missing = channel.flow - channel.granted
    if channel.buffers and missing > 0:
        channel.granted += missing
        _send(connection, ChannelCredits(channel.peer_cid, missing))


def _send_queue(device: DeviceState, connection: Connection, channel: Channel) -> None:
    """As many SDUs as there are credits for."""
    while channel.queue and channel.credits >= (price := cost(channel.queue[0].len, channel.tx.tx_mps)):
        buffer = channel.queue.popleft()
        channel.credits -= price
        _send(connection, Sdu(channel.peer_cid, buffer.data or bytes(buffer.len)))
        device.sdu_pool.give_back(comes_back(buffer))
        device.emit(ChTxEvent(connection.handle, channel.cid, _given_back(buffer)))


def _given_back(buffer: SduBuf) -> SduBuf:
    return replace(buffer, data=None)


def _forget(device: DeviceState, connection: Connection, channel: Channel) -> None:
    """What the host has lent goes back, and the channel is no more."""
    del connection.channels[channel.cid]
    device.sdu_pool.give_back(len(channel.buffers) + sum(map(comes_back, channel.queue)))
    for buffer in (*channel.buffers, *channel.queue):
        device.emit(ChSduBufReleasedEvent(connection.handle, channel.cid, _given_back(buffer)))


def end_all(device: DeviceState, connection: Connection) -> None:
    """The connection ends."""
    for channel in list(connection.channels.values()):
        _forget(device, connection, channel)
        device.emit(ChReleasedEvent(connection.handle, channel.cid))


# -- what the peer says


def _hear_request(device: DeviceState, connection: Connection, pdu: ChannelRequest) -> None:
    own = device.l2cap
    if len(connection.channels) >= own.ch_count:
        status = ChStatus.NO_RESOURCES if own.ch_count else ChStatus.LE_PSM_NOT_SUPPORTED
        _send(connection, ChannelAnswer(pdu.cid, status))
        return
    channel = _new(connection, ChannelState.WANTED, pdu.cid)
    _may_send(device, channel, pdu)
    device.emit(ChSetupRequestEvent(connection.handle, channel.cid, pdu.psm, channel.tx))


def _may_send(device: DeviceState, channel: Channel, pdu: ChannelRequest | ChannelAnswer) -> None:
    channel.credits = pdu.credits
    channel.tx = ChTxParams(pdu.mtu, pdu.mps, min(pdu.mps, device.l2cap.tx_mps), pdu.credits)


def _hear_answer(device: DeviceState, connection: Connection, pdu: ChannelAnswer) -> None:
    channel = connection.channels.get(pdu.to)
    if channel is None:
        return
    if pdu.status:
        _fail(device, connection, channel, pdu.status)
        return
    channel.due = None
    channel.state, channel.peer_cid = ChannelState.OPEN, pdu.cid
    _may_send(device, channel, pdu)
    device.emit(ChSetupEvent(connection.handle, channel.cid, channel.tx))


def _fail(device: DeviceState, connection: Connection, channel: Channel, status: int) -> None:
    _forget(device, connection, channel)
    device.emit(ChSetupRefusedEvent(connection.handle, channel.cid, _REMOTE, status))


def tick(device: DeviceState) -> None:
    """Requests that the peer has not answered in time have failed."""
    for connection in device.connections:
        for channel in list(connection.channels.values()):
            if channel.due is not None and channel.due <= device.now:
                _fail(device, connection, channel, ChStatus.TIMEOUT)


def _hear_credits(device: DeviceState, connection: Connection, pdu: ChannelCredits) -> None:
    channel = connection.channels.get(pdu.to)
    if channel is not None:
        channel.credits += pdu.credits
        device.emit(ChCreditEvent(connection.handle, channel.cid, pdu.credits))
        _send_queue(device, connection, channel)


def _hear_sdu(device: DeviceState, connection: Connection, pdu: Sdu) -> None:
    """Into the oldest buffer; what does not fit is thrown away."""
    channel = connection.channels.get(pdu.to)
    if channel is None or not channel.buffers:
        return
    buffer = channel.buffers.popleft()
    device.sdu_pool.give_back(1)
    channel.granted -= cost(len(pdu.data), min(channel.rx_mps, channel.tx.tx_mps or channel.rx_mps))
    data = pdu.data[: buffer.len]
    filled = replace(buffer, data=data, len=len(data))
    device.emit(ChRxEvent(connection.handle, channel.cid, len(pdu.data), filled))
    _top_up(connection, channel)


def _hear_end(device: DeviceState, connection: Connection, pdu: ChannelEnd) -> None:
    channel = connection.channels.get(pdu.to)
    if channel is None:
        return
    if not pdu.answers:
        _send(connection, ChannelEnd(channel.peer_cid, answers=True))
    _forget(device, connection, channel)
    device.emit(ChReleasedEvent(connection.handle, channel.cid))


HEARS: dict[type, Callable[[DeviceState, Connection, Any], None]] = {
    ChannelRequest: _hear_request,
    ChannelAnswer: _hear_answer,
    ChannelCredits: _hear_credits,
    Sdu: _hear_sdu,
    ChannelEnd: _hear_end,
}
CALLS: dict[str, Any] = {
    f"sd_ble_l2cap_{call.__name__}": call for call in (ch_setup, ch_release, ch_rx, ch_tx, ch_flow_control)
}
