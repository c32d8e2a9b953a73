"""The server's side of ATT: a peer's request becomes a reply, an event for the application, or a wait for it.

A request is answered at once, or it is *pending*: the application has to make a call first (``Wait`` names it) and has
30 s for that, then the connection is dead for ATT. Commands are never answered, whatever becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable

from gatts_codec.constants import GattStatus, WriteOp
from gatts_codec.device import events
from gatts_codec.device.attribute_table import Attribute
from gatts_codec.device.connection import AttRequest, Connection, Op, PreparedWrites, Reply, Wait
from gatts_codec.device.state import DeviceState
from gatts_codec.schema.structs import SecMode

_CCCD_SIZE = 2
_PREPARED_OVERHEAD = 6  # handle, offset and length in the lent memory

_OPS = {
    Op.WRITE: WriteOp.WRITE_REQ,
    Op.WRITE_COMMAND: WriteOp.WRITE_CMD,
    Op.SIGNED_WRITE: WriteOp.SIGN_WRITE_CMD,
}

AttOutcome = Reply | Wait


def answer(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    """What becomes of a request: its reply, or what it waits for."""
    return _ANSWERS[request.op](device, connection, request)


def denied(permission: SecMode, connection: Connection, closed: GattStatus) -> GattStatus | None:
    """The error for a peer whose link is not secure enough; ``closed`` if no peer has access. None: allowed."""
    if permission.sm == 0:
        return closed
    # Mode 2 is signed data, which an encrypted link makes up for.
    needed = permission.lv + (permission.sm == 2)
    return None if connection.security_level >= needed else GattStatus.ATTERR_INSUF_AUTHENTICATION


def read_reply(connection: Connection, value: bytes, offset: int) -> Reply:
    """As much of a value from the offset on as one answer holds."""
    if offset > len(value):
        return Reply(GattStatus.ATTERR_INVALID_OFFSET)
    return Reply(data=value[offset : offset + connection.mtu - 1])


def finish_prepared(device: DeviceState, connection: Connection, *, store: bool) -> None:
    """The queue of prepared writes is done with: stored if so decided, and lent memory is the application's again.

    Without lent memory the application has kept the writes, and stores them itself.
    """
    prepared, connection.prepared = connection.prepared, PreparedWrites()
    if prepared.lent is None:
        return
    if store:
        for handle, offset, data in prepared.writes:
            attribute = device.table.find(handle)
            if attribute is not None:
                device.store(attribute, attribute.stored(offset, data))
    device.emit(events.user_mem_release(connection.handle, prepared.lent))


def _read(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    attribute = device.table.find(request.handle)
    if attribute is None:
        return Reply(GattStatus.ATTERR_INVALID_HANDLE)
    error = denied(attribute.md.read_perm, connection, GattStatus.ATTERR_READ_NOT_PERMITTED)
    if error is not None:
        return Reply(error)
    if attribute.is_cccd:
        if not connection.knows_cccd(device.group_of(attribute)):
            return _ask_for_sys_attrs(device, connection)
        cccd = connection.cccds.get(attribute.handle, 0)
        return read_reply(connection, cccd.to_bytes(_CCCD_SIZE, "little"), request.offset)
    if attribute.md.rd_auth:
        device.emit(events.authorize_read(device, connection.handle, attribute, request.offset))
        return Wait.READ_AUTHORIZATION
    return read_reply(connection, attribute.value, request.offset)


def _write(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    attribute = device.table.find(request.handle)
    if attribute is None:
        return Reply(GattStatus.ATTERR_INVALID_HANDLE)
    error = denied(attribute.md.write_perm, connection, GattStatus.ATTERR_WRITE_NOT_PERMITTED)
    if error is not None:
        return Reply(error)
    if attribute.is_cccd:
        return _write_cccd(device, connection, attribute, request)
    size = len(request.data)
    if size > attribute.max_len or (size < attribute.max_len and not attribute.md.vlen):
        return Reply(GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH)
    op = _OPS[request.op]
    if attribute.md.wr_auth and request.op is Op.WRITE:
        device.emit(events.authorize_write(device, connection.handle, attribute, op, request))
        return Wait.WRITE_AUTHORIZATION
    if not attribute.md.wr_auth or device.profile.api == 1:  # which stores commands in any case
        device.store(attribute, attribute.stored(0, request.data))
    device.emit(events.write(device, connection.handle, attribute, op, request))
    return Reply()


def _write_cccd(
    device: DeviceState, connection: Connection, attribute: Attribute, request: AttRequest
) -> AttOutcome:
    if not connection.knows_cccd(device.group_of(attribute)):
        return _ask_for_sys_attrs(device, connection)
    if len(request.data) != _CCCD_SIZE:
        return Reply(GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH)
    connection.cccds[attribute.handle] = int.from_bytes(request.data, "little")
    device.emit(events.write(device, connection.handle, attribute, _OPS[request.op], request))
    return Reply()


def _ask_for_sys_attrs(device: DeviceState, connection: Connection) -> Wait:
    device.emit(events.sys_attr_missing(connection.handle))
    return Wait.SYS_ATTRS


def _prepare(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    """A peer that may write may prepare; whether it fits shows when it is executed."""
    attribute = device.table.find(request.handle)
    if attribute is None:
        return Reply(GattStatus.ATTERR_INVALID_HANDLE)
    error = denied(attribute.md.write_perm, connection, GattStatus.ATTERR_WRITE_NOT_PERMITTED)
    if error is not None or attribute.is_cccd:
        return Reply(error or GattStatus.ATTERR_WRITE_NOT_PERMITTED)
    prepared = connection.prepared
    if not prepared.asked:
        device.emit(events.user_mem_request(connection.handle))
        return Wait.MEMORY
    if prepared.lent is not None:
        if len(prepared.in_memory()) + _PREPARED_OVERHEAD + len(request.data) > prepared.lent:
            return Reply(GattStatus.ATTERR_PREPARE_QUEUE_FULL)
        if not attribute.md.wr_auth:
            prepared.writes.append((request.handle, request.offset, request.data))
            return Reply(data=request.data)
    op = WriteOp.PREP_WRITE_REQ
    device.emit(events.authorize_write(device, connection.handle, attribute, op, request))
    return Wait.WRITE_AUTHORIZATION


def _execute(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    prepared = connection.prepared
    cancel = request.op is Op.CANCEL
    op = WriteOp.EXEC_WRITE_REQ_CANCEL if cancel else WriteOp.EXEC_WRITE_REQ_NOW
    if not prepared.asked:
        device.emit(events.execution(device, connection, op))
        return Reply()
    if prepared.lent is None:
        return _execute_kept(device, connection, op)
    error = None if cancel else _refused_execution(device, connection)
    if not cancel and error is None:
        if _needs_authorization(device, prepared):
            device.emit(events.authorize_execution(device, connection, op))
            return Wait.WRITE_AUTHORIZATION
        device.emit(events.execution(device, connection, op))
    finish_prepared(device, connection, store=not cancel and error is None)
    return Reply(error or GattStatus.SUCCESS)


def _execute_kept(device: DeviceState, connection: Connection, op: WriteOp) -> AttOutcome:
    """The application has kept the writes: it decides, but that S110 v8 does not ask about cancelling."""
    if op is WriteOp.EXEC_WRITE_REQ_CANCEL and device.profile.api == 1:
        finish_prepared(device, connection, store=False)
        return Reply()
    device.emit(events.authorize_execution(device, connection, op))
    return Wait.WRITE_AUTHORIZATION


def _refused_execution(device: DeviceState, connection: Connection) -> GattStatus | None:
    """Each may begin where those before it end, and has to end within the value."""
    lengths: dict[int, int] = {}
    for handle, offset, data in connection.prepared.writes:
        attribute = device.table.find(handle)
        assert attribute is not None
        end = offset + len(data)
        if offset > lengths.get(handle, len(attribute.value)):
            return GattStatus.ATTERR_INVALID_OFFSET
        if end > attribute.max_len:
            return GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH
        lengths[handle] = max(end, lengths.get(handle, 0))
    return None


def _needs_authorization(device: DeviceState, prepared: PreparedWrites) -> bool:
    attributes = (device.table.find(handle) for handle, _, _ in prepared.writes)
    return any(attribute is not None and attribute.md.wr_auth for attribute in attributes)


def _exchange_mtu(device: DeviceState, connection: Connection, request: AttRequest) -> AttOutcome:
    if not device.profile.exchanges_mtu:
        return Reply()  # up to v2 the stack says 23 itself
    device.emit(events.exchange_mtu_request(connection.handle, request.mtu))
    return Wait.MTU


_ANSWERS: dict[Op, Callable[[DeviceState, Connection, AttRequest], AttOutcome]] = {
    Op.READ: _read,
    Op.WRITE: _write,
    Op.WRITE_COMMAND: _write,
    Op.SIGNED_WRITE: _write,
    Op.PREPARE: _prepare,
    Op.EXECUTE: _execute,
    Op.CANCEL: _execute,
    Op.EXCHANGE_MTU: _exchange_mtu,
}
