"""What a peer does, and what the application sees of it."""

from __future__ import annotations

import pytest
from device.bench import ALL, CONTROL, FIRST, MEASUREMENT, WITH_CONTEXT, WITH_MTU, Bench

from gatts_codec import (
    NO_ACCESS,
    OPEN,
    AttrContext,
    BleError,
    DescriptorAdd,
    ExchangeMtuReply,
    ExchangeMtuRequestEvent,
    GattStatus,
    Hvx,
    HvxParams,
    NrfError,
    RwAuthorizeRequestEventV1,
    SecMode,
    ServiceAdd,
    SysAttrSet,
    Uuid,
    WriteEvent,
    WriteEventV1,
    WriteOp,
)
from gatts_codec.constants import AttrType
from gatts_codec.device.peer import Peer
from gatts_codec.device.stack import NAME_HANDLE
from gatts_codec.errors import PeerError
from gatts_codec.gap import AppearanceSet, DeviceNameGet, DeviceNameSet
from gatts_codec.packets.gap.connection_events import DisconnectedEvent
from gatts_codec.schema.structs import Attr, AttrMd

SIGNED = SecMode(2, 1)


@pytest.fixture(params=[dialect for dialect in ALL if dialect not in WITH_CONTEXT])
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = Bench(request.param)
    bench.service()
    return bench


def test_a_write_request_is_stored_and_reported(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old").value_handle
    conn = bench.connected()
    assert bench.peer.write(handle, b"new").result() is None
    assert bench.stored(handle) == b"new"
    event = bench.event(WriteEvent)
    assert event == WriteEvent(conn, handle, Uuid(MEASUREMENT), WriteOp.WRITE_REQ, 0, 0, b"new")


@pytest.mark.parametrize("dialect", ALL)
def test_a_peer_renames_the_chip_where_it_may(dialect: str) -> None:
    bench = Bench(dialect)
    bench.connected()
    assert bench.peer.write(NAME_HANDLE, b"mine").status == GattStatus.ATTERR_WRITE_NOT_PERMITTED
    bench.ok(DeviceNameSet(OPEN, b"yours"))
    assert bench.peer.write(NAME_HANDLE, b"mine").result() is None
    (event,) = bench.events()
    assert isinstance(event, (WriteEvent, WriteEventV1))
    assert (event.handle, event.op, event.data) == (NAME_HANDLE, WriteOp.WRITE_REQ, b"mine")
    assert bench.ok(DeviceNameGet(31)).dev_name == b"mine"
    bench.ok(AppearanceSet(1))
    assert bench.peer.read(NAME_HANDLE).result() == b"mine"


@pytest.mark.parametrize("dialect", [name for name in ALL if name != "s130_v1"])
def test_a_long_name_is_written_in_pieces(dialect: str) -> None:
    bench = Bench(dialect)
    conn = bench.connected()
    bench.ok(DeviceNameSet(OPEN, b"yours"))
    writing = bench.peer.write_long(NAME_HANDLE, bytes(range(0x41, 0x5B)))
    assert bench.lend(conn, 64) == 0
    assert writing.result() is None
    assert bench.ok(DeviceNameGet(31)).dev_name == bytes(range(0x41, 0x5B))


def test_a_write_command_is_stored_and_reported(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    bench.connected()
    bench.peer.write_command(handle, b"new")
    assert bench.stored(handle) == b"new"
    assert bench.event(WriteEvent).op == WriteOp.WRITE_CMD


def test_a_signed_write_command(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    bench.connected()
    bench.peer.write_command(handle, b"new", signed=True)
    assert bench.event(WriteEvent).op == WriteOp.SIGN_WRITE_CMD


def test_a_write_command_that_fails_goes_unnoticed(bench: Bench) -> None:
    handle = bench.characteristic(max_len=4, write_perm=NO_ACCESS).value_handle
    bench.connected()
    bench.peer.write_command(handle, b"new")
    bench.peer.write_command(0xDEAD, b"new")
    assert bench.events() == []
    assert bench.stored(handle) == b""


@pytest.mark.parametrize("dialect", WITH_CONTEXT)
def test_the_early_events_carry_the_context(dialect: str) -> None:
    bench = Bench(dialect)
    service = bench.service()
    handles = bench.characteristic(wr_auth=1)
    conn = bench.connected()
    value, cccd = handles.value_handle, handles.cccd_handle
    here = (Uuid(0x180D), Uuid(MEASUREMENT))
    bench.peer.subscribe(value).result()
    cccd_context = AttrContext(*here, Uuid(0x2902), service, value, AttrType.DESC)
    assert bench.event(WriteEventV1) == WriteEventV1(conn, cccd, 1, cccd_context, 0, b"\1\0")
    bench.peer.write(value, b"x")
    event = bench.event(RwAuthorizeRequestEventV1)
    assert event.write is not None
    assert event.write.context == AttrContext(*here, Uuid(0, 0), service, value, AttrType.CHAR_VAL)


def test_vendor_uuids_in_events() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("0062019ecadcc024b5a9e093f3a3b50100406e01"))
    bench.ok(ServiceAdd(1, Uuid(0x0001, 2)))
    handle = bench.characteristic(0x0002).value_handle
    attribute = bench.device.table.find(handle)
    assert attribute is not None
    attribute.uuid = Uuid(0x0002, 2)
    bench.connected()
    bench.peer.write(handle, b"x").result()
    assert bench.event(WriteEvent).uuid == Uuid(0x0002, 2)


@pytest.mark.parametrize(
    ("write", "status"),
    [
        ((0xDEAD, b"x"), GattStatus.ATTERR_INVALID_HANDLE),
        ((1, b"x"), GattStatus.ATTERR_WRITE_NOT_PERMITTED),
        ((0, b"x"), GattStatus.ATTERR_INVALID_HANDLE),
    ],
)
def test_writes_that_the_peer_is_refused(write: tuple[int, bytes], status: int) -> None:
    bench = Bench()
    bench.service()
    bench.connected()
    assert bench.peer.write(*write).status == status
    assert bench.events() == []


def test_values_that_are_too_long() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=4, value=b"old").value_handle
    bench.connected()
    assert bench.peer.write(handle, b"12345").status == GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH
    assert bench.stored(handle) == b"old"


def test_a_fixed_value_is_written_whole() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=4, value=b"1234", vlen=0).value_handle
    bench.connected()
    assert bench.peer.write(handle, b"ab").status == GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH
    bench.peer.write(handle, b"abcd").result()
    assert bench.stored(handle) == b"abcd"


