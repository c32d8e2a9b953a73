"""Chips in one air: advertising, scanning, connecting, talking and losing each other, as their hosts see it."""

from __future__ import annotations

import asyncio
import gc

import pytest
from device.bench import CONTROL, HEART_RATE, LOCATION, MEASUREMENT, WITH_MTU, Bench
from device.neighbours import (
    ANSWER,
    CENTRALS,
    CHOSEN,
    HIDDEN,
    NAME,
    SOMEBODY,
    TIMING,
    address,
    advertise,
    answer,
    initiate,
    joined,
    listening,
    pair,
    scan,
)

from gatts_codec import (
    BleError,
    ExchangeMtuReply,
    GattStatus,
    Hvx,
    HvxParams,
    NrfError,
    Uuid,
    aconnect,
)
from gatts_codec.constants import HvxType
from gatts_codec.constants.gap import AdvFilterPolicy, HciStatus, Role
from gatts_codec.constants.gattc import GattOp
from gatts_codec.device import Air, ChipFarm, VirtualChip
from gatts_codec.device.connection import Connection
from gatts_codec.device.remote import RemoteChip
from gatts_codec.errors import PeerError
from gatts_codec.packets.common.events import TxCompleteEvent
from gatts_codec.packets.gap.adv_events import AdvReportEvent, AdvReportEventV5, AdvSetTerminatedEvent
from gatts_codec.packets.gap.adv_start import AdvParamsV5, AdvStartV5, AdvStop
from gatts_codec.packets.gap.connect import Connect, ConnectCancel, ConnParamUpdate, Disconnect
from gatts_codec.packets.gap.connection_events import (
    ConnectedEvent,
    ConnParamUpdateEvent,
    ConnParamUpdateRequestEvent,
    DisconnectedEvent,
    TimeoutEvent,
    TimeoutEventV4,
)
from gatts_codec.packets.gap.scan import (
    ScanParamsV5,
    ScanStart,
    ScanStop,
)
from gatts_codec.packets.gap.structs import BleData, ConnParams
from gatts_codec.packets.gap.whitelist import WhitelistSet
from gatts_codec.packets.gattc.char_disc_rsp_event import CharDiscRspEvent
from gatts_codec.packets.gattc.characteristics_discover import CharacteristicsDiscover
from gatts_codec.packets.gattc.desc_disc_rsp_event import DescDiscRspEvent
from gatts_codec.packets.gattc.descriptors_discover import DescriptorsDiscover
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent
from gatts_codec.packets.gattc.hv_confirm import HvConfirm
from gatts_codec.packets.gattc.hvx_event import HvxEvent
from gatts_codec.packets.gattc.prim_srvc_disc_rsp_event import PrimSrvcDiscRspEvent
from gatts_codec.packets.gattc.primary_services_discover import PrimaryServicesDiscover
from gatts_codec.packets.gattc.read import Read
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent
from gatts_codec.packets.gattc.structs import HandleRange
from gatts_codec.packets.gattc.write import Write, WriteParams
from gatts_codec.packets.gattc.write_cmd_tx_complete_event import WriteCmdTxCompleteEvent
from gatts_codec.packets.gattc.write_rsp_event import WriteRspEvent
from gatts_codec.packets.gatts.exchange_mtu_request_event import ExchangeMtuRequestEvent
from gatts_codec.packets.gatts.hvc_event import HvcEvent

# -- advertising and scanning


@pytest.mark.parametrize("dialect", CENTRALS)
def test_a_scanner_reports_what_it_hears_in_its_dialects_form(dialect: str) -> None:
    air, peripheral, central = pair("sd_api_v5", dialect)
    air.move(peripheral.device, central.device, rssi=-77)
    advertise(peripheral)
    scan(central)
    peripheral.after(0)
    (report,) = central.events()
    assert isinstance(report, (AdvReportEvent, AdvReportEventV5))
    assert report.rssi == -77
    assert report.peer_addr.addr == address(peripheral).addr
    data = report.data.data if isinstance(report, AdvReportEvent) else report.data
    assert data == NAME


def test_an_active_scanner_gets_the_scan_response_behind_the_report() -> None:
    _, peripheral, central = pair()
    advertise(peripheral)
    scan(central, active=1)
    peripheral.after(0)
    reports = central.events()
    assert [(report.scan_rsp, report.data) for report in reports if isinstance(report, AdvReportEventV5)] == [
        (0, NAME),
        (1, ANSWER),
    ]


