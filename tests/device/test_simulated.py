"""What a host meets at a simulated peer; connectionless channels, up to v3; the survey of channels, from v6 on."""

from __future__ import annotations

from typing import Any

import pytest
from device.bench import ALL, EARLY, LATE, WITH_MTU, Bench
from device.neighbours import CENTRALS, api, joined

from gatts_codec import BleError, Command, GattStatus, NrfError, Uuid
from gatts_codec.common import CfgSet, ConnL2cap, RoleCount, TxCompleteEvent
from gatts_codec.constants.gap import SecStatus, SecStatusSource
from gatts_codec.constants.gattc import ChStatus, GattOp
from gatts_codec.gap import (
    Authenticate,
    AuthStatusEvent,
    QosChannelSurveyReportEvent,
    QosChannelSurveyStart,
    QosChannelSurveyStop,
    SecParams,
)
from gatts_codec.gattc import (
    AttrInfoDiscover,
    CharacteristicsDiscover,
    CharValueByUuidRead,
    CharValuesRead,
    DescriptorsDiscover,
    ExchangeMtuRequest,
    ExchangeMtuRspEvent,
    HandleRange,
    HvConfirm,
    PrimaryServicesDiscover,
    Read,
    RelationshipsDiscover,
    Write,
    WriteParams,
)
from gatts_codec.l2cap import (
    ChRxParams,
    ChSetup,
    ChSetupParams,
    ChSetupRefusedEvent,
    CidRegister,
    CidUnregister,
    Header,
    RxEvent,
    SduBuf,
    Tx,
)

SURVEYED = [name for name in LATE if api(Bench(name)) >= 6]
ALL_HANDLES = HandleRange(1, 0xFFFF)


def answered(bench: Bench, command: Command[Any]) -> Any:
    """The event that a call of the client leads to."""
    bench.ok(command)
    bench.after(0)
    (event,) = bench.events()
    return event


@pytest.mark.parametrize("dialect", ALL)
def test_a_simulated_peer_has_no_attributes(dialect: str) -> None:
    bench = Bench(dialect)
    assert bench.result(Read(0, 3, 0)) == BleError.INVALID_CONN_HANDLE
    conn = bench.connected()
    searches: list[Command[Any]] = [
        PrimaryServicesDiscover(conn, 1),
        RelationshipsDiscover(conn, ALL_HANDLES),
        CharacteristicsDiscover(conn, ALL_HANDLES),
        DescriptorsDiscover(conn, ALL_HANDLES),
        CharValueByUuidRead(conn, Uuid(0x2A00), ALL_HANDLES),
    ]
    if api(bench) >= 2:
        searches.append(AttrInfoDiscover(conn, ALL_HANDLES))
    for search in searches:
        found = answered(bench, search)
        assert (found.gatt_status, found.error_handle) == (GattStatus.ATTERR_ATTRIBUTE_NOT_FOUND, 1)
    for call in (Read(conn, 3, 0), CharValuesRead(conn, (3, 5)), Write(conn, WriteParams(3, b"\1"))):
        assert answered(bench, call).gatt_status == GattStatus.ATTERR_INVALID_HANDLE
    assert answered(bench, Write(conn, WriteParams(0, write_op=GattOp.EXEC_WRITE_REQ))).gatt_status == 0
    bench.ok(Write(conn, WriteParams(3, b"\1", GattOp.WRITE_CMD)))
    bench.after(0)
    assert len(bench.events()) == 1  # it has gone out
    assert bench.result(HvConfirm(conn, 3)) == NrfError.INVALID_STATE
    signed = Write(conn, WriteParams(3, b"\1", GattOp.SIGN_WRITE_CMD))
    assert bench.result(signed) == NrfError.INVALID_STATE


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_a_simulated_peer_takes_the_mtu_of_a_phone(dialect: str) -> None:
    bench = Bench(dialect, max_mtu=300)
    conn = bench.connected()
    assert answered(bench, ExchangeMtuRequest(conn, 300)) == ExchangeMtuRspEvent(conn, 0, 0, 247)
    assert bench.device.connections.require(conn).mtu == 247


@pytest.mark.parametrize("dialect", [name for name in ALL if api(Bench(name)) >= 2])
def test_a_simulated_peer_does_not_pair(dialect: str) -> None:
    bench = Bench(dialect)
    conn = bench.connected()
    bench.ok(Authenticate(conn, SecParams()))
    status = bench.event(AuthStatusEvent)
    assert (status.auth_status, status.error_src) == (SecStatus.PAIRING_NOT_SUPP, SecStatusSource.REMOTE)
    bench.ok(Authenticate(conn, SecParams()))


