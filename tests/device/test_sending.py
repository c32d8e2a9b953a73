"""hvx and service_changed: what goes to the peer, what comes back, and every reason why not."""

from __future__ import annotations

import pytest
from device.bench import ALL, EARLY, FIRST, LATE, MEASUREMENT, WITH_MTU, Bench, after_timeout, first_handle

from gatts_codec import (
    Attr,
    AttrMd,
    BleError,
    CharacteristicAdd,
    CharMd,
    CharProps,
    HvcEvent,
    HvnTxCompleteEvent,
    Hvx,
    HvxParams,
    HvxType,
    NrfError,
    ScConfirmEvent,
    SecMode,
    ServiceChanged,
    SysAttrSet,
    TimeoutEvent,
    Uuid,
)
from gatts_codec.device.peer import ReceivedValue
from gatts_codec.packets.common.events import TxCompleteEvent
from gatts_codec.packets.gatts.write_event import WriteEvent, WriteEventV1

NOTIFICATION, INDICATION = HvxType.NOTIFICATION, HvxType.INDICATION


@pytest.mark.parametrize("dialect", LATE)
def test_a_notification_is_counted_from_v5_on(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    response = bench.ok(Hvx(conn, HvxParams(handles.value_handle, NOTIFICATION, b"\x01\x02")))
    assert response.bytes_written == 2
    assert bench.events() == [HvnTxCompleteEvent(conn, 1)]
    assert bench.peer.received == [ReceivedValue(handles.value_handle, b"\x01\x02", indication=False)]


@pytest.mark.parametrize("dialect", EARLY)
def test_a_notification_up_to_v3_gives_tx_complete(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, NOTIFICATION, b"\x01")))
    # captures/real_firmware/sd_api_v2_pc/d_hvx_misc: 020100000001
    assert bench.events() == [TxCompleteEvent(conn, 1)]


@pytest.mark.parametrize("dialect", ALL)
def test_an_indication_is_confirmed(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed(indications=True)
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"\x01")))
    assert bench.events() == [HvcEvent(conn, handles.value_handle)]
    assert bench.peer.received == [ReceivedValue(handles.value_handle, b"\x01", indication=True)]


def test_without_data_the_stored_value_goes_out() -> None:
    bench = Bench()
    conn, handles = bench.subscribed(value=b"12345")
    assert bench.ok(Hvx(conn, HvxParams(handles.value_handle, offset=1, len=3))).bytes_written == 0
    assert bench.ok(Hvx(conn, HvxParams(handles.value_handle, len=0))).bytes_written == 0  # as blatann does
    assert [value.data for value in bench.peer.received] == [b"2345", b"12345"]
    assert bench.stored(handles.value_handle) == b"12345"


@pytest.mark.parametrize("dialect", ALL)
def test_without_a_length_it_is_a_bad_address(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed(value=b"12345")
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle))) == NrfError.INVALID_ADDR
    assert bench.peer.received == []


def test_data_is_stored_and_at_most_mtu_minus_3_bytes_go_out() -> None:
    bench = Bench()
    conn, handles = bench.subscribed(max_len=40)
    data = bytes(range(30))
    assert bench.ok(Hvx(conn, HvxParams(handles.value_handle, data=data))).bytes_written == 30
    assert bench.peer.received[0].data == data[:20]
    assert bench.stored(handles.value_handle) == data


def test_data_at_an_offset() -> None:
    bench = Bench()
    conn, handles = bench.subscribed(value=b"12345")
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, data=b"ab", offset=3)))
    assert bench.stored(handles.value_handle) == b"123ab"
    assert bench.peer.received[0].data == b"ab"


