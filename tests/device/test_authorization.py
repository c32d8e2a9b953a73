"""Reads and writes that the application decides: rw_authorize_request and rw_authorize_reply."""

from __future__ import annotations

import pytest
from device.bench import ALL, WITH_CONTEXT, Bench, after_timeout

from gatts_codec import (
    BleError,
    Event,
    GattStatus,
    NrfError,
    Opaque,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
    RwAuthorizeRequestEvent,
    RwAuthorizeRequestEventV1,
    TimeoutEvent,
    WriteEvent,
    WriteOp,
)
from gatts_codec.constants import AuthorizeType
from gatts_codec.errors import PeerError
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams


def request(bench: Bench) -> Event | Opaque:
    (event,) = bench.events()
    assert isinstance(event, (RwAuthorizeRequestEvent, RwAuthorizeRequestEventV1))
    return event


@pytest.fixture(params=ALL)
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = Bench(request.param)
    bench.service()
    return bench


def test_a_read_waits_and_gets_the_stored_value(bench: Bench) -> None:
    handle = bench.characteristic(value=b"stored", rd_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read(handle)
    assert not reading.done
    event = request(bench).to_dict()
    assert event["type"] == AuthorizeType.READ
    assert (event["read"]["handle"], event["read"]["offset"]) == (handle, 0)
    assert bench.authorize(conn, update=0) == NrfError.SUCCESS
    assert reading.result() == b"stored"
    assert bench.stored(handle) == b"stored"


def test_a_read_with_update_stores_and_sends_the_given_data(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old", rd_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read(handle)
    assert bench.authorize(conn, data=b"fresh") == NrfError.SUCCESS
    assert reading.result() == b"fresh"
    assert bench.stored(handle) == b"fresh"


def test_a_read_that_is_refused(bench: Bench) -> None:
    handle = bench.characteristic(rd_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read(handle)
    assert bench.authorize(conn, status=GattStatus.ATTERR_INSUF_AUTHORIZATION) == NrfError.SUCCESS
    assert reading.status == GattStatus.ATTERR_INSUF_AUTHORIZATION
    with pytest.raises(PeerError, match="INSUF_AUTHORIZATION"):
        reading.result()


def test_each_part_of_a_long_read_is_asked_for() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(max_len=60, value=bytes(50), rd_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read_long(handle)
    for offset in (0, 22, 44):
        event = bench.event(RwAuthorizeRequestEvent)
        assert event.read is not None
        assert event.read.offset == offset
        assert bench.authorize(conn, update=0) == NrfError.SUCCESS
    assert reading.result() == bytes(50)


def test_a_write_waits_and_is_not_stored_before(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    conn = bench.connected()
    writing = bench.peer.write(handle, b"new")
    assert not writing.done
    assert bench.stored(handle) == b"old"
    write = request(bench).to_dict()["write"]
    assert (write["handle"], write["op"], write["data"]) == (handle, WriteOp.WRITE_REQ, b"new".hex())
    assert write.get("auth_required", 1) == 1
    assert bench.authorize(conn, data=b"new") == NrfError.SUCCESS
    assert writing.result() is None
    assert bench.stored(handle) == b"new"
    assert bench.events() == []


def test_a_write_that_is_refused(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    conn = bench.connected()
    writing = bench.peer.write(handle, b"new")
    assert bench.authorize(conn, status=0x0180) == NrfError.SUCCESS
    assert writing.status == 0x0180
    assert bench.stored(handle) == b"old"


def test_from_v2_on_the_application_says_what_is_stored() -> None:
    bench = Bench("sd_api_v2")
    bench.service()
    handle = bench.characteristic(wr_auth=1).value_handle
    conn = bench.connected()
    bench.peer.write(handle, b"new")
    assert bench.authorize(conn, data=b"other") == NrfError.SUCCESS
    assert bench.stored(handle) == b"other"


def test_from_v2_on_a_granted_write_needs_update() -> None:
    bench = Bench()
    bench.service()
    handle = bench.characteristic(wr_auth=1).value_handle
    conn = bench.connected()
    writing = bench.peer.write(handle, b"new")
    assert bench.authorize(conn, update=0) == NrfError.INVALID_PARAM
    assert not writing.done
    assert bench.authorize(conn, data=b"new") == NrfError.SUCCESS


@pytest.mark.parametrize("dialect", [dialect for dialect in ALL if dialect not in WITH_CONTEXT])
def test_a_write_command_is_not_stored_and_says_so(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    bench.connected()
    bench.peer.write_command(handle, b"new")
    event = bench.event(WriteEvent)
    assert (event.op, event.auth_required, event.data) == (WriteOp.WRITE_CMD, 1, b"new")
    assert bench.stored(handle) == b"old"


def test_nothing_pending(bench: Bench) -> None:
    conn = bench.connected()
    reply = RwAuthorizeReply(conn, RwAuthorizeReplyParams(AuthorizeType.READ, read=AuthorizeParams()))
    assert bench.result(reply) == NrfError.INVALID_STATE
    assert bench.result(RwAuthorizeReply(7, reply.rw_authorize_reply_params)) == BleError.INVALID_CONN_HANDLE
    assert bench.result(RwAuthorizeReply(conn, None)) == NrfError.INVALID_ADDR


def test_a_reply_of_the_other_type(bench: Bench) -> None:
    handle = bench.characteristic(rd_auth=1, wr_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read(handle)
    write = RwAuthorizeReplyParams(AuthorizeType.WRITE, write=AuthorizeParams(update=1, data=b"x"))
    read = RwAuthorizeReplyParams(AuthorizeType.READ, read=AuthorizeParams())
    assert bench.result(RwAuthorizeReply(conn, write)) == NrfError.INVALID_PARAM
    assert bench.result(RwAuthorizeReply(conn, read)) == NrfError.SUCCESS
    assert reading.done
    writing = bench.peer.write(handle, b"x")
    assert bench.result(RwAuthorizeReply(conn, read)) == NrfError.INVALID_PARAM
    assert not writing.done


def test_data_that_does_not_fit(bench: Bench) -> None:
    handle = bench.characteristic(max_len=4, rd_auth=1).value_handle
    conn = bench.connected()
    reading = bench.peer.read(handle)
    assert bench.authorize(conn, data=b"12345") == NrfError.INVALID_PARAM
    assert bench.authorize(conn, data=b"1234") == NrfError.SUCCESS
    assert reading.result() == b"1234"


def test_after_30_s_the_connection_is_dead_for_att(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old", wr_auth=1).value_handle
    conn = bench.connected()
    writing = bench.peer.write(handle, b"new")
    bench.events()
    bench.after(29.9)
    assert not writing.done
    bench.after(0.2)
    assert bench.events() == [TimeoutEvent(conn, 0)]
    with pytest.raises(PeerError, match="timed out"):
        writing.result()
    reply = RwAuthorizeReply(conn, RwAuthorizeReplyParams(AuthorizeType.READ, read=AuthorizeParams()))
    assert bench.result(reply) == after_timeout(bench.device.dialect.name)
    with pytest.raises(PeerError, match="connect again"):
        bench.peer.read(handle)
    assert bench.stored(handle) == b"old"


def test_a_peers_requests_go_one_at_a_time() -> None:
    bench = Bench()
    bench.service()
    first = bench.characteristic(value=b"1", rd_auth=1).value_handle
    second = bench.characteristic(0x2A38, value=b"2").value_handle
    conn = bench.connected()
    waiting, behind = bench.peer.read(first), bench.peer.read(second)
    assert not behind.done
    with pytest.raises(PeerError, match="rw_authorize_reply"):
        behind.result()
    assert bench.authorize(conn, update=0) == NrfError.SUCCESS
    assert (waiting.result(), behind.result()) == (b"1", b"2")
