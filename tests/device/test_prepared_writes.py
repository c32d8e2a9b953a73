"""Prepared writes, executed and cancelled, with and without the application's memory."""

from __future__ import annotations

import pytest
from device.bench import CONTROL, WITH_CONTEXT, WITH_MEMORY, Bench

from gatts_codec import (
    GattStatus,
    MemBlock,
    NrfError,
    RwAuthorizeRequestEvent,
    RwAuthorizeRequestEventV1,
    WriteEvent,
    WriteEventV1,
    WriteOp,
)
from gatts_codec.errors import PeerError
from gatts_codec.packets.common.events import UserMemReleaseEvent, UserMemRequestEvent
from gatts_codec.packets.common.user_mem_reply import UserMemBlock, UserMemReply
from gatts_codec.packets.gap.connection_events import DisconnectedEvent

PREPARE, CANCEL, EXECUTE = WriteOp.PREP_WRITE_REQ, WriteOp.EXEC_WRITE_REQ_CANCEL, WriteOp.EXEC_WRITE_REQ_NOW


def op_of(bench: Bench) -> tuple[int, bytes, MemBlock | None]:
    """The op, data and memory of the only event, a write or a request to authorize one."""
    (event,) = bench.events()
    assert isinstance(event, (WriteEvent, WriteEventV1, RwAuthorizeRequestEvent, RwAuthorizeRequestEventV1))
    write = event if isinstance(event, (WriteEvent, WriteEventV1)) else event.write
    assert write is not None
    return write.op, write.data, event.mem_block


def asks_for_memory(bench: Bench) -> bool:
    """Whether the only event is a request for memory."""
    return bench.event(UserMemRequestEvent) == UserMemRequestEvent(0, 1)


@pytest.fixture(params=WITH_MEMORY)
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = Bench(request.param)
    bench.service()
    return bench