@pytest.mark.parametrize("dialect", ALL)
def test_refused_without_storing(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed(value=b"old")
    value = handles.value_handle
    refused = [
        (Hvx(7, HvxParams(value, data=b"new")), BleError.INVALID_CONN_HANDLE),
        (Hvx(conn, None), NrfError.INVALID_ADDR),
        (Hvx(conn, HvxParams(0xDEAD, data=b"new")), NrfError.NOT_FOUND),
        (Hvx(conn, HvxParams(first_handle(dialect) - 2, data=b"new")), BleError.INVALID_ATTR_HANDLE),
        (Hvx(conn, HvxParams(handles.cccd_handle, data=b"\1\0")), BleError.GATTS_INVALID_ATTR_TYPE),
        (Hvx(conn, HvxParams(value, 0, b"new")), NrfError.INVALID_PARAM),
        (Hvx(conn, HvxParams(value, 3, b"new")), NrfError.INVALID_PARAM),
        (Hvx(conn, HvxParams(value, data=bytes(21))), NrfError.DATA_SIZE),
        (Hvx(conn, HvxParams(value, data=bytes(18), offset=3)), NrfError.DATA_SIZE),
        (Hvx(conn, HvxParams(value, data=b"x", offset=4)), NrfError.INVALID_PARAM),
    ]
    for command, result in refused:
        assert bench.result(command) == result, command
    assert bench.stored(value) == b"old"
    assert bench.peer.received == []
    assert bench.events() == []


@pytest.mark.parametrize("dialect", ALL)
def test_system_attributes_missing_and_yet_stored(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    value = bench.characteristic().value_handle
    conn = bench.peer.connect()
    assert bench.result(Hvx(conn, HvxParams(value, data=b"new"))) == BleError.GATTS_SYS_ATTR_MISSING
    assert bench.stored(value) == b"new"


def test_not_subscribed_and_yet_stored() -> None:
    bench = Bench()
    bench.service()
    handles = bench.characteristic()
    conn = bench.connected()
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, data=b"new"))) == NrfError.INVALID_STATE
    assert bench.stored(handles.value_handle) == b"new"


def test_notifications_and_indications_are_subscribed_to_apart() -> None:
    bench = Bench()
    conn, handles = bench.subscribed()
    indication = Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"x"))
    assert bench.result(indication) == NrfError.INVALID_STATE
    bench.peer.subscribe(handles.value_handle, notifications=False, indications=True)
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, data=b"x"))) == NrfError.INVALID_STATE
    assert bench.result(indication) == NrfError.SUCCESS


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_while_the_peer_waits_for_the_mtu(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    bench.peer.exchange_mtu(100)
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, data=b"x"))) == NrfError.SUCCESS


@pytest.mark.parametrize("dialect", ALL)
def test_forbidden_below_the_security_that_the_cccd_asks(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    md = CharMd(CharProps(notify=1), cccd_md=AttrMd(write_perm=SecMode(1, 2)))
    handles = bench.ok(CharacteristicAdd(0, md, Attr(Uuid(MEASUREMENT), AttrMd(vlen=1), 20))).handles
    conn = bench.connected()
    bench.peer.encrypt()
    bench.peer.subscribe(handles.value_handle).result()
    command = Hvx(conn, HvxParams(handles.value_handle, data=b"x"))
    assert bench.result(command) == NrfError.SUCCESS
    bench.peer.encrypt(1)
    listed = dialect in WITH_MTU
    assert bench.result(command) == (NrfError.FORBIDDEN if listed else NrfError.SUCCESS)


def test_busy_until_the_indication_is_confirmed() -> None:
    bench = Bench()
    conn, handles = bench.subscribed(indications=True)
    bench.peer.confirms = False
    command = Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"1"))
    assert bench.result(command) == NrfError.SUCCESS
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"2"))) == NrfError.BUSY
    assert bench.stored(handles.value_handle) == b"2"
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, NOTIFICATION, b"3"))) == NrfError.SUCCESS
    bench.events()
    bench.peer.confirm()
    assert bench.events() == [HvcEvent(conn, handles.value_handle)]
    assert bench.result(command) == NrfError.SUCCESS


@pytest.mark.parametrize(
    ("dialect", "result", "room"),
    [*((dialect, 0x3004, 7) for dialect in EARLY), *((dialect, NrfError.RESOURCES, 1) for dialect in LATE)],
)
def test_the_queue_fills_while_the_peer_is_out_of_reach(dialect: str, result: int, room: int) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed()
    bench.peer.leave()
    for number in range(room):
        assert bench.result(Hvx(conn, HvxParams(handles.value_handle, data=bytes([number])))) == 0
    assert bench.result(Hvx(conn, HvxParams(handles.value_handle, data=b"\xff"))) == result
    assert bench.stored(handles.value_handle) == b"\xff"
    assert bench.events() == []
    bench.peer.come_back()
    assert [value.data for value in bench.peer.received] == [bytes([number]) for number in range(room)]
    (event,) = bench.events()
    assert isinstance(event, (HvnTxCompleteEvent, TxCompleteEvent))
    assert event == type(event)(conn, room)


def test_an_indication_waits_for_a_peer_out_of_reach() -> None:
    bench = Bench()
    conn, handles = bench.subscribed(indications=True)
    bench.peer.leave()
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"x")))
    assert bench.events() == []
    bench.peer.come_back()
    assert bench.peer.received == [ReceivedValue(handles.value_handle, b"x", indication=True)]
    assert bench.events() == [HvcEvent(conn, handles.value_handle)]
    bench.peer.come_back()
    assert len(bench.peer.received) == 1


