"""What the chip reports to its host, as messages of its dialect."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import (
    BLE_CONN_HANDLE_INVALID,
    AttrType,
    AuthorizeType,
    GattStatus,
    TimeoutSource,
    WriteOp,
)
from gatts_codec.constants.gap import (
    AdvDataStatus,
    AdvTypeV5,
    GapTimeoutSource,
    GapTimeoutSourceV4,
    Phy,
    Role,
    UserMemType,
)
from gatts_codec.device import privacy
from gatts_codec.device.attribute_table import Attribute
from gatts_codec.device.connection import AttRequest, Connection
from gatts_codec.device.ether import AdvPdu
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.events import TxCompleteEvent, UserMemReleaseEvent, UserMemRequestEvent
from gatts_codec.packets.common.user_mem_reply import UserMemBlock
from gatts_codec.packets.gap.adv_events import (
    AdvReportEvent,
    AdvReportEventV5,
    AdvReportType,
    AdvSetTerminatedEvent,
    AuxPointer,
    ScanReqReportEvent,
)
from gatts_codec.packets.gap.connection_events import (
    ConnectedEvent,
    DisconnectedEvent,
    TimeoutEventV4,
)
from gatts_codec.packets.gap.connection_events import TimeoutEvent as GapTimeoutEvent
from gatts_codec.packets.gap.structs import Addr, AdvSetData, BleData
from gatts_codec.packets.gattc.timeout_event import TimeoutEvent as ClientTimeoutEvent
from gatts_codec.packets.gatts.exchange_mtu_request_event import ExchangeMtuRequestEvent
from gatts_codec.packets.gatts.hvc_event import HvcEvent
from gatts_codec.packets.gatts.hvn_tx_complete_event import HvnTxCompleteEvent
from gatts_codec.packets.gatts.rw_authorize_request_event import (
    ReadParams,
    ReadParamsV1,
    RwAuthorizeRequestEvent,
    RwAuthorizeRequestEventV1,
)
from gatts_codec.packets.gatts.sc_confirm_event import ScConfirmEvent
from gatts_codec.packets.gatts.sys_attr_missing_event import SysAttrMissingEvent
from gatts_codec.packets.gatts.timeout_event import TimeoutEvent
from gatts_codec.packets.gatts.write_event import WriteEvent, WriteEventV1, WriteParams, WriteParamsV1
from gatts_codec.schema.message import Event
from gatts_codec.schema.structs import AttrContext, MemBlock, Uuid

_NO_UUID = Uuid(0, 0)
SET_TIMED_OUT, SET_EVENTS_OVER = 1, 2
_NO_SET = 0xFF
_SOURCES_V4 = {
    Activity.ADVERTISING: GapTimeoutSourceV4.ADVERTISING,
    Activity.SCANNING: GapTimeoutSourceV4.SCAN,
    Activity.CONNECTING: GapTimeoutSourceV4.CONN,
}
_SOURCES = {
    Activity.ADVERTISING: GapTimeoutSource.ADVERTISING,
    Activity.SCANNING: GapTimeoutSource.SCAN,
    Activity.CONNECTING: GapTimeoutSource.CONN,
}
_NO_POWER, _CHANNEL = 127, 37
_NOBODY = Addr(bytes(6))
_EARLY_TYPES = {
    (True, True): AdvTypeV5.ADV_IND,
    (True, False): AdvTypeV5.ADV_DIRECT_IND,
    (False, True): AdvTypeV5.ADV_SCAN_IND,
    (False, False): AdvTypeV5.ADV_NONCONN_IND,
}
_REPORT_BUFFER = 1  # the firmware's own number for the scanner's buffer


def write(device: DeviceState, conn: int, attribute: Attribute, op: WriteOp, request: AttRequest) -> Event:
    """WRITE: stored already, unless it needs authorization, which no one waits for."""
    if device.profile.context_events:
        context = _context(device, attribute)
        return WriteEventV1(conn, attribute.handle, op, context, request.offset, request.data)
    required = int(attribute.md.wr_auth)
    return WriteEvent(conn, attribute.handle, attribute.uuid, op, required, request.offset, request.data)


def execution(device: DeviceState, connection: Connection, op: WriteOp) -> Event:
    """WRITE for prepared writes that were executed: handle 0, and the writes in the lent memory."""
    memory = _memory(connection)
    if device.profile.context_events:
        return WriteEventV1(connection.handle, 0, op, _no_context(), 0, b"", memory)
    return WriteEvent(connection.handle, 0, _NO_UUID, op, 0, 0, b"", memory)


def authorize_read(device: DeviceState, conn: int, attribute: Attribute, offset: int) -> Event:
    """RW_AUTHORIZE_REQUEST, type read."""
    if device.profile.context_events:
        context = _context(device, attribute)
        return RwAuthorizeRequestEventV1(
            conn, AuthorizeType.READ, ReadParamsV1(attribute.handle, context, offset)
        )
    return RwAuthorizeRequestEvent(
        conn, AuthorizeType.READ, ReadParams(attribute.handle, attribute.uuid, offset)
    )


def authorize_write(
    device: DeviceState, conn: int, attribute: Attribute, op: WriteOp, request: AttRequest
) -> Event:
    """RW_AUTHORIZE_REQUEST, type write, with the data, which is not stored yet."""
    if device.profile.context_events:
        context = _context(device, attribute)
        early = WriteParamsV1(attribute.handle, op, context, request.offset, request.data)
        return RwAuthorizeRequestEventV1(conn, AuthorizeType.WRITE, write=early)
    params = WriteParams(attribute.handle, attribute.uuid, op, 1, request.offset, request.data)
    return RwAuthorizeRequestEvent(conn, AuthorizeType.WRITE, write=params)


def authorize_execution(device: DeviceState, connection: Connection, op: WriteOp) -> Event:
    """RW_AUTHORIZE_REQUEST for executing or cancelling prepared writes, with the lent memory if there is any."""
    memory = _memory(connection)
    if device.profile.context_events:
        early = WriteParamsV1(0, op, _no_context(), 0, b"")
        return RwAuthorizeRequestEventV1(
            connection.handle, AuthorizeType.WRITE, write=early, mem_block=memory
        )
    params = WriteParams(0, _NO_UUID, op, 1, 0, b"")
    return RwAuthorizeRequestEvent(connection.handle, AuthorizeType.WRITE, write=params, mem_block=memory)


def _memory(connection: Connection) -> MemBlock | None:
    lent = connection.prepared.lent
    return None if lent is None else MemBlock(mem=connection.prepared.in_memory().ljust(lent, b"\0"))


def _context(device: DeviceState, attribute: Attribute) -> AttrContext:
    """Where the attribute stands: UUIDs of its service, characteristic and descriptor."""
    descriptor = attribute.uuid if attribute.kind is AttrType.DESC else _NO_UUID
    value = device.table.find(attribute.value_handle)
    return AttrContext(
        srvc_uuid=device.service_uuid(attribute.service_handle),
        char_uuid=value.uuid if value is not None else _NO_UUID,
        desc_uuid=descriptor,
        srvc_handle=attribute.service_handle,
        value_handle=attribute.value_handle,
        type=attribute.kind,
    )


def _no_context() -> AttrContext:
    return AttrContext(_NO_UUID, _NO_UUID, _NO_UUID, 0, 0, AttrType.INVALID)


def sys_attr_missing(conn: int) -> Event:
    """SYS_ATTR_MISSING: a CCCD was touched before sys_attr_set."""
    return SysAttrMissingEvent(conn, 0)


def confirmed(conn: int, handle: int, service_changed: bool) -> Event:
    """HVC, or SC_CONFIRM for Service Changed."""
    return ScConfirmEvent(conn) if service_changed else HvcEvent(conn, handle)


def exchange_mtu_request(conn: int, mtu: int) -> Event:
    """EXCHANGE_MTU_REQUEST."""
    return ExchangeMtuRequestEvent(conn, mtu)


def timeout(conn: int) -> Event:
    """TIMEOUT of an ATT transaction."""
    return TimeoutEvent(conn, TimeoutSource.PROTOCOL)


def client_timeout(device: DeviceState, conn: int) -> Event:
    """TIMEOUT of the client's request; up to v2 with nothing beside the source."""
    status, handle = (GattStatus.SUCCESS, 0) if device.profile.api >= 3 else (None, None)
    return ClientTimeoutEvent(conn, status, handle, TimeoutSource.PROTOCOL)


