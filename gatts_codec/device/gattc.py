"""Calls of the GATT client, to whoever is at the other end of a connection.

One call is one ATT request and one event, whatever it finds; one request at a time, BUSY otherwise. Here is what reads
and writes, ``client_discovery`` has what finds.
"""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import DEFAULT_MTU, BleError, ExecWriteFlag, GattStatus, NrfError
from gatts_codec.constants.gattc import GattOp
from gatts_codec.device import air, client, client_discovery
from gatts_codec.device.client_reads import read_each
from gatts_codec.device.connection import AttRequest, Connection, FarEnd, FoundAttribute, Op, Reply
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.events import TxCompleteEvent
from gatts_codec.packets.gattc.char_val_by_uuid_read_rsp_event import CharValByUuidReadRspEvent, HandleValue
from gatts_codec.packets.gattc.char_vals_read_rsp_event import CharValsReadRspEvent
from gatts_codec.packets.gattc.char_value_by_uuid_read import CharValueByUuidRead
from gatts_codec.packets.gattc.char_values_read import CharValuesRead
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent
from gatts_codec.packets.gattc.hv_confirm import HvConfirm
from gatts_codec.packets.gattc.read import Read
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent
from gatts_codec.packets.gattc.write import Write, WriteParams
from gatts_codec.packets.gattc.write_cmd_tx_complete_event import WriteCmdTxCompleteEvent
from gatts_codec.packets.gattc.write_rsp_event import WriteRspEvent

# ATT opcode and handle, of a prepared write an offset too.
_OVERHEAD = {GattOp.WRITE_REQ: 3, GattOp.WRITE_CMD: 3, GattOp.PREP_WRITE_REQ: 5}
_PAIR_HEAD, _PAIR_HANDLE, _LONGEST_PAIRED = 2, 2, 253  # of a Read By Type response, in bytes


def read(device: DeviceState, command: Read) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT."""
    connection, far = client.require(device, command.conn_handle)
    handle, offset = command.handle, command.offset

    def answer(reply: Reply) -> None:
        where = client.error_handle(reply.status, handle)
        device.emit(ReadRspEvent(connection.handle, reply.status, where, handle, offset, reply.data))

    client.ask(device, connection, far, AttRequest(Op.READ, handle, offset=offset), answer)
    return {}


def char_value_by_uuid_read(device: DeviceState, command: CharValueByUuidRead) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM. Values of one length, as many as fit."""
    connection, far = client.require(device, command.conn_handle)
    wanted = device.bases.expand(required(command.uuid))
    within = client.require_range(command.handle_range)
    answered = client.begin(device, connection)
    room = connection.mtu - _PAIR_HEAD

    def enough(values: list[bytes]) -> bool:
        full = len(values) >= room // (_PAIR_HANDLE + len(values[0]))
        return full or len(values[-1]) != len(values[0])

    def read_found(rows: list[FoundAttribute]) -> None:
        handles = [row.attribute.handle for row in rows if row.type == wanted]

        def arrive(values: list[bytes], status: int) -> None:
            if not values:
                where = handles[0] if handles else within.start_handle
                status = status or GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND
                device.emit(CharValByUuidReadRspEvent(connection.handle, status, where, 0, ()))
                return
            size = min(len(values[0]), room - _PAIR_HANDLE, _LONGEST_PAIRED)
            pairs = _pairs_alike(handles, values, size)
            device.emit(CharValByUuidReadRspEvent(connection.handle, 0, 0, size, pairs))

        read_each(far, handles, enough, lambda values, status: answered(lambda: arrive(values, status)))

    far.find(within.start_handle, within.end_handle, read_found)
    return {}


def _pairs_alike(handles: list[int], values: list[bytes], size: int) -> tuple[HandleValue, ...]:
    """Those as long as the first value, cut to ``size``: all pairs of a response have one length."""
    return tuple(
        HandleValue(handle, value[:size])
        for handle, value in zip(handles, values, strict=False)
        if len(value) == len(values[0])
    )


def char_values_read(device: DeviceState, command: CharValuesRead) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM. One that fails fails them all."""
    connection, far = client.require(device, command.conn_handle)
    handles = list(required(command.handles))
    refuse_unless(handles, NrfError.INVALID_PARAM)
    answered = client.begin(device, connection)

    def arrive(values: list[bytes], status: int) -> None:
        where = handles[len(values)] if status else 0
        data = b"" if status else b"".join(values)[: connection.mtu - 1]
        device.emit(CharValsReadRspEvent(connection.handle, status, where, data))

    def done(values: list[bytes], status: int) -> None:
        answered(lambda: arrive(values, status))

    read_each(far, handles, lambda values: False, done)
    return {}


def write(device: DeviceState, command: Write) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, INVALID_PARAM, DATA_SIZE, BUSY or TIMEOUT, INVALID_STATE."""
    connection, far = client.require(device, command.conn_handle)
    params = required(command.write_params)
    op, data = params.write_op, params.value or b""
    refuse_unless(GattOp.INVALID < op <= GattOp.EXEC_WRITE_REQ, NrfError.INVALID_PARAM)
    refuse_unless(op != GattOp.SIGN_WRITE_CMD, NrfError.INVALID_STATE)  # there is no key to sign with
    _check_place(params)
    given = params.value is not None or not params.len or op == GattOp.EXEC_WRITE_REQ
    refuse_unless(given, NrfError.INVALID_ADDR)
    if op in _OVERHEAD:
        refuse_unless(len(data) <= connection.mtu - _OVERHEAD[GattOp(op)], NrfError.DATA_SIZE)
    if op == GattOp.WRITE_CMD:
        _write_command(device, connection, far, AttRequest(Op.WRITE_COMMAND, params.handle, data))
    else:
        _write_request(device, connection, far, params)
    return {}