@pytest.mark.parametrize(
    ("permission", "level", "read", "write"),
    [
        (NO_ACCESS, 4, GattStatus.ATTERR_READ_NOT_PERMITTED, GattStatus.ATTERR_WRITE_NOT_PERMITTED),
        (SecMode(1, 1), 1, 0, 0),
        (SecMode(1, 2), 1, GattStatus.ATTERR_INSUF_AUTHENTICATION, GattStatus.ATTERR_INSUF_AUTHENTICATION),
        (SecMode(1, 2), 2, 0, 0),
        (SecMode(1, 3), 2, GattStatus.ATTERR_INSUF_AUTHENTICATION, GattStatus.ATTERR_INSUF_AUTHENTICATION),
        (SecMode(1, 3), 3, 0, 0),
        (SecMode(1, 4), 3, GattStatus.ATTERR_INSUF_AUTHENTICATION, GattStatus.ATTERR_INSUF_AUTHENTICATION),
        (SecMode(1, 4), 4, 0, 0),
        (SIGNED, 1, GattStatus.ATTERR_INSUF_AUTHENTICATION, GattStatus.ATTERR_INSUF_AUTHENTICATION),
        (SIGNED, 2, 0, 0),
    ],
)
@pytest.mark.parametrize("dialect", ["s110_v8", "sd_api_v5"])
def test_permissions(dialect: str, permission: SecMode, level: int, read: int, write: int) -> None:
    bench = Bench(dialect)
    bench.service()
    handle = bench.characteristic(read_perm=permission, write_perm=permission).value_handle
    bench.connected()
    bench.peer.encrypt(level)
    bench.events()
    assert bench.peer.read(handle).status == read
    assert bench.events() == []  # the application notices nothing
    assert bench.peer.write(handle, b"x").status == write
    assert len(bench.events()) == (write == 0)