def test_from_v6_on_the_scanner_waits_after_each_report() -> None:
    _, peripheral, central = pair("sd_api_v7", "sd_api_v6")
    advertise(peripheral)
    scan(central, active=1)
    for _ in range(5):
        peripheral.after(0.2)
    assert central.event(AdvReportEvent).data.data == NAME
    central.ok(ScanStart(None, BleData(1, 31)))
    assert central.event(AdvReportEvent).type.scan_response == 1
    peripheral.after(0.2)
    assert central.events() == []
    central.ok(ScanStart(None, BleData(1, 31)))
    peripheral.after(0.2)
    assert central.event(AdvReportEvent).type.scan_response == 0


@pytest.mark.parametrize("dialect", ["sd_api_v5", "sd_api_v7"])
@pytest.mark.parametrize(("kind", "answers"), [("scannable", True), ("deaf", False)])
def test_only_scannable_types_answer_a_scan(dialect: str, kind: str, answers: bool) -> None:
    _, peripheral, central = pair(dialect)
    advertise(peripheral, kind)
    scan(central, active=1)
    peripheral.after(0)
    assert len(central.events()) == 1 + answers


def test_directed_advertising_is_for_its_target_alone() -> None:
    air, peripheral, central = pair()
    other = Bench()
    air.add(other.device)
    advertise(peripheral, "directed", peer_addr=address(central), interval=160)
    for bench in (central, other):
        scan(bench)
    peripheral.after(0)
    target = central.event(AdvReportEventV5).direct_addr
    assert target is not None
    assert target.addr == address(central).addr
    assert other.events() == []


def test_a_scanner_with_a_whitelist_reports_nobody_else() -> None:
    _, peripheral, central = pair()
    central.ok(WhitelistSet((SOMEBODY,)))
    advertise(peripheral)
    scan(central, use_whitelist=1)
    peripheral.after(0)
    assert central.events() == []
    central.device.gap.whitelist = (address(peripheral),)
    peripheral.after(0.2)
    central.event(AdvReportEventV5)


def test_an_advertiser_is_heard_once_an_interval_and_by_chance_up_to_10_ms_later() -> None:
    _, peripheral, central = pair()
    advertise(peripheral)
    scan(central)
    while peripheral.now < 10:
        due = peripheral.device.next_deadline()
        assert due is not None
        peripheral.now = due
        peripheral.after(0)
    assert 10 / 0.11 <= len(central.events()) <= 10 / 0.1 + 1


def test_advertising_ends_after_so_many_events() -> None:
    _, peripheral, _ = pair("sd_api_v6")
    advertise(peripheral, max_adv_evts=3)
    for _ in range(9):
        peripheral.after(0.2)
    ended = peripheral.event(AdvSetTerminatedEvent)
    assert (ended.reason, ended.num_completed_adv_events) == (2, 3)
    assert peripheral.device.next_deadline() is None


def test_loss_reach_and_stopping_silence_an_advertiser() -> None:
    air, peripheral, central = pair()
    advertise(peripheral)
    scan(central)
    air.loss = 1.0
    peripheral.after(0)
    air.loss = 0.0
    air.part(peripheral.device, central.device)
    peripheral.after(0.2)
    air.meet(peripheral.device, central.device)
    central.ok(ScanStop())
    peripheral.after(0.2)
    peripheral.ok(AdvStop())
    peripheral.after(0.2)
    assert central.events() == []


# -- connecting


@pytest.mark.parametrize("dialect", CENTRALS)
@pytest.mark.parametrize("other", ["s110_v8", "sd_api_v2", "sd_api_v6"])
def test_both_hosts_learn_of_the_connection(dialect: str, other: str) -> None:
    _, peripheral, central = pair(other, dialect)
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    theirs, ours = peripheral.event(ConnectedEvent), central.event(ConnectedEvent)
    assert (theirs.peer_addr.addr, ours.peer_addr.addr) == (address(central).addr, address(peripheral).addr)
    assert theirs.conn_params == ours.conn_params == CHOSEN
    assert ours.role == Role.CENTRAL
    assert theirs.role in (Role.PERIPH, None)
    assert not peripheral.device.gap.advertising
    for bench, reason in ((central, HciStatus.LOCAL_HOST_TERMINATED_CONNECTION), (peripheral, 0x3B)):
        if bench is central:
            central.ok(Disconnect(0, HciStatus.CONN_INTERVAL_UNACCEPTABLE))
        assert bench.event(DisconnectedEvent).reason == reason


