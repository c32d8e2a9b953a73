"""What the GATT client of a chip finds, reads and writes on another chip of its air, beyond ``test_air``."""

from __future__ import annotations

import pytest
from device.bench import (
    CONTROL,
    EARLY,
    LATE,
    LOCATION,
    MEASUREMENT,
    WITH_MTU,
    Bench,
    after_timeout,
)
from device.neighbours import CENTRALS, advertise, answer, api, initiate, joined, pair

from gatts_codec import (
    OPEN,
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharHandles,
    CharMd,
    CharProps,
    ExchangeMtuReply,
    GattStatus,
    Hvx,
    HvxParams,
    IncludeAdd,
    NrfError,
    ServiceAdd,
    SysAttrSet,
    Uuid,
)
from gatts_codec.common import CfgSet, ConnGattc, Uuid128, UuidVsAdd
from gatts_codec.constants import AttrInfoFormat
from gatts_codec.constants.gattc import GattOp
from gatts_codec.gap import ConnectedEvent, ConnParams, DisconnectedEvent
from gatts_codec.gattc import (
    AttrInfo16,
    AttrInfo128,
    AttrInfoDiscover,
    AttrInfoDiscRspEvent,
    CharValByUuidReadRspEvent,
    CharValsReadRspEvent,
    CharValueByUuidRead,
    CharValuesRead,
    ExchangeMtuRequest,
    ExchangeMtuRspEvent,
    HandleRange,
    HandleValue,
    PrimaryServicesDiscover,
    Read,
    ReadRspEvent,
    RelationshipsDiscover,
    RelDiscRspEvent,
    Service,
    TimeoutEvent,
    Write,
    WriteParams,
    WriteRspEvent,
)

ALL_HANDLES = HandleRange(1, 0xFFFF)
BASE = bytes.fromhex("9ecadc240ee5a9e093f3a3b50100406e")
WITH_ATTR_INFO = [name for name in CENTRALS if name != "s130_v1"]
BATTERY = 0x180F
LONG_SUPERVISION = ConnParams(24, 24, 0, 3200)


def write_command(bench: Bench, handle: int) -> int:
    return bench.result(Write(0, WriteParams(handle, b"\x09", GattOp.WRITE_CMD)))


def add_vendor(bench: Bench, uuid: Uuid) -> int:
    attribute = Attr(uuid, AttrMd(OPEN, OPEN, vlen=1), 20)
    handles = bench.ok(CharacteristicAdd(0, CharMd(CharProps(read=1)), attribute)).handles
    assert isinstance(handles, CharHandles)
    return handles.value_handle


def subscribe(client: Bench, server: Bench, cccd: int) -> None:
    server.ok(SysAttrSet(0))
    client.ok(Write(0, WriteParams(cccd, b"\x01\x00")))
    answer(client, WriteRspEvent)
    server.events()


# -- finding


def test_includes_carry_16_bit_uuids_alone() -> None:
    _, peripheral, central = joined()
    vendor = peripheral.ok(UuidVsAdd(Uuid128(BASE))).uuid_type
    services = [peripheral.service(BATTERY), peripheral.service(LOCATION)]
    from_vendor = peripheral.ok(ServiceAdd(1, Uuid(1, vendor))).handle
    last = peripheral.service()
    includes = [
        peripheral.ok(IncludeAdd(last, service)).include_handle for service in (*services, from_vendor)
    ]
    central.ok(RelationshipsDiscover(0, HandleRange(last, 0xFFFF)))
    short = answer(central, RelDiscRspEvent).includes
    assert [(one.handle, one.included_srvc) for one in short] == [
        (includes[0], Service(Uuid(BATTERY), HandleRange(services[0], services[0]))),
        (includes[1], Service(Uuid(LOCATION), HandleRange(services[1], services[1]))),
    ]
    central.ok(RelationshipsDiscover(0, HandleRange(includes[2], 0xFFFF)))
    (long,) = answer(central, RelDiscRspEvent).includes
    assert long.included_srvc == Service(Uuid(0, 0), HandleRange(from_vendor, from_vendor))
    central.ok(RelationshipsDiscover(0, HandleRange(1, services[0])))
    end = answer(central, RelDiscRspEvent)
    assert (end.gatt_status, end.error_handle, end.includes) == (
        GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND,
        1,
        (),
    )