def test_permissions_come_before_authorization() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(read_perm=NO_ACCESS, rd_auth=1).value_handle
    bench.connected()
    assert bench.peer.read(handle).status == GattStatus.ATTERR_READ_NOT_PERMITTED
    assert bench.events() == []


def test_reads(bench: Bench) -> None:
    handle = bench.characteristic(max_len=60, value=bytes(range(50))).value_handle
    bench.connected()
    assert bench.peer.read(handle).result() == bytes(range(22))
    assert bench.peer.read(handle, 44).result() == bytes(range(44, 50))
    assert bench.peer.read(handle, 50).result() == b""
    assert bench.peer.read(handle, 51).status == GattStatus.ATTERR_INVALID_OFFSET
    assert bench.peer.read_long(handle).result() == bytes(range(50))
    assert bench.peer.read(0xDEAD).status == GattStatus.ATTERR_INVALID_HANDLE
    assert bench.events() == []


def test_the_value_is_shared_between_peers() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic().value_handle
    bench.connected()
    other = Peer(bench.device)
    assert other.connect("c6:05:04:03:02:02") == 1
    bench.peer.write(handle, b"from one").result()
    assert other.read(handle).result() == b"from one"


def test_subscriptions() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic(props={"notify": 1})
    bench.connected()
    assert bench.peer.write(handles.cccd_handle, b"\1").status == GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH
    assert bench.events() == []
    for bits in (b"\1\0", b"\3\0", b"\0\0"):  # also what the characteristic does not have
        bench.peer.write(handles.cccd_handle, bits).result()
        assert bench.peer.read(handles.cccd_handle).result() == bits


# -- MTU


@pytest.mark.parametrize("dialect", WITH_MTU)
@pytest.mark.parametrize(("theirs", "ours", "used"), [(100, 247, 100), (247, 100, 100), (10, 50, 23)])
def test_the_mtu_becomes_the_smaller_of_both(dialect: str, theirs: int, ours: int, used: int) -> None:
    bench = Bench(dialect, max_mtu=247)
    conn = bench.connected()
    exchanging = bench.peer.exchange_mtu(theirs)
    assert bench.event(ExchangeMtuRequestEvent) == ExchangeMtuRequestEvent(conn, theirs)
    assert not exchanging.done
    bench.ok(ExchangeMtuReply(conn, ours))
    assert exchanging.result() == used
    assert bench.peer.mtu == used


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_exchange_mtu_reply_refuses(dialect: str) -> None:
    bench = Bench(dialect, max_mtu=100)
    conn = bench.connected()
    assert bench.result(ExchangeMtuReply(conn, 23)) == NrfError.INVALID_STATE
    assert bench.result(ExchangeMtuReply(7, 23)) == BleError.INVALID_CONN_HANDLE
    bench.peer.exchange_mtu(100)
    for mtu in (22, 101):
        assert bench.result(ExchangeMtuReply(conn, mtu)) == NrfError.INVALID_PARAM
    assert bench.result(ExchangeMtuReply(conn, 100)) == NrfError.SUCCESS
    assert bench.result(ExchangeMtuReply(conn, 100)) == NrfError.INVALID_STATE


@pytest.mark.parametrize("dialect", [dialect for dialect in ALL if dialect not in WITH_MTU])
def test_up_to_v2_the_stack_answers_23_itself(dialect: str) -> None:
    bench = Bench(dialect)
    bench.connected()
    assert bench.peer.exchange_mtu(100).result() == 23
    assert bench.events() == []


def test_a_larger_mtu_carries_more() -> None:
    bench = Bench(max_mtu=247)
    conn, handles = bench.subscribed(max_len=300)
    bench.peer.exchange_mtu(247)
    bench.ok(ExchangeMtuReply(conn, 247))
    bench.peer.write(handles.value_handle, bytes(244)).result()
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, data=bytes(300))))
    assert len(bench.peer.received[0].data) == 244
    assert len(bench.peer.read(handles.value_handle).result()) == 246


# -- connections