def test_the_first_prepared_write_asks_for_memory(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    preparing = bench.peer.prepare(handle, b"abc")
    assert asks_for_memory(bench)
    assert not preparing.done
    with pytest.raises(PeerError, match="user_mem_reply"):
        preparing.result()
    assert bench.lend(conn, 64) == NrfError.SUCCESS
    assert preparing.done
    assert bench.peer.prepare(handle, b"def", 3).done  # asks no more
    assert bench.events() == []


def test_lent_memory_is_reported_and_released(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old").value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 32)
    bench.peer.prepare(handle, b"de", 3).result()
    bench.events()
    assert bench.stored(handle) == b"old"
    assert bench.peer.execute().result() is None
    assert bench.stored(handle) == b"abcde"
    write, release = bench.events()
    assert isinstance(write, (WriteEvent, WriteEventV1))
    queued = handle.to_bytes(2, "little") + bytes([0, 0, 3, 0]) + b"abc"
    queued += handle.to_bytes(2, "little") + bytes([3, 0, 2, 0]) + b"de"
    assert (write.op, write.handle, write.data) == (EXECUTE, 0, b"")
    assert write.mem_block == MemBlock(mem=(queued + bytes(2)).ljust(32, b"\0"))
    assert release == UserMemReleaseEvent(conn, 1, UserMemBlock(32, mem_present=False))


def test_lent_memory_is_asked_for_again_each_time(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 32)
    bench.peer.execute().result()
    bench.events()
    bench.peer.prepare(handle, b"abc")
    assert asks_for_memory(bench)


def test_cancel_stores_nothing(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old").value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 32)
    bench.events()
    bench.peer.cancel().result()
    assert bench.stored(handle) == b"old"
    assert len(bench.events()) == 1  # the release
    assert bench.peer.execute().result() is None
    assert bench.stored(handle) == b"old"
    assert op_of(bench) == (EXECUTE, b"", None)  # nothing is prepared: the application is told all the same


@pytest.mark.parametrize(("execute", "op"), [(True, EXECUTE), (False, CANCEL)])
def test_an_execution_of_nothing_is_told(bench: Bench, execute: bool, op: int) -> None:
    bench.connected()
    assert (bench.peer.execute() if execute else bench.peer.cancel()).done
    assert op_of(bench) == (op, b"", None)


def test_memory_that_is_full(bench: Bench) -> None:
    handle = bench.characteristic(max_len=60).value_handle
    conn = bench.connected()
    preparing = bench.peer.prepare(handle, bytes(18))
    bench.lend(conn, 26)  # handle, offset, length, 18 bytes, and the end's 2
    assert preparing.result() is None
    assert bench.peer.prepare(handle, b"", 18).status == GattStatus.ATTERR_PREPARE_QUEUE_FULL


def test_no_more_memory_is_used_than_the_firmware_has(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 0xFFFF)
    bench.events()
    bench.peer.execute().result()
    write = bench.events()[0]
    assert isinstance(write, (WriteEvent, WriteEventV1))
    assert write.mem_block is not None
    assert write.mem_block.len == 64


@pytest.mark.parametrize("wr_auth", [0, 1])
@pytest.mark.parametrize(("execute", "op"), [(True, EXECUTE), (False, CANCEL)])
def test_without_memory_each_step_is_authorized(bench: Bench, execute: bool, op: int, wr_auth: int) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=wr_auth).value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.events()
    bench.lend(conn, None)
    assert op_of(bench) == (PREPARE, b"abc", None)
    assert bench.authorize(conn, data=b"abc") == NrfError.SUCCESS
    second = bench.peer.prepare(handle, b"de", 3)
    assert op_of(bench) == (PREPARE, b"de", None)
    assert not second.done
    assert bench.authorize(conn, data=b"de") == NrfError.SUCCESS
    assert second.done
    ending = bench.peer.execute() if execute else bench.peer.cancel()
    if bench.device.dialect.name in WITH_CONTEXT and not execute:
        assert ending.done  # S110 v8 does not ask about that
        return
    assert op_of(bench) == (op, b"", None)
    assert not ending.done
    assert bench.authorize(conn) == NrfError.SUCCESS
    assert ending.done
    assert bench.stored(handle) == b"old"  # the application has the writes, and stores them itself


def test_a_prepared_write_that_is_not_authorized(bench: Bench) -> None:
    handle = bench.characteristic(wr_auth=1).value_handle
    conn = bench.connected()
    preparing = bench.peer.prepare(handle, b"abc")
    bench.lend(conn, None)
    bench.authorize(conn, status=GattStatus.ATTERR_INSUF_AUTHORIZATION)
    assert preparing.status == GattStatus.ATTERR_INSUF_AUTHORIZATION
    bench.events()
    executing = bench.peer.execute()  # only the application knows that nothing is prepared
    assert op_of(bench) == (EXECUTE, b"", None)
    assert bench.authorize(conn) == NrfError.SUCCESS
    assert executing.done


def test_with_memory_each_write_of_an_authorized_attribute_is_asked_about(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    free = bench.characteristic(CONTROL).value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.events()
    bench.lend(conn, 64)
    assert op_of(bench) == (PREPARE, b"abc", None)
    assert bench.authorize(conn, data=b"abc") == NrfError.SUCCESS
    assert bench.peer.prepare(free, b"x").done
    assert bench.events() == []
    refused = bench.peer.prepare(handle, b"de", 3)
    assert bench.authorize(conn, status=GattStatus.ATTERR_INSUF_AUTHORIZATION) == NrfError.SUCCESS
    assert refused.status == GattStatus.ATTERR_INSUF_AUTHORIZATION
    bench.peer.execute()
    assert bench.authorize(conn) == NrfError.SUCCESS
    assert (bench.stored(handle), bench.stored(free)) == (b"abc", b"x")


@pytest.mark.parametrize(("status", "value"), [(0, b"abc"), (GattStatus.ATTERR_INSUF_AUTHORIZATION, b"old")])
def test_with_memory_the_execution_is_authorized(bench: Bench, status: int, value: bytes) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 16)
    assert bench.authorize(conn, data=b"abc") == NrfError.SUCCESS
    bench.events()
    executing = bench.peer.execute()
    op, _, memory = op_of(bench)
    assert op == EXECUTE
    assert memory is not None
    assert memory.mem is not None
    assert memory.mem[:11] == handle.to_bytes(2, "little") + bytes([0, 0, 3, 0]) + b"abc" + bytes(2)
    assert bench.authorize(conn, status=status) == NrfError.SUCCESS
    assert executing.status == status
    assert bench.stored(handle) == value
    assert len(bench.events()) == 1  # the release


def test_several_attributes_in_one_execution() -> None:
    bench = Bench()
    bench.service()
    first = bench.characteristic().value_handle
    second = bench.characteristic(CONTROL).value_handle
    conn = bench.connected()
    bench.peer.prepare(first, b"1")
    bench.lend(conn, 64)
    bench.peer.prepare(second, b"2").result()
    bench.peer.execute().result()
    assert (bench.stored(first), bench.stored(second)) == (b"1", b"2")


def test_a_hole_is_refused_when_it_is_executed() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(value=b"12").value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"x", 5)
    bench.lend(conn, 64)
    assert bench.peer.execute().status == GattStatus.ATTERR_INVALID_OFFSET
    assert bench.stored(handle) == b"12"


@pytest.mark.parametrize(
    ("data", "offset", "status"),
    [
        (b"x", 21, GattStatus.ATTERR_INVALID_OFFSET),
        (b"xx", 19, GattStatus.ATTERR_INVALID_ATT_VAL_LENGTH),
    ],
)
def test_prepared_writes_beyond_the_value(data: bytes, offset: int, status: int) -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=20, value=bytes(20)).value_handle
    conn = bench.connected()
    preparing = bench.peer.prepare(handle, data, offset)
    bench.lend(conn, 64)
    assert preparing.done
    bench.events()
    assert bench.peer.execute().status == status
    assert len(bench.events()) == 1  # the release
    assert bench.stored(handle) == bytes(20)