@pytest.mark.parametrize("dialect", WITH_ATTR_INFO)
def test_attribute_information_has_one_size_of_uuid_an_answer(dialect: str) -> None:
    _, peripheral, central = joined("sd_api_v5", dialect)
    vendor = peripheral.ok(UuidVsAdd(Uuid128(BASE))).uuid_type
    service = peripheral.service()
    value = add_vendor(peripheral, Uuid(2, vendor))
    central.ok(AttrInfoDiscover(0, HandleRange(service, 0xFFFF)))
    short = answer(central, AttrInfoDiscRspEvent)
    assert short.format == AttrInfoFormat.UUID_16BIT
    assert short.attr_infos == (AttrInfo16(service, Uuid(0x2800)), AttrInfo16(service + 1, Uuid(0x2803)))
    central.ok(AttrInfoDiscover(0, HandleRange(value, value)))
    long = answer(central, AttrInfoDiscRspEvent)
    assert long.format == AttrInfoFormat.UUID_128BIT
    assert long.attr_infos == (AttrInfo128(value, BASE[:12] + b"\x02\x00" + BASE[14:]),)
    central.ok(AttrInfoDiscover(0, HandleRange(0x80, 0xFFFF)))
    end = answer(central, AttrInfoDiscRspEvent)
    assert (end.gatt_status, end.error_handle) == (GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND, 0x80)


# -- reading


def test_values_of_a_uuid_are_read_while_they_have_one_length() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    handles = [
        peripheral.characteristic(LOCATION, value=value).value_handle
        for value in (b"\x01\x02", b"\x03\x04", b"\x05")
    ]
    central.ok(CharValueByUuidRead(0, Uuid(LOCATION), ALL_HANDLES))
    found = answer(central, CharValByUuidReadRspEvent)
    assert (found.gatt_status, found.value_len) == (0, 2)
    assert found.handle_values == (
        HandleValue(handles[0], b"\x01\x02"),
        HandleValue(handles[1], b"\x03\x04"),
    )
    central.ok(CharValueByUuidRead(0, Uuid(LOCATION), HandleRange(handles[2], 0xFFFF)))
    assert answer(central, CharValByUuidReadRspEvent).handle_values == (HandleValue(handles[2], b"\x05"),)
    central.ok(CharValueByUuidRead(0, Uuid(CONTROL), HandleRange(4, 0xFFFF)))
    none = answer(central, CharValByUuidReadRspEvent)
    assert (none.gatt_status, none.error_handle) == (GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND, 4)


def test_an_answer_by_uuid_holds_what_the_mtu_allows() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    handles = [peripheral.characteristic(LOCATION, value=bytes(5)).value_handle for _ in range(4)]
    central.ok(CharValueByUuidRead(0, Uuid(LOCATION), ALL_HANDLES))
    assert [pair.handle for pair in answer(central, CharValByUuidReadRspEvent).handle_values] == handles[:3]
    long = peripheral.characteristic(CONTROL, value=bytes(range(20))).value_handle
    central.ok(CharValueByUuidRead(0, Uuid(CONTROL), ALL_HANDLES))
    assert answer(central, CharValByUuidReadRspEvent).handle_values == (HandleValue(long, bytes(range(19))),)