def _check_place(params: WriteParams) -> None:
    """INVALID_PARAM: an offset of what is written at once, no handle, an execution that is neither yes nor no."""
    if params.write_op == GattOp.EXEC_WRITE_REQ:
        refuse_unless(params.flags <= ExecWriteFlag.WRITE, NrfError.INVALID_PARAM)
    else:
        refuse_unless(params.handle, NrfError.INVALID_PARAM)
        refuse_unless(not params.offset or params.write_op == GattOp.PREP_WRITE_REQ, NrfError.INVALID_PARAM)


def _write_command(device: DeviceState, connection: Connection, far: FarEnd, request: AttRequest) -> None:
    """RESOURCES, up to v3 NO_TX_PACKETS: those before it fill the queue, which up to v3 notifications share."""
    waiting, room = connection.commands, connection.command_queue_size
    if not device.profile.counts_notifications:
        waiting, room = air.packets_waiting(device, connection), connection.queue_size
    refuse_unless(waiting < room, device.profile.no_tx_result)
    connection.commands += 1

    def sent() -> None:
        connection.commands -= 1
        device.emit(_commands_sent(device, connection))

    far.command(request, lambda: air.deliver(device, connection, sent))


def _write_request(device: DeviceState, connection: Connection, far: FarEnd, params: WriteParams) -> None:
    op = params.write_op
    executes = op == GattOp.EXEC_WRITE_REQ
    handle = 0 if executes else params.handle

    def answer(reply: Reply) -> None:
        echo = reply.data if op == GattOp.PREP_WRITE_REQ else b""
        where = client.error_handle(reply.status, handle)
        offset = 0 if executes else params.offset
        device.emit(WriteRspEvent(connection.handle, reply.status, where, handle, op, offset, echo))

    kinds = {GattOp.WRITE_REQ: Op.WRITE, GattOp.PREP_WRITE_REQ: Op.PREPARE}
    kind = (Op.EXECUTE if params.flags else Op.CANCEL) if executes else kinds[GattOp(op)]
    request = AttRequest(kind, handle, b"" if executes else params.value or b"", params.offset)
    client.ask(device, connection, far, request, answer)


def _commands_sent(device: DeviceState, connection: Connection) -> Any:
    """A write command has left: WRITE_CMD_TX_COMPLETE, TX_COMPLETE up to v3."""
    if device.profile.counts_notifications:
        return WriteCmdTxCompleteEvent(connection.handle, GattStatus.SUCCESS, 0, 1)
    return TxCompleteEvent(connection.handle, 1)


def hv_confirm(device: DeviceState, command: HvConfirm) -> dict[str, object]:
    """INVALID_CONN_HANDLE, TIMEOUT, INVALID_STATE, INVALID_ATTR_HANDLE."""
    connection, far = client.require(device, command.conn_handle)
    refuse_unless(connection.unconfirmed, NrfError.INVALID_STATE)
    refuse_unless(command.handle == connection.unconfirmed, BleError.INVALID_ATTR_HANDLE)
    connection.unconfirmed = 0
    far.confirm()
    return {}


def exchange_mtu_request(device: DeviceState, command: ExchangeMtuRequest) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM; INVALID_STATE: once in a connection."""
    connection, far = client.require(device, command.conn_handle)
    ours = command.client_rx_mtu
    refuse_unless(DEFAULT_MTU <= ours <= connection.max_mtu, NrfError.INVALID_PARAM)
    refuse_unless(connection.said_mtu in (None, ours), NrfError.INVALID_PARAM)
    refuse_unless(not connection.asked_mtu, NrfError.INVALID_STATE)

    def answer(reply: Reply) -> None:
        connection.awaits_mtu, status = False, reply.status
        if status == GattStatus.SUCCESS:
            connection.mtu = max(DEFAULT_MTU, min(ours, reply.mtu))
        device.emit(ExchangeMtuRspEvent(connection.handle, status, client.error_handle(status, 0), reply.mtu))

    client.ask(device, connection, far, AttRequest(Op.EXCHANGE_MTU, mtu=ours), answer)
    connection.asked_mtu, connection.awaits_mtu, connection.said_mtu = True, True, ours
    return {}


_CALLS: dict[str, Any] = {
    **client_discovery.CALLS,
    "char_value_by_uuid_read": char_value_by_uuid_read,
    "char_values_read": char_values_read,
    "exchange_mtu_request": exchange_mtu_request,
    "hv_confirm": hv_confirm,
    "read": read,
    "write": write,
}
CALLS: dict[str, Any] = {f"sd_ble_gattc_{name}": call for name, call in _CALLS.items()}