def test_out_of_reach_a_simulated_peer_answers_nothing() -> None:
    bench = Bench()
    conn = bench.connected()
    bench.peer.leave()
    bench.ok(Read(conn, 3, 0))
    bench.ok(Authenticate(conn, SecParams()))
    bench.after(1)
    assert bench.events() == []
    assert bench.result(Read(conn, 3, 0)) == NrfError.BUSY


def test_a_simulated_peer_refuses_channels() -> None:
    bench = Bench("sd_api_v7")
    bench.ok(CfgSet(ConnL2cap(50, 50, 1, 1, 1)))
    conn = bench.connected()
    params = ChSetupParams(ChRxParams(50, 50, SduBuf(0, None, 0)), 0x80, 0)
    bench.ok(ChSetup(conn, 0, params))
    assert bench.event(ChSetupRefusedEvent).status == ChStatus.LE_PSM_NOT_SUPPORTED


# -- connectionless channels

CID = 0x0040


def said(data: bytes, cid: int = CID) -> Tx:
    return Tx(0, Header(len(data), cid), data)


@pytest.mark.parametrize("dialect", EARLY)
def test_registering_channels(dialect: str) -> None:
    bench = Bench(dialect)
    for command in (CidRegister(CID - 1), CidUnregister(CID - 1)):
        assert bench.result(command) == NrfError.INVALID_PARAM
    assert bench.result(CidUnregister(CID)) == NrfError.NOT_FOUND
    for number in range(8):
        bench.ok(CidRegister(CID + number))
    assert bench.result(CidRegister(CID)) == BleError.L2CAP_CID_IN_USE
    assert bench.result(CidRegister(CID + 8)) == NrfError.NO_MEM
    bench.ok(CidUnregister(CID))
    assert bench.result(said(b"1")) == BleError.INVALID_CONN_HANDLE
    bench.connected()
    assert bench.result(said(b"1")) == NrfError.INVALID_PARAM
    assert bench.result(Tx(0, None, None)) == NrfError.INVALID_ADDR
    assert bench.result(said(bytes(24), CID + 1)) == NrfError.DATA_SIZE
    bench.ok(said(bytes(23), CID + 1))  # a simulated peer takes no notice
    bench.after(0)
    assert bench.event(TxCompleteEvent) == TxCompleteEvent(0, 1)


@pytest.mark.parametrize("dialect", [name for name in EARLY if name in CENTRALS])
def test_what_is_sent_on_a_channel_arrives_where_it_is_registered(dialect: str) -> None:
    _, peripheral, central = joined("s110_v8", dialect)
    central.ok(CidRegister(CID))
    central.ok(said(b"lost"))
    peripheral.after(0.03)
    assert peripheral.events() == []
    peripheral.ok(CidRegister(CID))
    room = 7 if api(central) == 1 else 3  # of a central, until the host asks for more
    sent = [central.result(said(b"heard")) for _ in range(room)]
    # The queue is that of notifications: the first one still waits.
    assert sent == [0] * (room - 1) + [0x3004]
    peripheral.after(0.03)
    heard = [event for event in peripheral.events() if isinstance(event, RxEvent)]
    assert heard == [RxEvent(0, Header(5, CID), b"heard")] * (room - 1)
    central.after(0.03)
    assert central.events() == [TxCompleteEvent(0, 1)] * room


# -- the survey


@pytest.mark.parametrize("dialect", SURVEYED)
def test_a_survey_of_channels(dialect: str) -> None:
    bench = Bench(dialect)
    assert bench.result(QosChannelSurveyStart(0)) == NrfError.RESOURCES
    bench.ok(CfgSet(RoleCount(1, qos_channel_survey_role_available=1)))
    for interval_us in (7499, 4_000_001):
        assert bench.result(QosChannelSurveyStart(interval_us)) == NrfError.INVALID_PARAM
    assert bench.result(QosChannelSurveyStop()) == NrfError.INVALID_STATE
    bench.ok(QosChannelSurveyStart(500_000))
    assert bench.result(QosChannelSurveyStart(0)) == NrfError.INVALID_STATE
    assert bench.device.next_deadline() == 0.5
    bench.after(0.5)
    report = bench.event(QosChannelSurveyReportEvent)
    assert report.conn_handle == 0xFFFF
    assert len(report.channel_energy) == 40
    bench.ok(QosChannelSurveyStop())
    bench.after(2)
    assert bench.events() == []