def test_the_application_decides_on_each_value_of_a_uuid() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    for _ in range(2):
        peripheral.characteristic(LOCATION, value=b"\x01", rd_auth=1)
    central.ok(CharValueByUuidRead(0, Uuid(LOCATION), ALL_HANDLES))
    peripheral.authorize(0, data=b"\x07")
    assert central.result(Read(0, 3)) == NrfError.BUSY
    peripheral.authorize(0, status=GattStatus.ATTERR_INSUF_AUTHORIZATION)
    (first,) = answer(central, CharValByUuidReadRspEvent).handle_values
    assert first.value == b"\x07"
    central.ok(CharValueByUuidRead(0, Uuid(LOCATION), ALL_HANDLES))
    peripheral.authorize(0, status=GattStatus.ATTERR_INSUF_AUTHORIZATION)
    refused = answer(central, CharValByUuidReadRspEvent)
    assert (refused.gatt_status, refused.error_handle) == (
        GattStatus.ATTERR_INSUF_AUTHORIZATION,
        first.handle,
    )


def test_several_values_come_end_to_end_and_one_that_fails_fails_them_all() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    handles = tuple(
        peripheral.characteristic(LOCATION, value=bytes([number]) * 12).value_handle for number in (1, 2)
    )
    central.ok(CharValuesRead(0, handles))
    assert answer(central, CharValsReadRspEvent).values == b"\x01" * 12 + b"\x02" * 10
    central.ok(CharValuesRead(0, (handles[0], 0x99)))
    failed = answer(central, CharValsReadRspEvent)
    assert (failed.gatt_status, failed.error_handle, failed.values) == (0x0101, 0x99, b"")


# -- writing


def test_a_long_write_is_prepared_echoed_and_executed() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    value = peripheral.characteristic(CONTROL, max_len=40).value_handle
    text = bytes(range(36))
    for offset in (0, 18):
        piece = text[offset : offset + 18]
        central.ok(Write(0, WriteParams(value, piece, GattOp.PREP_WRITE_REQ, offset=offset)))
        if offset == 0:
            peripheral.lend(0, 64)
        echo = answer(central, WriteRspEvent)
        assert (echo.gatt_status, echo.handle, echo.offset, echo.data) == (0, value, offset, piece)
    central.ok(Write(0, WriteParams(0, write_op=GattOp.EXEC_WRITE_REQ, flags=1)))
    done = answer(central, WriteRspEvent)
    assert (done.gatt_status, done.write_op) == (0, GattOp.EXEC_WRITE_REQ)
    central.ok(Read(0, value, 20))
    assert answer(central, ReadRspEvent).data == text[20:]


@pytest.mark.parametrize(
    "params",
    [
        WriteParams(0, b"\x01"),
        WriteParams(3, b"\x01", offset=1),
        WriteParams(3, b"\x01", write_op=6),
        WriteParams(0, write_op=GattOp.EXEC_WRITE_REQ, flags=2),
    ],
)
def test_a_write_that_makes_no_sense_is_refused(params: WriteParams) -> None:
    _, _, central = joined()
    assert central.result(Write(0, params)) == NrfError.INVALID_PARAM


@pytest.mark.parametrize("op", [GattOp.WRITE_REQ, GattOp.WRITE_CMD, GattOp.PREP_WRITE_REQ])
def test_a_length_without_data_is_a_null_pointer(op: GattOp) -> None:
    _, _, central = joined()
    assert central.result(Write(0, WriteParams(3, None, op, len=1))) == NrfError.INVALID_ADDR


@pytest.mark.parametrize("dialect", [name for name in LATE if name in CENTRALS])
def test_write_commands_have_a_queue_of_the_configured_length(dialect: str) -> None:
    _, peripheral, central = pair("sd_api_v5", dialect)
    central.ok(CfgSet(ConnGattc(3)))
    advertise(peripheral)
    initiate(central, peripheral, tag=1)
    peripheral.after(0)
    central.event(ConnectedEvent)
    peripheral.service()
    value = peripheral.characteristic(CONTROL).value_handle
    assert [write_command(central, value) for _ in range(4)] == [0, 0, 0, NrfError.RESOURCES]
    central.after(0.03)
    assert sum(event.count for event in central.events()) == 3  # type: ignore[union-attr]
    assert write_command(central, value) == 0