def sent(device: DeviceState, conn: int, count: int) -> Event:
    """HVN_TX_COMPLETE or TX_COMPLETE: so many notifications have gone out."""
    if device.profile.counts_notifications:
        return HvnTxCompleteEvent(conn, count)
    return TxCompleteEvent(conn, count)


def user_mem_request(conn: int) -> Event:
    """USER_MEM_REQUEST: memory for prepared writes, please."""
    return UserMemRequestEvent(conn, UserMemType.GATTS_QUEUED_WRITES)


def user_mem_release(conn: int, lent: int) -> Event:
    """USER_MEM_RELEASE: the lent memory, which does not travel, is no longer needed."""
    return UserMemReleaseEvent(conn, UserMemType.GATTS_QUEUED_WRITES, UserMemBlock(lent, mem_present=False))


def connected(device: DeviceState, connection: Connection) -> Event:
    """CONNECTED; of a central without an advertising set."""
    api = device.profile.api
    more: dict[str, Any] = {}
    if api <= 2:
        match = connection.irk_match
        more = {"own_addr": privacy.air_address(device), "irk_match": int(match is not None)}
        more["irk_match_idx"] = match or 0
    central = connection.role == Role.CENTRAL
    if device.profile.has_roles:
        more["role"] = connection.role
    if api >= 6:
        of_the_set = {"adv_handle": 0, "adv_data": _buffers(device)}
        more |= {"adv_handle": _NO_SET, "adv_data": AdvSetData()} if central else of_the_set
    return ConnectedEvent(connection.handle, peer_address(connection), connection.params, **more)


