"""sys_attr_set and sys_attr_get: subscriptions that outlive a connection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from device.bench import ALL, FIRST, WITH_MTU, Bench, first_handle

from gatts_codec import NrfError, SysAttrGet, SysAttrMissingEvent, SysAttrSet, WriteEvent

SYSTEM, USER = 1, 2


def blob(bench: Bench, conn: int, flags: int = 0) -> bytes:
    data = bench.ok(SysAttrGet(conn, 512, flags=flags)).sys_attr_data
    assert isinstance(data, bytes)
    return data


@pytest.mark.parametrize("dialect", ALL)
def test_subscriptions_survive_the_connection(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    saved = blob(bench, conn)
    bench.peer.disconnect()
    conn = bench.peer.connect()
    bench.ok(SysAttrSet(conn, saved))
    assert bench.peer.read(handles.cccd_handle).result() == b"\x01\x00"
    assert blob(bench, conn) == saved


@pytest.mark.parametrize("dialect", ALL)
def test_the_last_closed_connection_can_still_be_asked(dialect: str) -> None:
    bench = Bench(dialect)
    conn, _ = bench.subscribed()
    saved = blob(bench, conn)
    bench.peer.disconnect()
    assert blob(bench, conn) == saved
    other = type(bench.peer)(bench.device)
    assert other.connect() == conn
    assert bench.result(SysAttrGet(conn, 512)) == NrfError.NOT_FOUND


@pytest.mark.parametrize("dialect", ALL)
def test_system_and_user_services_apart(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    bench.peer.subscribe(first_handle(dialect) - 2, notifications=False, indications=True).result()
    # u16 handle, u16 length, u16 value, and a CRC over all
    assert blob(bench, conn, SYSTEM)[:-2] == bytes([first_handle(dialect) - 1, 0, 2, 0, 2, 0])
    assert blob(bench, conn, USER)[:-2] == bytes([handles.cccd_handle, 0, 2, 0, 1, 0])
    assert blob(bench, conn)[:-2] == blob(bench, conn, SYSTEM)[:-2] + blob(bench, conn, USER)[:-2]
    assert blob(bench, conn, SYSTEM | USER) == blob(bench, conn)


def test_each_group_is_initialised_by_itself() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic()
    conn = bench.peer.connect()
    bench.ok(SysAttrSet(conn, flags=USER))
    assert bench.peer.subscribe(handles.value_handle).done
    assert not bench.peer.subscribe(FIRST - 2, notifications=False, indications=True).done


def test_without_data_a_peer_starts_without_subscriptions() -> None:
    bench = Bench()
    conn, handles = bench.subscribed()
    bench.ok(SysAttrSet(conn))
    assert bench.peer.read(handles.cccd_handle).result() == b"\0\0"


@pytest.mark.parametrize("dialect", ALL)
def test_a_cccd_before_sys_attr_set_waits_for_it(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    handles = bench.characteristic()
    conn = bench.peer.connect()
    bench.events()
    subscribing = bench.peer.subscribe(handles.value_handle)
    assert bench.events() == [SysAttrMissingEvent(conn, 0)]
    assert not subscribing.done
    bench.ok(SysAttrSet(conn))
    assert subscribing.done
    assert len(bench.events()) == 1  # the write


def test_the_application_learns_of_a_subscription() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic()
    conn = bench.connected()
    bench.peer.subscribe(handles.value_handle, indications=True).result()
    event = bench.event(WriteEvent)
    assert (event.conn_handle, event.handle, event.uuid.uuid) == (conn, handles.cccd_handle, 0x2902)
    assert (event.data, event.auth_required) == (b"\x03\x00", 0)


@pytest.mark.parametrize("dialect", ALL)
def test_sys_attr_set_refuses(dialect: str) -> None:
    bench = Bench(dialect)
    conn, _ = bench.subscribed()
    saved = blob(bench, conn)
    spoilt = bytes([saved[0] ^ 1]) + saved[1:]
    assert bench.result(SysAttrSet(7)) == NrfError.INVALID_STATE
    assert bench.result(SysAttrSet(conn, flags=4)) == NrfError.INVALID_PARAM
    for data in (b"", saved[:-1], saved + b"\0", spoilt, blob(bench, conn, USER)):
        assert bench.result(SysAttrSet(conn, data)) == NrfError.INVALID_DATA
    assert bench.result(SysAttrSet(conn, saved)) == NrfError.SUCCESS


def test_a_blob_of_another_table_is_refused() -> None:
    bench = Bench()
    conn, _ = bench.subscribed()
    saved = blob(bench, conn)
    bench.characteristic(0x2A38)
    assert bench.result(SysAttrSet(conn, saved)) == NrfError.INVALID_DATA


@pytest.mark.parametrize("dialect", ALL)
def test_sys_attr_get_refuses(dialect: str) -> None:
    bench = Bench(dialect)
    conn, _ = bench.subscribed()
    size = len(blob(bench, conn))
    assert bench.result(SysAttrGet(7, 512)) == NrfError.NOT_FOUND
    assert bench.result(SysAttrGet(conn, 512, flags=8)) == NrfError.INVALID_PARAM
    assert bench.result(SysAttrGet(conn, size - 1)) == NrfError.DATA_SIZE
    assert bench.result(SysAttrGet(conn, size)) == NrfError.SUCCESS
    assert bench.result(SysAttrGet(conn, None)) == NrfError.INVALID_ADDR


@pytest.mark.parametrize("dialect", ALL)
def test_without_a_buffer_the_length_is_told_and_up_to_v2_the_firmware_crashes(dialect: str) -> None:
    bench = Bench(dialect)
    conn, _ = bench.subscribed()
    length_alone = SysAttrGet(conn, 0, sys_attr_data_present=False)
    if dialect not in WITH_MTU:
        assert bench.result(replace(length_alone, conn_handle=7)) == NrfError.NOT_FOUND
        assert bench.faults_at(bench.codec.pack(length_alone))
        return
    response = bench.ok(length_alone)
    assert response.sys_attr_data is None
    assert response.len == len(blob(bench, conn))


def test_no_system_attributes_at_all() -> None:
    bench = Bench(service_changed=False)
    bench.service()
    conn = bench.peer.connect()
    assert bench.result(SysAttrGet(conn, 512)) == NrfError.NOT_FOUND
    bench.ok(SysAttrSet(conn))
    assert bench.result(SysAttrGet(conn, 512)) == NrfError.NOT_FOUND