@pytest.mark.parametrize("dialect", [name for name in EARLY if name in CENTRALS])
def test_up_to_v3_write_commands_and_notifications_share_a_queue(dialect: str) -> None:
    _, peripheral, central = joined("sd_api_v5", dialect)
    peripheral.service()
    value = peripheral.characteristic(CONTROL).value_handle
    central.service()
    own = central.characteristic(MEASUREMENT)
    subscribe(peripheral, central, own.cccd_handle)
    room = 7 if api(central) == 1 else 3  # of a central, until the host asks for more
    results = [write_command(central, value) for _ in range(room)]
    assert results == [0] * room
    assert write_command(central, value) == 0x3004
    assert central.result(Hvx(0, HvxParams(own.value_handle, data=b"\x01"))) == 0x3004
    central.after(0.03)
    assert sum(event.count for event in central.events()) == room  # type: ignore[union-attr]
    central.ok(Hvx(0, HvxParams(own.value_handle, data=b"\x01")))


# -- what does not come


@pytest.mark.parametrize("dialect", CENTRALS)
def test_an_answer_that_does_not_come_within_30_s_ends_att(dialect: str) -> None:
    air, peripheral, central = joined("sd_api_v5", dialect)
    peripheral.service()
    value = peripheral.characteristic(CONTROL).value_handle
    next(iter(central.device.connections)).params = LONG_SUPERVISION
    air.part(peripheral.device, central.device)
    central.ok(PrimaryServicesDiscover(0, 1))
    central.after(29.9)
    assert central.events() == []
    central.after(0.1)
    assert central.event(TimeoutEvent).src == 0
    air.meet(peripheral.device, central.device)
    central.after(0.1)
    assert central.events() == []
    assert central.result(Read(0, value)) == after_timeout(dialect)


def test_a_command_out_of_reach_keeps_its_place_until_it_has_left() -> None:
    air, peripheral, central = joined()
    peripheral.service()
    value = peripheral.characteristic(CONTROL).value_handle
    air.part(peripheral.device, central.device)
    assert [write_command(central, value) for _ in range(2)] == [0, NrfError.RESOURCES]
    central.after(1)
    assert central.events() == []
    air.meet(peripheral.device, central.device)
    central.after(0.03)
    assert len(central.events()) == 1
    assert write_command(central, value) == 0


def test_an_end_of_the_connection_overtakes_the_answer() -> None:
    air, peripheral, central = joined()
    central.ok(Read(0, 3))
    air.remove(peripheral.device)
    central.after(5)
    assert isinstance(central.events()[-1], DisconnectedEvent)
    assert not central.device.connections


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_an_mtu_is_asked_for_once(dialect: str) -> None:
    _, _, central = joined("sd_api_v2", dialect)
    central.ok(ExchangeMtuRequest(0, 23))
    assert answer(central, ExchangeMtuRspEvent).server_rx_mtu == 23
    assert central.result(ExchangeMtuRequest(0, 23)) == NrfError.INVALID_STATE


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_an_end_names_one_mtu_and_its_server_is_silent_while_it_asks(dialect: str) -> None:
    bench = Bench(dialect, max_mtu=100)
    conn = bench.connected()
    bench.ok(ExchangeMtuRequest(conn, 60))
    bench.after(0)
    asking = bench.peer.exchange_mtu(80)
    assert bench.result(ExchangeMtuReply(conn, 61)) == NrfError.INVALID_PARAM
    bench.ok(ExchangeMtuReply(conn, 60))
    assert asking.result() == 60

    bench = Bench(dialect, max_mtu=100)
    conn, handles = bench.subscribed()
    bench.peer.exchange_mtu(80)
    bench.ok(ExchangeMtuReply(conn, 70))
    assert bench.result(ExchangeMtuRequest(conn, 71)) == NrfError.INVALID_PARAM
    bench.peer.leave()
    bench.ok(ExchangeMtuRequest(conn, 70))
    data = HvxParams(handles.value_handle, data=b"x")
    assert bench.result(Hvx(conn, data)) == NrfError.INVALID_STATE
