"""What the chip reports to its host, as payloads of H5 vendor packets.

GATT server events go through the codec. Events of the common and GAP groups are built here; u16 event id and u16
connection handle, then:

    TX_COMPLETE          u8 count
    USER_MEM_REQUEST     u8 type (1: queued writes)
    USER_MEM_RELEASE     u8 type, u16 length, 00 (the memory itself does not travel)
    CONNECTED            addresses, role and connection parameters, as ``connected`` says
    DISCONNECTED         u8 HCI reason
    CONN_SEC_UPDATE      u8 security mode (bits 0-3) and level (4-7), u8 key size in bytes

Sources: TX_COMPLETE and CONNECTED of v5 are in captures/; the others, and CONNECTED of v2, were found by what
pc-ble-driver-py 0.17.0, fed with bytes, decodes. CONNECTED of the other dialects is inferred (docs/virtual-chip.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatts_codec.constants import AttrType, AuthorizeType, RpcPacketType, TimeoutSource, WriteOp
from gatts_codec.device.connection import Connection, Request
from gatts_codec.device.profile import Profile
from gatts_codec.device.table import Attribute
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

if TYPE_CHECKING:
    from gatts_codec.device.device import Device

_NO_UUID = Uuid(0, 0)
_QUEUED_WRITES = b"\x01"
_PERIPHERAL = b"\x01"
_NO_IRK_MATCH = b"\x00"
_EMPTY_ADVERTISING = {"v6": 1 + 2 * 7, "v6_pc": 1 + 2 * 6}  # bytes
_KEY_SIZE = b"\x10"
# 30 ms interval, no latency, 4 s supervision timeout: what the recorded connection has.
CONN_PARAMS = bytes.fromhex("1800180000009001")


def write(device: Device, conn: int, attribute: Attribute, op: WriteOp, request: Request) -> Event:
    """WRITE: stored already, unless it needs authorization, which no one waits for."""
    if device.profile.context_events:
        context = _context(device, attribute)
        return WriteEventV1(conn, attribute.handle, op, context, request.offset, request.data)
    required = int(attribute.md.wr_auth)
    return WriteEvent(conn, attribute.handle, attribute.uuid, op, required, request.offset, request.data)


def execution(device: Device, connection: Connection, op: WriteOp) -> Event:
    """WRITE for prepared writes that were executed: handle 0, and the writes in the lent memory."""
    memory = _memory(connection)
    if device.profile.context_events:
        return WriteEventV1(connection.handle, 0, op, _no_context(), 0, b"", memory)
    return WriteEvent(connection.handle, 0, _NO_UUID, op, 0, 0, b"", memory)


def authorize_read(device: Device, conn: int, attribute: Attribute, offset: int) -> Event:
    """RW_AUTHORIZE_REQUEST, type read."""
    if device.profile.context_events:
        context = _context(device, attribute)
        return RwAuthorizeRequestEventV1(
            conn, AuthorizeType.READ, ReadParamsV1(attribute.handle, context, offset)
        )
    return RwAuthorizeRequestEvent(
        conn, AuthorizeType.READ, ReadParams(attribute.handle, attribute.uuid, offset)
    )


def authorize_write(device: Device, conn: int, attribute: Attribute, op: WriteOp, request: Request) -> Event:
    """RW_AUTHORIZE_REQUEST, type write, with the data, which is not stored yet."""
    if device.profile.context_events:
        context = _context(device, attribute)
        early = WriteParamsV1(attribute.handle, op, context, request.offset, request.data)
        return RwAuthorizeRequestEventV1(conn, AuthorizeType.WRITE, write=early)
    params = WriteParams(attribute.handle, attribute.uuid, op, 1, request.offset, request.data)
    return RwAuthorizeRequestEvent(conn, AuthorizeType.WRITE, write=params)


def authorize_execution(device: Device, connection: Connection, op: WriteOp) -> Event:
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


def _context(device: Device, attribute: Attribute) -> AttrContext:
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


def sys_attr_missing(device: Device, conn: int) -> Event:
    """SYS_ATTR_MISSING: a CCCD was touched before sys_attr_set."""
    return SysAttrMissingEvent(conn, 0)


def confirmed(conn: int, handle: int, service_changed: bool) -> Event:
    """HVC, or SC_CONFIRM for Service Changed."""
    return ScConfirmEvent(conn) if service_changed else HvcEvent(conn, handle)


def exchange_mtu_request(device: Device, conn: int, mtu: int) -> Event:
    """EXCHANGE_MTU_REQUEST."""
    return ExchangeMtuRequestEvent(conn, mtu)


def timeout(conn: int) -> Event:
    """TIMEOUT of an ATT transaction."""
    return TimeoutEvent(conn, TimeoutSource.PROTOCOL)


def sent(profile: Profile, conn: int, count: int) -> Event | bytes:
    """HVN_TX_COMPLETE or TX_COMPLETE: so many notifications have gone out."""
    if profile.counts_notifications:
        return HvnTxCompleteEvent(conn, count)
    return _event(profile, "BLE_EVT_TX_COMPLETE", conn, bytes([count]))


def user_mem_request(profile: Profile, conn: int) -> bytes:
    """USER_MEM_REQUEST: memory for prepared writes, please."""
    return _event(profile, "BLE_EVT_USER_MEM_REQUEST", conn, _QUEUED_WRITES)


def user_mem_release(profile: Profile, conn: int, lent: int) -> bytes:
    """USER_MEM_RELEASE: the lent memory is no longer needed."""
    return _event(
        profile, "BLE_EVT_USER_MEM_RELEASE", conn, _QUEUED_WRITES + lent.to_bytes(2, "little") + b"\0"
    )


def connected(profile: Profile, connection: Connection, own_address: bytes) -> bytes:
    """CONNECTED, as peripheral.

    early (up to v2)  peer address, own address, role, IRK match; an address is u8 type, 6 bytes, last byte first
    s110              the same without the role: that SoftDevice has one only
    v3 (v3, v5)       peer address, role; the type stands one bit higher, below it "found by its identity"
    v6 (v6, v7)       as v3; behind the connection parameters u8 advertising handle and two empty buffers: u32 id,
                      u16 length, 00. In pc-ble-driver's build they end with the length, and its host takes no others

    and u16 shortest and longest interval (1.25 ms), u16 latency, u16 supervision timeout (10 ms).
    """
    peer = connection.address[::-1]
    if profile.connected_layout in ("early", "s110"):
        role = _PERIPHERAL if profile.connected_layout == "early" else b""
        own = b"\x01" + own_address[::-1]
        head = bytes([connection.address_type]) + peer + own + role + _NO_IRK_MATCH
    else:
        head = bytes([connection.address_type << 1]) + peer + _PERIPHERAL
    tail = bytes(_EMPTY_ADVERTISING.get(profile.connected_layout, 0))
    return _event(profile, "BLE_GAP_EVT_CONNECTED", connection.handle, head + CONN_PARAMS + tail)


def disconnected(profile: Profile, conn: int, reason: int) -> bytes:
    """DISCONNECTED."""
    return _event(profile, "BLE_GAP_EVT_DISCONNECTED", conn, bytes([reason]))


def security_changed(profile: Profile, conn: int, level: int) -> bytes:
    """CONN_SEC_UPDATE."""
    return _event(profile, "BLE_GAP_EVT_CONN_SEC_UPDATE", conn, bytes([1 | level << 4]) + _KEY_SIZE)


def _event(profile: Profile, name: str, conn: int, body: bytes) -> bytes:
    head = profile.event_id(name).to_bytes(2, "little") + conn.to_bytes(2, "little")
    return bytes([RpcPacketType.EVENT]) + head + body