@pytest.mark.parametrize("kind", ["scannable", "deaf"])
def test_nobody_connects_to_what_takes_no_connections(kind: str) -> None:
    _, peripheral, central = pair()
    advertise(peripheral, kind)
    initiate(central, peripheral, seconds=2)
    peripheral.after(0)
    assert central.events() == []
    central.after(2)
    assert central.event(TimeoutEvent).src == 2


def test_connecting_times_out_by_the_dialects_source_and_can_be_cancelled() -> None:
    _, peripheral, central = pair("sd_api_v5", "sd_api_v3")
    initiate(central, peripheral, seconds=1)
    central.after(1)
    assert central.event(TimeoutEventV4).src == 3
    initiate(central, peripheral)
    central.ok(ConnectCancel())
    advertise(peripheral)
    peripheral.after(0)
    assert central.events() == []


def test_an_advertiser_with_a_filter_takes_connections_of_the_whitelist_alone() -> None:
    _, peripheral, central = pair()
    peripheral.ok(WhitelistSet((SOMEBODY,)))
    advertise(peripheral, data=HIDDEN, filter_policy=AdvFilterPolicy.FILTER_CONNREQ)
    initiate(central, peripheral)
    peripheral.after(0)
    assert central.events() == []
    peripheral.device.gap.whitelist = (address(central),)
    peripheral.after(0.2)
    central.event(ConnectedEvent)


def test_no_room_for_another_connection() -> None:
    air, peripheral, central = joined(max_connections=1)
    other = Bench("sd_api_v5", max_connections=1)
    air.add(other.device)
    assert peripheral.result(AdvStartV5(AdvParamsV5(), 0)) == NrfError.CONN_COUNT
    advertise(peripheral, "scannable")
    initiate(other, peripheral)
    peripheral.after(0.2)
    assert other.events() == []
    command = Connect(address(central), listening(peripheral), TIMING)
    assert peripheral.result(command) == NrfError.CONN_COUNT


# -- loss


def test_in_a_connection_what_is_lost_comes_later_and_in_order() -> None:
    air, peripheral, central = joined(notification_queue=20)
    peripheral.service()
    handles = peripheral.characteristic(value=b"\x2a")
    central.ok(Write(0, WriteParams(handles.cccd_handle, b"\x01\x00")))
    answer(central, WriteRspEvent)
    air.loss = 0.5
    waited = []
    for _ in range(40):
        began = central.now
        central.ok(Read(0, handles.value_handle))
        while not (found := central.events()):
            central.after(0.03)
        assert len(found) == 1
        waited.append(round((central.now - began) / 0.03))
    assert min(waited) == 1
    assert max(waited) > 2
    for number in range(20):
        peripheral.ok(Hvx(0, HvxParams(handles.value_handle, data=bytes([number]))))
        peripheral.after(0.03)
    peripheral.after(4)
    heard = [event.data[0] for event in central.events() if isinstance(event, HvxEvent)]
    assert heard == list(range(20))


def ends_in_memory() -> int:
    gc.collect()
    return sum(isinstance(one, (Connection, RemoteChip)) for one in gc.get_objects())


def test_of_a_thousand_connections_made_and_lost_nothing_is_left() -> None:
    before = ends_in_memory()
    air, peripheral, central = pair()
    air.loss = 0.05
    peripheral.service()
    value = peripheral.characteristic(LOCATION, value=b"\x01").value_handle
    reasons = set()
    for number in range(1000):
        advertise(peripheral)
        initiate(central, peripheral)
        while not central.device.connections:
            peripheral.after(0.1)
        now = peripheral.now = central.now = max(peripheral.now, central.now)
        central.ok(Read(0, value))
        if number % 2:
            central.ok(Disconnect(0, HciStatus.REMOTE_USER_TERMINATED_CONNECTION))
        else:
            air.part(peripheral.device, central.device)
            for bench in (peripheral, central):
                bench.after(5)
            air.meet(peripheral.device, central.device)
        for bench in (peripheral, central):
            assert not bench.device.connections
            reasons.add(bench.events()[-1].reason)  # type: ignore[union-attr]
            bench.now = now + 6
            bench.after(0)
    assert reasons == {0x08, 0x13, 0x16}
    assert ends_in_memory() - before <= 4  # each chip remembers the connection that closed last


