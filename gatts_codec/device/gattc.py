"""Calls of the GATT client, to another chip of the same air. A peer that is simulated has no server: NOT_SUPPORTED.

One call is one ATT request and one event, whatever it finds; one request at a time, BUSY otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gatts_codec.constants import DEFAULT_MTU, AttrType, BleError, GattStatus, NrfError
from gatts_codec.constants.gattc import GattOp
from gatts_codec.device import air
from gatts_codec.device.attribute_table import LAST_HANDLE
from gatts_codec.device.connection import AttRequest, Connection, FoundAttribute, Op, RemoteServer, Reply
from gatts_codec.device.refusal import Refusal, refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.events import TxCompleteEvent
from gatts_codec.packets.gattc.char_disc_rsp_event import Char, CharDiscRspEvent
from gatts_codec.packets.gattc.characteristics_discover import CharacteristicsDiscover
from gatts_codec.packets.gattc.desc_disc_rsp_event import Desc, DescDiscRspEvent
from gatts_codec.packets.gattc.descriptors_discover import DescriptorsDiscover
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent
from gatts_codec.packets.gattc.hv_confirm import HvConfirm
from gatts_codec.packets.gattc.prim_srvc_disc_rsp_event import PrimSrvcDiscRspEvent
from gatts_codec.packets.gattc.primary_services_discover import PrimaryServicesDiscover
from gatts_codec.packets.gattc.read import Read
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent
from gatts_codec.packets.gattc.structs import HandleRange, Service
from gatts_codec.packets.gattc.write import Write, WriteParams
from gatts_codec.packets.gattc.write_cmd_tx_complete_event import WriteCmdTxCompleteEvent
from gatts_codec.packets.gattc.write_rsp_event import WriteRspEvent
from gatts_codec.schema.characteristic import CharProps
from gatts_codec.schema.structs import Uuid

_HEAD, _FOUND_HEAD = 2, 1  # of a Read By Type or Find Information response, and of Find By Type Value's
_RANGE = 4  # two handles
_EXTENDED = 0x80
_PROPS = ("broadcast", "read", "write_wo_resp", "write", "notify", "indicate", "auth_signed_wr")
_UNKNOWN = Uuid(0, 0)
# ATT opcode and handle, of a prepared write an offset too.
_OVERHEAD = {GattOp.WRITE_REQ: 3, GattOp.WRITE_CMD: 3, GattOp.PREP_WRITE_REQ: 5}


def _open(device: DeviceState, conn_handle: int) -> tuple[Connection, RemoteServer]:
    connection = device.connections.require(conn_handle)
    if connection.remote is None:
        raise Refusal(NrfError.NOT_SUPPORTED)
    refuse_unless(not connection.timed_out, device.profile.timeout_result)
    return connection, connection.remote


def _begin(connection: Connection) -> None:
    refuse_unless(not connection.asking, NrfError.BUSY)
    connection.asking = True


def _request(
    device: DeviceState,
    connection: Connection,
    far: RemoteServer,
    request: AttRequest,
    answer: Callable[[Reply], None],
) -> None:
    """Ask; the answer comes an interval after the server has it."""
    _begin(connection)

    def arrive(reply: Reply) -> None:
        connection.asking = False
        answer(reply)

    far.ask(request, lambda reply: air.deliver(device, connection, lambda: arrive(reply)))


def _error_handle(status: int, handle: int) -> int:
    return handle if status != GattStatus.SUCCESS else 0


# -- discovery


def primary_services_discover(device: DeviceState, command: PrimaryServicesDiscover) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, far = _open(device, command.conn_handle)
    wanted = None if command.srvc_uuid is None else device.bases.expand(command.srvc_uuid)
    refuse_unless(command.start_handle, NrfError.INVALID_PARAM)
    found = [
        (service, service.attribute.value)
        for service in far.find(command.start_handle, LAST_HANDLE)
        if service.attribute.kind is AttrType.PRIM_SRVC_DECL and wanted in (None, service.attribute.value)
    ]
    if wanted is None:
        entries = _one_answer(connection, found, _RANGE)
    else:
        entries = found[: (connection.mtu - _FOUND_HEAD) // _RANGE]
    services = [
        Service(_shown(device, uuid), HandleRange(one.attribute.handle, one.group_end))
        for one, uuid in entries
    ]
    return _tell(device, connection, PrimSrvcDiscRspEvent, services, command.start_handle)


def characteristics_discover(device: DeviceState, command: CharacteristicsDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, far = _open(device, command.conn_handle)
    within = _range(command.handle_range)
    found = [
        (one, one.attribute.value[3:])
        for one in far.find(within.start_handle, within.end_handle)
        if one.attribute.kind is AttrType.CHAR_DECL
    ]
    entries = _one_answer(connection, found, _RANGE + 1)
    chars = [_char(one, _shown(device, uuid)) for one, uuid in entries]
    return _tell(device, connection, CharDiscRspEvent, chars, within.start_handle)


def descriptors_discover(device: DeviceState, command: DescriptorsDiscover) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM. Finds all attributes of the range."""
    connection, far = _open(device, command.conn_handle)
    within = _range(command.handle_range)
    found = [(one, one.type) for one in far.find(within.start_handle, within.end_handle)]
    entries = _one_answer(connection, found, _RANGE // 2)
    descs = [Desc(one.attribute.handle, _shown(device, uuid)) for one, uuid in entries]
    return _tell(device, connection, DescDiscRspEvent, descs, within.start_handle)


def _range(within: HandleRange | None) -> HandleRange:
    if within is None:
        raise Refusal(NrfError.INVALID_ADDR)
    refuse_unless(0 < within.start_handle <= within.end_handle, NrfError.INVALID_PARAM)
    return within


def _one_answer(
    connection: Connection, found: Sequence[tuple[FoundAttribute, bytes]], beside: int
) -> list[tuple[FoundAttribute, bytes]]:
    """As many as one response holds: all with UUIDs of the first one's size, ``beside`` bytes more each."""
    size = len(found[0][1]) if found else 0
    alike = next((place for place, (_, uuid) in enumerate(found) if len(uuid) != size), len(found))
    return list(found[: min(alike, (connection.mtu - _HEAD) // (beside + size))])


def _tell(
    device: DeviceState, connection: Connection, event: Any, entries: Iterable[object], start: int
) -> dict[str, object]:
    """The event with what was found, or with ATTRIBUTE_NOT_FOUND."""
    _begin(connection)
    found = tuple(entries)
    status = GattStatus.SUCCESS if found else GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND

    def arrive() -> None:
        connection.asking = False
        device.emit(event(connection.handle, status, _error_handle(status, start), found))

    air.deliver(device, connection, arrive)
    return {}


def _char(found: FoundAttribute, uuid: Uuid) -> Char:
    props, handle = found.attribute.value[0], found.attribute.handle
    named = {name: props >> bit & 1 for bit, name in enumerate(_PROPS)}
    return Char(uuid, CharProps(**named), int(bool(props & _EXTENDED)), handle, handle + 1)


def _shown(device: DeviceState, raw: bytes) -> Uuid:
    """A UUID by the bases that this chip knows; of an unknown base type 0."""
    try:
        return device.bases.shorten(raw)
    except Refusal:
        return _UNKNOWN


# -- values


def read(device: DeviceState, command: Read) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT."""
    connection, far = _open(device, command.conn_handle)
    handle, offset = command.handle, command.offset

    def answer(reply: Reply) -> None:
        where = _error_handle(reply.status, handle)
        device.emit(ReadRspEvent(connection.handle, reply.status, where, handle, offset, reply.data))

    _request(device, connection, far, AttRequest(Op.READ, handle, offset=offset), answer)
    return {}


def write(device: DeviceState, command: Write) -> dict[str, object]:
    """INVALID_ADDR, INVALID_CONN_HANDLE, INVALID_PARAM, DATA_SIZE, BUSY or TIMEOUT; NOT_SUPPORTED of signed ones."""
    connection, far = _open(device, command.conn_handle)
    params = required(command.write_params)
    op, data = params.write_op, params.value or b""
    refuse_unless(GattOp.INVALID < op <= GattOp.EXEC_WRITE_REQ, NrfError.INVALID_PARAM)
    refuse_unless(op != GattOp.SIGN_WRITE_CMD, NrfError.NOT_SUPPORTED)
    misplaced = params.offset and op in (GattOp.WRITE_REQ, GattOp.WRITE_CMD)
    refuse_unless(not misplaced, NrfError.INVALID_PARAM)
    if op in _OVERHEAD:
        refuse_unless(len(data) <= connection.mtu - _OVERHEAD[GattOp(op)], NrfError.DATA_SIZE)
    if op == GattOp.WRITE_CMD:
        far.command(AttRequest(Op.WRITE_COMMAND, params.handle, data))
        air.deliver(device, connection, lambda: device.emit(_commands_sent(device, connection)))
    else:
        _write_request(device, connection, far, params)
    return {}


def _write_request(
    device: DeviceState, connection: Connection, far: RemoteServer, params: WriteParams
) -> None:
    op = params.write_op
    executes = op == GattOp.EXEC_WRITE_REQ
    handle = 0 if executes else params.handle

    def answer(reply: Reply) -> None:
        echo = reply.data if op == GattOp.PREP_WRITE_REQ else b""
        where = _error_handle(reply.status, handle)
        offset = 0 if executes else params.offset
        device.emit(WriteRspEvent(connection.handle, reply.status, where, handle, op, offset, echo))

    kinds = {GattOp.WRITE_REQ: Op.WRITE, GattOp.PREP_WRITE_REQ: Op.PREPARE}
    kind = (Op.EXECUTE if params.flags else Op.CANCEL) if executes else kinds[GattOp(op)]
    request = AttRequest(kind, handle, b"" if executes else params.value or b"", params.offset)
    _request(device, connection, far, request, answer)


def _commands_sent(device: DeviceState, connection: Connection) -> Any:
    """A write command has left: WRITE_CMD_TX_COMPLETE, TX_COMPLETE up to v3."""
    if device.profile.counts_notifications:
        return WriteCmdTxCompleteEvent(connection.handle, GattStatus.SUCCESS, 0, 1)
    return TxCompleteEvent(connection.handle, 1)


def hv_confirm(device: DeviceState, command: HvConfirm) -> dict[str, object]:
    """INVALID_CONN_HANDLE, TIMEOUT, INVALID_STATE, INVALID_ATTR_HANDLE."""
    connection, far = _open(device, command.conn_handle)
    refuse_unless(connection.unconfirmed, NrfError.INVALID_STATE)
    refuse_unless(command.handle == connection.unconfirmed, BleError.INVALID_ATTR_HANDLE)
    connection.unconfirmed = 0
    far.confirm()
    return {}


def exchange_mtu_request(device: DeviceState, command: ExchangeMtuRequest) -> dict[str, object]:
    """INVALID_CONN_HANDLE, BUSY or TIMEOUT, INVALID_PARAM."""
    connection, far = _open(device, command.conn_handle)
    ours = command.client_rx_mtu
    refuse_unless(DEFAULT_MTU <= ours <= connection.max_mtu, NrfError.INVALID_PARAM)

    def answer(reply: Reply) -> None:
        connection.mtu = max(DEFAULT_MTU, min(ours, reply.mtu))
        status = reply.status
        device.emit(ExchangeMtuRspEvent(connection.handle, status, _error_handle(status, 0), reply.mtu))

    _request(device, connection, far, AttRequest(Op.EXCHANGE_MTU, mtu=ours), answer)
    return {}


_CALLS: dict[str, Any] = {
    "characteristics_discover": characteristics_discover,
    "descriptors_discover": descriptors_discover,
    "exchange_mtu_request": exchange_mtu_request,
    "hv_confirm": hv_confirm,
    "primary_services_discover": primary_services_discover,
    "read": read,
    "write": write,
}
CALLS: dict[str, Any] = {f"sd_ble_gattc_{name}": call for name, call in _CALLS.items()}
