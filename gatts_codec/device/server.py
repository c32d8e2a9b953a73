"""Calls that reach a peer: hvx, service_changed, rw_authorize_reply, exchange_mtu_reply."""

from __future__ import annotations

from gatts_codec.constants import (
    DEFAULT_MTU,
    AttrType,
    AuthorizeType,
    BleError,
    GattStatus,
    HvxType,
    NrfError,
)
from gatts_codec.device import air, att
from gatts_codec.device.attribute_table import LAST_HANDLE, Attribute
from gatts_codec.device.connection import Connection, Op, Pending, Reply, Wait
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.device.values import find
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReply
from gatts_codec.packets.gatts.hvx import Hvx, HvxParams
from gatts_codec.packets.gatts.rw_authorize_reply import (
    AuthorizeParams,
    RwAuthorizeReply,
    RwAuthorizeReplyV1,
    WriteAuthorizeParamsV1,
)
from gatts_codec.packets.gatts.service_changed import ServiceChanged

HVX_OVERHEAD = 3  # ATT opcode and handle
_CCCD_BITS = {HvxType.NOTIFICATION: 1, HvxType.INDICATION: 2}


def hvx(device: DeviceState, command: Hvx) -> dict[str, object]:
    """The value is stored first: it stays stored whatever the peer's state then says to sending it.

    Without a length firmware hands over a pointer to data all the same, and a NULL pointer for the length.
    """
    params = required(command.hvx_params)
    connection = _live(device, command.conn_handle)
    attribute = _own_value(device, params.handle)
    refuse_unless(params.type in _CCCD_BITS, NrfError.INVALID_PARAM)
    refuse_unless(params.len is not None, NrfError.INVALID_ADDR)
    written = _store(attribute, params)
    _check_subscription(device, connection, attribute, _CCCD_BITS[HvxType(params.type)])
    end = None if params.data is None else params.offset + written
    sent = attribute.value[params.offset : end][: connection.mtu - HVX_OVERHEAD]
    if params.type == HvxType.INDICATION:
        air.indicate(device, connection, attribute.handle, sent)
    else:
        air.notify(device, connection, attribute.handle, sent)
    return {"bytes_written": written}


def service_changed(device: DeviceState, command: ServiceChanged) -> dict[str, object]:
    """NOT_SUPPORTED, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM, INVALID_ATTR_HANDLE, the peer's state."""
    attribute = device.service_changed_value
    if attribute is None:
        raise Refusal(NrfError.NOT_SUPPORTED)
    connection = _live(device, command.conn_handle)
    first, last = command.start_handle, command.end_handle
    refuse_unless(first <= last, NrfError.INVALID_PARAM)
    table = device.table
    in_range = table.first_user_handle <= first and (last == LAST_HANDLE or last < table.next_handle)
    refuse_unless(in_range, BleError.INVALID_ATTR_HANDLE)
    _check_subscription(device, connection, attribute, _CCCD_BITS[HvxType.INDICATION])
    data = first.to_bytes(2, "little") + last.to_bytes(2, "little")
    air.indicate(device, connection, attribute.handle, data, service_changed=True)
    return {}


def rw_authorize_reply(
    device: DeviceState, command: RwAuthorizeReply | RwAuthorizeReplyV1
) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_STATE, INVALID_PARAM."""
    params = command.rw_authorize_reply_params
    if params is None:
        raise Refusal(NrfError.INVALID_ADDR)
    connection = _live(device, command.conn_handle)
    pending = connection.pending
    if pending is None or pending.wait not in (Wait.READ_AUTHORIZATION, Wait.WRITE_AUTHORIZATION):
        raise Refusal(NrfError.INVALID_STATE)
    reading = pending.wait is Wait.READ_AUTHORIZATION
    refuse_unless((params.type == AuthorizeType.READ) is reading, NrfError.INVALID_PARAM)
    answer = params.read if reading else params.write
    assert answer is not None  # the layout ties it to the type
    reply = _read_reply(device, connection, pending, answer) if reading else None
    air.settle(connection, reply or _write_reply(device, connection, pending, answer))
    return {}


def exchange_mtu_reply(device: DeviceState, command: ExchangeMtuReply) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_STATE, INVALID_PARAM."""
    connection = _live(device, command.conn_handle)
    pending = connection.pending
    if pending is None or pending.wait is not Wait.MTU:
        raise Refusal(NrfError.INVALID_STATE)
    ours = command.server_rx_mtu
    refuse_unless(DEFAULT_MTU <= ours <= connection.max_mtu, NrfError.INVALID_PARAM)
    refuse_unless(connection.said_mtu in (None, ours), NrfError.INVALID_PARAM)
    connection.said_mtu = ours
    connection.mtu = max(DEFAULT_MTU, min(ours, pending.request.mtu))
    air.settle(connection, Reply(mtu=ours))
    return {}