# -- losing each other


def test_out_of_reach_both_lose_the_connection_when_the_supervision_timeout_is_over() -> None:
    air, peripheral, central = joined()
    air.part(peripheral.device, central.device)
    for bench in (peripheral, central):
        bench.after(3.9)
        assert bench.events() == []
    for bench in (peripheral, central):
        bench.after(0.2)
        assert bench.event(DisconnectedEvent).reason == HciStatus.CONNECTION_TIMEOUT


def test_back_in_time_what_waited_arrives() -> None:
    air, peripheral, central = joined()
    air.part(peripheral.device, central.device)
    central.ok(Read(0, 3))
    assert central.events() == []
    assert central.result(Read(0, 3)) == NrfError.BUSY
    air.meet(peripheral.device, central.device)
    assert answer(central, ReadRspEvent).data == b"nRF5x"
    central.after(10)
    assert central.events() == []


def test_a_chip_that_restarts_or_leaves_is_lost() -> None:
    air, peripheral, central = joined()
    peripheral.device.reboot()
    assert central.event(DisconnectedEvent).reason == HciStatus.CONNECTION_TIMEOUT
    air.remove(peripheral.device)
    with pytest.raises(PeerError, match="not in this air"):
        air.remove(peripheral.device)


# -- timing and strength


@pytest.mark.parametrize("accepts", [True, False])
def test_a_peripheral_asks_for_other_timing_and_the_central_decides(accepts: bool) -> None:
    _, peripheral, central = joined()
    wish = ConnParams(6, 12, 0, 200)
    peripheral.ok(ConnParamUpdate(0, wish))
    assert peripheral.result(ConnParamUpdate(0, wish)) == NrfError.BUSY
    assert central.event(ConnParamUpdateRequestEvent).conn_params == wish
    central.ok(ConnParamUpdate(0, wish if accepts else None))
    outcome = ConnParams(12, 12, 0, 200) if accepts else CHOSEN
    assert peripheral.event(ConnParamUpdateEvent).conn_params == outcome
    assert central.events() == [ConnParamUpdateEvent(0, outcome)] * accepts
    assert central.result(ConnParamUpdate(0, None)) == NrfError.INVALID_PARAM


# -- the GATT client


def test_discovery_is_one_answer_a_call() -> None:
    _, peripheral, central = joined("sd_api_v6", "sd_api_v5")
    service = peripheral.service()
    handles = peripheral.characteristic(MEASUREMENT)
    central.ok(PrimaryServicesDiscover(0, 1))
    found = answer(central, PrimSrvcDiscRspEvent)
    assert [one.uuid.uuid for one in found.services] == [0x1800, 0x1801, HEART_RATE]
    assert found.services[-1].handle_range == HandleRange(service, 0xFFFF)
    central.ok(PrimaryServicesDiscover(0, 1, Uuid(HEART_RATE)))
    assert [one.handle_range.start_handle for one in answer(central, PrimSrvcDiscRspEvent).services] == [
        service
    ]
    central.ok(CharacteristicsDiscover(0, HandleRange(service, 0xFFFF)))
    (char,) = answer(central, CharDiscRspEvent).chars
    assert (char.handle_value, char.uuid, char.char_props.notify) == (
        handles.value_handle,
        Uuid(MEASUREMENT),
        1,
    )
    central.ok(DescriptorsDiscover(0, HandleRange(handles.value_handle + 1, 0xFFFF)))
    descs = answer(central, DescDiscRspEvent).descs
    assert [(one.handle, one.uuid.uuid) for one in descs] == [(handles.cccd_handle, 0x2902)]
    central.ok(CharacteristicsDiscover(0, HandleRange(handles.value_handle, 0xFFFF)))
    end = answer(central, CharDiscRspEvent)
    assert (end.gatt_status, end.error_handle) == (
        GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND,
        handles.value_handle,
    )


def test_values_are_read_and_written_and_errors_name_the_handle() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    value = peripheral.characteristic(LOCATION, value=b"\x01").value_handle
    central.ok(Write(0, WriteParams(value, b"\x02\x03")))
    written = answer(central, WriteRspEvent)
    assert (written.gatt_status, written.handle, written.write_op) == (0, value, GattOp.WRITE_REQ)
    central.ok(Read(0, value))
    assert answer(central, ReadRspEvent).data == b"\x02\x03"
    central.ok(Read(0, 0x99))
    missing = answer(central, ReadRspEvent)
    assert (missing.gatt_status, missing.error_handle, missing.handle) == (0x0101, 0x99, 0x99)
    assert (
        central.result(Write(0, WriteParams(value, bytes(20), GattOp.WRITE_CMD, offset=1)))
        == NrfError.INVALID_PARAM
    )