def test_cccds_are_not_prepared() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic()
    bench.connected()
    assert bench.peer.prepare(handles.cccd_handle, b"\1\0").status == GattStatus.ATTERR_WRITE_NOT_PERMITTED


def test_a_long_write() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=40).value_handle
    conn = bench.connected()
    writing = bench.peer.write_long(handle, bytes(range(40)))
    bench.lend(conn, 64)
    assert writing.result() is None
    assert bench.stored(handle) == bytes(range(40))


def test_a_long_write_that_is_refused_is_cancelled() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=100).value_handle
    conn = bench.connected()
    writing = bench.peer.write_long(handle, bytes(100))
    bench.lend(conn, 60)
    assert writing.status == GattStatus.ATTERR_PREPARE_QUEUE_FULL
    assert bench.device.connections.require(conn).prepared.writes == []


def test_memory_goes_back_when_the_peer_leaves() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 32)
    bench.events()
    bench.peer.disconnect()
    disconnected, release = bench.events()
    assert isinstance(release, UserMemReleaseEvent)
    assert isinstance(disconnected, DisconnectedEvent)


def test_user_mem_reply_that_nobody_waits_for(bench: Bench) -> None:
    conn = bench.connected()
    assert bench.lend(conn, 32) == NrfError.INVALID_STATE
    assert bench.lend(7, 32) == 0x3002


@pytest.mark.parametrize("dialect", WITH_MEMORY)
def test_a_block_without_memory_gets_the_firmwares_but_in_s110_v8(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    none = UserMemReply(conn, UserMemBlock(32, mem_present=False))
    assert bench.result(none) == (NrfError.INVALID_ADDR if dialect == "s110_v8" else 0)


def test_the_early_execution_has_no_context() -> None:
    bench = Bench("s110_v8")
    bench.service()
    handle = bench.characteristic().value_handle
    conn = bench.connected()
    bench.peer.prepare(handle, b"abc")
    bench.lend(conn, 32)
    bench.events()
    bench.peer.execute().result()
    write, _ = bench.events()
    assert isinstance(write, WriteEventV1)
    assert write.context.to_dict() == {
        **{f"{which}_uuid": {"uuid": 0, "type": 0} for which in ("srvc", "char", "desc")},
        "srvc_handle": 0,
        "value_handle": 0,
        "type": 0,
    }