def test_the_queue_size_can_be_configured() -> None:
    bench = Bench(notification_queue=3)
    conn, handles = bench.subscribed()
    bench.peer.leave()
    results = [bench.result(Hvx(conn, HvxParams(handles.value_handle, data=b"x"))) for _ in range(4)]
    assert results == [0, 0, 0, NrfError.RESOURCES]


def test_notifications_leave_at_connection_events() -> None:
    bench = Bench(notification_queue=4, connection_interval_s=0.03)
    conn, handles = bench.subscribed()
    for number in range(3):
        bench.ok(Hvx(conn, HvxParams(handles.value_handle, data=bytes([number]))))
    assert bench.peer.received == []
    assert bench.device.next_deadline() == pytest.approx(0.03)
    bench.after(0.03)
    assert len(bench.peer.received) == 3
    assert bench.events() == [HvnTxCompleteEvent(conn, 3)]
    assert bench.device.next_deadline() is None


@pytest.mark.parametrize("dialect", ALL)
def test_service_changed_is_confirmed(dialect: str) -> None:
    bench = Bench(dialect)
    fails = bench.device.firmware.faults_at_sc_confirm
    first = first_handle(dialect)
    value = first - 2
    conn, _ = bench.subscribed()
    bench.peer.subscribe(value, notifications=False, indications=True).result()
    (subscribed,) = bench.events()
    assert isinstance(subscribed, WriteEvent | WriteEventV1)
    assert (subscribed.handle, subscribed.data) == (value + 1, b"\2\0")
    bench.ok(ServiceChanged(conn, first, 0xFFFF))
    assert bench.peer.received == [ReceivedValue(value, bytes([first]) + b"\x00\xff\xff", indication=True)]
    assert bench.events() == ([] if fails else [ScConfirmEvent(conn)])
    assert bench.device.at_fault is fails


def test_service_changed_refuses() -> None:
    bench = Bench()
    conn, handles = bench.subscribed()
    last = handles.cccd_handle
    command = ServiceChanged(conn, FIRST, last)
    assert bench.result(command) == NrfError.INVALID_STATE  # not subscribed
    bench.peer.subscribe(FIRST - 2, notifications=False, indications=True).result()
    for first, end, result in [
        (FIRST + 1, FIRST, NrfError.INVALID_PARAM),
        (1, 0xFFFF, BleError.INVALID_ATTR_HANDLE),
        (FIRST - 1, last, BleError.INVALID_ATTR_HANDLE),
        (FIRST, last + 1, BleError.INVALID_ATTR_HANDLE),
    ]:
        assert bench.result(ServiceChanged(conn, first, end)) == result
    assert bench.result(ServiceChanged(7, FIRST, last)) == BleError.INVALID_CONN_HANDLE
    bench.peer.confirms = False
    assert bench.result(command) == NrfError.SUCCESS
    assert bench.result(command) == NrfError.BUSY


def test_service_changed_before_sys_attr_set() -> None:
    bench = Bench()
    bench.service()
    conn = bench.peer.connect()
    command = ServiceChanged(conn, FIRST, FIRST)
    assert bench.result(command) == BleError.GATTS_SYS_ATTR_MISSING
    bench.ok(SysAttrSet(conn, flags=2))  # the application's alone: Service Changed is the stack's
    assert bench.result(command) == BleError.GATTS_SYS_ATTR_MISSING


def test_service_changed_not_enabled() -> None:
    bench = Bench(service_changed=False)
    first = bench.service()
    assert bench.result(ServiceChanged(bench.connected(), first, first)) == NrfError.NOT_SUPPORTED


@pytest.mark.parametrize("dialect", ALL)
def test_nothing_works_after_an_att_timeout(dialect: str) -> None:
    bench = Bench(dialect)
    conn, handles = bench.subscribed(indications=True)
    bench.peer.confirms = False
    bench.ok(Hvx(conn, HvxParams(handles.value_handle, INDICATION, b"x")))
    bench.after(29.9)
    assert bench.events() == []
    bench.after(0.2)
    assert bench.events() == [TimeoutEvent(conn, 0)]
    first = first_handle(dialect)
    for command in (
        Hvx(conn, HvxParams(handles.value_handle, data=b"y")),
        ServiceChanged(conn, first, first),
    ):
        assert bench.result(command) == after_timeout(dialect)
    bench.peer.disconnect()
    again = bench.connected()
    bench.peer.subscribe(handles.value_handle).result()
    assert bench.result(Hvx(again, HvxParams(handles.value_handle, data=b"y"))) == NrfError.SUCCESS