def test_a_request_that_the_application_has_to_decide_keeps_the_client_busy() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    value = peripheral.characteristic(CONTROL, wr_auth=1).value_handle
    central.ok(Write(0, WriteParams(value, b"\x07")))
    for another in (Read(0, value), PrimaryServicesDiscover(0, 1)):
        assert central.result(another) == NrfError.BUSY
    assert central.events() == []
    assert peripheral.authorize(0, data=b"\x07") == 0
    assert answer(central, WriteRspEvent).gatt_status == 0


@pytest.mark.parametrize("dialect", CENTRALS)
def test_a_write_command_is_counted_as_the_dialect_does(dialect: str) -> None:
    _, peripheral, central = joined("sd_api_v5", dialect)
    peripheral.service()
    value = peripheral.characteristic(CONTROL).value_handle
    central.ok(Write(0, WriteParams(value, b"\x09", GattOp.WRITE_CMD)))
    kind = WriteCmdTxCompleteEvent if central.device.profile.counts_notifications else TxCompleteEvent
    sent = answer(central, kind)
    assert isinstance(sent, (WriteCmdTxCompleteEvent, TxCompleteEvent))
    assert sent.count == 1


def test_notifications_leave_at_the_interval_and_indications_wait_for_the_confirmation() -> None:
    _, peripheral, central = joined()
    peripheral.service()
    handles = peripheral.characteristic()
    central.ok(Write(0, WriteParams(handles.cccd_handle, b"\x03\x00")))
    answer(central, WriteRspEvent)
    peripheral.ok(Hvx(0, HvxParams(handles.value_handle, data=b"\x2a")))
    assert central.events() == []
    peripheral.after(0.03)
    heard = central.event(HvxEvent)
    assert (heard.handle, heard.type, heard.data) == (handles.value_handle, HvxType.NOTIFICATION, b"\x2a")
    peripheral.events()
    peripheral.ok(Hvx(0, HvxParams(handles.value_handle, type=HvxType.INDICATION, data=b"\x2b")))
    assert central.event(HvxEvent).type == HvxType.INDICATION
    assert central.result(HvConfirm(0, 1)) == BleError.INVALID_ATTR_HANDLE
    central.ok(HvConfirm(0, handles.value_handle))
    assert central.result(HvConfirm(0, handles.value_handle)) == NrfError.INVALID_STATE
    assert peripheral.event(HvcEvent).handle == handles.value_handle


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_both_ends_use_the_smaller_mtu(dialect: str) -> None:
    air = Air()
    peripheral, central = Bench("sd_api_v5", max_mtu=100), Bench(dialect, max_mtu=247)
    air.add(peripheral.device)
    air.add(central.device)
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    for bench in (peripheral, central):
        bench.events()
    central.ok(ExchangeMtuRequest(0, 247))
    assert peripheral.event(ExchangeMtuRequestEvent).client_rx_mtu == 247
    peripheral.ok(ExchangeMtuReply(0, 100))
    assert answer(central, ExchangeMtuRspEvent).server_rx_mtu == 100
    assert [next(iter(bench.device.connections)).mtu for bench in (peripheral, central)] == [100, 100]


# -- hosts


def test_two_hosts_in_one_loop_meet() -> None:
    asyncio.run(_meet())


async def _meet() -> None:
    air = Air(seed=3)
    chips = iter(["sd_api_v5", "sd_api_v3"])
    async with (
        ChipFarm(lambda: air.add(VirtualChip(next(chips)))) as farm,
        aconnect(farm.open_memory(), "sd_api_v5") as sensor,
        aconnect(farm.open_memory(), "sd_api_v3") as phone,
    ):
        own = (await sensor.gap.addr_get()).addr
        await sensor.call(AdvStartV5(AdvParamsV5(interval=32)))
        await phone.call(Connect(own, ScanParamsV5(interval=16, window=16), TIMING))
        event = await phone.wait_for(ConnectedEvent)
        assert event.role == Role.CENTRAL
        await phone.gattc.read(event.conn_handle, 3)
        assert (await phone.wait_for(ReadRspEvent)).data == b"nRF5x"