def peer_address(connection: Connection) -> Addr:
    """The peer's address, as events have it."""
    known = 1 if connection.identified else None
    return Addr(connection.address[::-1], connection.address_type, known)


def disconnected(conn: int, reason: int) -> Event:
    """DISCONNECTED."""
    return DisconnectedEvent(conn, reason)


def time_is_over(device: DeviceState, activity: Activity) -> Event:
    """TIMEOUT of advertising, scanning or connecting; from v6 on ADV_SET_TERMINATED of advertising."""
    if device.profile.api <= 4:
        return TimeoutEventV4(BLE_CONN_HANDLE_INVALID, _SOURCES_V4[activity])
    if device.profile.api >= 6 and activity is Activity.ADVERTISING:
        return set_terminated(device, SET_TIMED_OUT)
    buffer = None
    if device.profile.api >= 6 and activity is Activity.SCANNING:
        buffer = BleData(_REPORT_BUFFER, device.gap.scan_room)
    return GapTimeoutEvent(BLE_CONN_HANDLE_INVALID, _SOURCES[activity], buffer)


def set_terminated(device: DeviceState, reason: int) -> Event:
    """ADV_SET_TERMINATED; how many events there were is said of sets with a limit."""
    done = device.gap.adv_events if device.gap.advertiser.max_events else 0
    return AdvSetTerminatedEvent(BLE_CONN_HANDLE_INVALID, reason, 0, done, _buffers(device))


def adv_report(device: DeviceState, pdu: AdvPdu, rssi: int) -> Event:
    """ADV_REPORT of a packet or of a scan response."""
    peer = privacy.seen(device, pdu.address)
    if device.profile.api < 6:
        kind = _EARLY_TYPES[pdu.connectable, pdu.scannable]
        target = None if device.profile.api <= 2 else pdu.target or _NOBODY
        return AdvReportEventV5(
            BLE_CONN_HANDLE_INVALID, peer, rssi, int(pdu.scan_response), kind, pdu.data, target
        )
    data = pdu.data[: device.gap.scan_room]
    return AdvReportEvent(
        BLE_CONN_HANDLE_INVALID,
        _late_type(pdu, whole=data == pdu.data),
        peer,
        pdu.target or _NOBODY,
        Phy.MBPS_1,
        pdu.extension.phy if pdu.extension else Phy.NOT_SET,
        _NO_POWER,
        rssi,
        _CHANNEL,
        pdu.extension.set_id if pdu.extension else _NO_SET,
        0,
        BleData(_REPORT_BUFFER, data=data),
        AuxPointer(0, 0),
    )


def _late_type(pdu: AdvPdu, *, whole: bool) -> AdvReportType:
    return AdvReportType(
        connectable=int(pdu.connectable),
        scannable=int(pdu.scannable),
        directed=int(pdu.target is not None),
        scan_response=int(pdu.scan_response),
        extended_pdu=int(pdu.extension is not None),
        status=AdvDataStatus.COMPLETE if whole else AdvDataStatus.INCOMPLETE_TRUNCATED,
        reserved=0,
    )


def scan_requested(device: DeviceState, scanner: Addr, rssi: int) -> Event:
    """SCAN_REQ_REPORT."""
    peer = privacy.seen(device, scanner)
    return ScanReqReportEvent(BLE_CONN_HANDLE_INVALID, peer, rssi, 0 if device.profile.api >= 6 else None)


def _buffers(device: DeviceState) -> AdvSetData:
    """The buffers that the set was configured with, as the dialect gives them back."""
    data = device.gap.adv_data
    if device.profile.sends_buffers:
        return data
    return AdvSetData(*(BleData(buffer.buf_id, buffer.len) for buffer in (data.adv_data, data.scan_rsp_data)))