@pytest.mark.parametrize("dialect", ALL)
def test_a_peer_that_leaves_fails_its_requests(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    handle = bench.characteristic(wr_auth=1).value_handle
    conn = bench.connected()
    writing = bench.peer.write(handle, b"x")
    bench.peer.disconnect()
    with pytest.raises(PeerError, match="connection is gone"):
        writing.result()
    assert bench.events()[-1] == DisconnectedEvent(conn, 0x13)
    with pytest.raises(PeerError, match="not connected"):
        bench.peer.read(handle)


def test_connection_handles_are_the_lowest_free() -> None:
    bench = Bench()
    peers = [Peer(bench.device) for _ in range(3)]
    assert [peer.connect() for peer in peers] == [0, 1, 2]
    peers[1].disconnect()
    assert peers[1].connect() == 1


def test_a_chip_has_room_for_so_many_connections() -> None:
    bench = Bench(max_connections=1)
    bench.peer.connect()
    with pytest.raises(PeerError, match="already"):
        bench.peer.connect()
    with pytest.raises(PeerError, match="no room"):
        Peer(bench.device).connect()


def test_a_reboot_takes_the_connections_with_it() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(rd_auth=1).value_handle
    bench.connected()
    reading = bench.peer.read(handle)
    bench.device.reboot()
    assert reading.error is not None
    assert not bench.peer.is_connected
    assert bench.events() == []
    assert bench.service() == FIRST


def test_discovery() -> None:
    bench = Bench()
    bench.raw(bytes.fromhex("0062019ecadcc024b5a9e093f3a3b50100406e01"))
    bench.ok(ServiceAdd(2, Uuid(0x0001, 2)))
    service = bench.service()
    handles = bench.characteristic(CONTROL)
    description = bench.ok(DescriptorAdd(0, Attr(Uuid(0x2908), AttrMd(), 4, b"text"))).handle
    bench.connected()
    found = bench.peer.discover()
    assert [(s.handle, s.uuid, s.primary) for s in found] == [
        (1, Uuid(0x1800), True),
        (10, Uuid(0x1801), True),
        (FIRST, Uuid(0x0001, 2), False),
        (service, Uuid(0x180D), True),
    ]
    assert [s.end_handle for s in found] == [9, FIRST - 1, FIRST, 0xFFFF]  # the last one may grow
    (control,) = found[-1].characteristics
    assert (control.uuid, control.value_handle, control.props) == (Uuid(CONTROL), handles.value_handle, 0x3A)
    assert [(d.handle, d.uuid.uuid) for d in control.descriptors] == [
        (handles.cccd_handle, 0x2902),
        (description, 0x2908),
    ]
    assert bench.events() == []


def test_misuse_is_named() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic().value_handle
    with pytest.raises(PeerError, match="not connected"):
        bench.peer.write(handle, b"x")
    bench.connected()
    with pytest.raises(PeerError, match="write_long"):
        bench.peer.write(handle, bytes(21))
    with pytest.raises(PeerError, match="not the value of a characteristic"):
        bench.peer.subscribe(handle - 1)
    with pytest.raises(PeerError, match="1 to 4"):
        bench.peer.encrypt(5)
    for wrong in (
        lambda: bench.peer.exchange_mtu(-1),
        lambda: bench.peer.read(handle, 0x10000),
        lambda: bench.peer.prepare(handle, b"", -1),
        lambda: bench.peer.disconnect(256),
        lambda: Peer(bench.device).connect(address_type=128),
    ):
        with pytest.raises(PeerError, match="is 0 to"):
            wrong()
    with pytest.raises(PeerError, match="c6:05"):
        Peer(bench.device).connect("nonsense")


def test_who_listens_is_told_of_values() -> None:
    bench = Bench()
    conn, handles = bench.subscribed()
    heard: list[bytes] = []
    bench.peer.on_value = lambda value: heard.append(value.data)
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, data=b"x")))
    assert heard == [b"x"]


def test_a_command_to_a_cccd_before_sys_attr_set() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic()
    conn = bench.peer.connect()
    bench.events()
    bench.peer.write_command(handles.cccd_handle, b"\1\0")
    assert len(bench.events()) == 1  # SYS_ATTR_MISSING, and nobody waits
    bench.ok(SysAttrSet(conn))
    assert bench.peer.read(handles.cccd_handle).result() == b"\0\0"