def _live(device: DeviceState, conn_handle: int) -> Connection:
    connection = device.connections.require(conn_handle)
    refuse_unless(not connection.timed_out, device.profile.timeout_result)
    return connection


def _own_value(device: DeviceState, handle: int) -> Attribute:
    attribute = find(device, handle)
    refuse_unless(not attribute.stack, BleError.INVALID_ATTR_HANDLE)
    refuse_unless(attribute.kind is AttrType.CHAR_VAL, BleError.GATTS_INVALID_ATTR_TYPE)
    return attribute


def _store(attribute: Attribute, params: HvxParams) -> int:
    """Store the data of a notification or indication; how many bytes that were.

    Without data the stored value goes out, and a length beside it means nothing: hosts send any.
    """
    refuse_unless(params.offset <= len(attribute.value), NrfError.INVALID_PARAM)
    if params.data is None:
        return 0
    refuse_unless(params.offset + len(params.data) <= attribute.max_len, NrfError.DATA_SIZE)
    attribute.value = attribute.stored(params.offset, params.data)
    return len(params.data)


def _check_subscription(device: DeviceState, connection: Connection, attribute: Attribute, bit: int) -> None:
    refuse_unless(not connection.awaits_mtu, NrfError.INVALID_STATE)
    cccd = device.table.cccd_of(attribute.handle)
    if cccd is None:
        raise Refusal(NrfError.INVALID_STATE)
    refuse_unless(connection.knows_cccd(device.group_of(cccd)), BleError.GATTS_SYS_ATTR_MISSING)
    refuse_unless(connection.cccds.get(cccd.handle, 0) & bit, NrfError.INVALID_STATE)
    if device.profile.api >= 3:
        secure = att.denied(cccd.md.write_perm, connection, GattStatus.ATTERR_WRITE_NOT_PERMITTED) is None
        refuse_unless(secure, NrfError.FORBIDDEN)
    if bit == _CCCD_BITS[HvxType.INDICATION]:
        refuse_unless(connection.indication is None, NrfError.BUSY)
    else:
        refuse_unless(
            air.packets_waiting(device, connection) < connection.queue_size, device.profile.no_tx_result
        )


def _read_reply(
    device: DeviceState,
    connection: Connection,
    pending: Pending,
    answer: AuthorizeParams | WriteAuthorizeParamsV1,
) -> Reply:
    assert isinstance(answer, AuthorizeParams)
    if answer.gatt_status != GattStatus.SUCCESS:
        return Reply(answer.gatt_status)
    request = pending.request
    attribute = find(device, request.handle)
    if answer.update:
        attribute.value = _authorized(attribute, answer.offset, answer.data or b"")
    return att.read_reply(connection, attribute.value, request.offset)


def _write_reply(
    device: DeviceState,
    connection: Connection,
    pending: Pending,
    answer: AuthorizeParams | WriteAuthorizeParamsV1,
) -> Reply:
    request = pending.request
    if answer.gatt_status != GattStatus.SUCCESS:
        if request.op in (Op.EXECUTE, Op.CANCEL):
            att.finish_prepared(device, connection, store=False)
        return Reply(answer.gatt_status)
    if request.op is Op.WRITE:
        attribute = find(device, request.handle)
        offset, data = request.offset, request.data
        if isinstance(answer, AuthorizeParams):  # from v2 on the application hands over what is to be stored
            refuse_unless(answer.update, NrfError.INVALID_PARAM)
            offset, data = answer.offset, answer.data or b""
        attribute.value = _authorized(attribute, offset, data)
    elif request.op is Op.PREPARE:
        connection.prepared.writes.append((request.handle, request.offset, request.data))
    else:
        att.finish_prepared(device, connection, store=request.op is Op.EXECUTE)
    return Reply(data=request.data)


def _authorized(attribute: Attribute, offset: int, data: bytes) -> bytes:
    fits = offset <= len(attribute.value) and offset + len(data) <= attribute.max_len
    refuse_unless(fits, NrfError.INVALID_PARAM)
    return attribute.stored(offset, data)
