"""L2CAP channels between two chips of one air."""

from __future__ import annotations

from typing import Any

import pytest
from device.bench import Bench
from device.neighbours import TIMING, address, advertise, listening, pair

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import HciStatus
from gatts_codec.constants.gattc import ChStatus
from gatts_codec.packets.common.cfg_set import CfgSet, ConnL2cap
from gatts_codec.packets.gap.connect import Connect, Disconnect
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.l2cap.ch_credit_event import ChCreditEvent
from gatts_codec.packets.l2cap.ch_flow_control import ChFlowControl
from gatts_codec.packets.l2cap.ch_release import ChRelease
from gatts_codec.packets.l2cap.ch_released_event import ChReleasedEvent
from gatts_codec.packets.l2cap.ch_rx import ChRx
from gatts_codec.packets.l2cap.ch_rx_event import ChRxEvent
from gatts_codec.packets.l2cap.ch_sdu_buf_released_event import ChSduBufReleasedEvent
from gatts_codec.packets.l2cap.ch_setup import ChRxParams, ChSetup, ChSetupParams
from gatts_codec.packets.l2cap.ch_setup_event import ChSetupEvent
from gatts_codec.packets.l2cap.ch_setup_refused_event import ChSetupRefusedEvent
from gatts_codec.packets.l2cap.ch_setup_request_event import ChSetupRequestEvent
from gatts_codec.packets.l2cap.ch_tx import ChTx
from gatts_codec.packets.l2cap.ch_tx_event import ChTxEvent
from gatts_codec.packets.l2cap.structs import ChTxParams, SduBuf

DIALECTS = ["sd_api_v5", "sd_api_v6", "sd_api_v7"]
PSM, NEW, NONE = 0x0080, 0xFFFF, SduBuf(0, None, 0)
CHANNELS = ConnL2cap(rx_mps=50, tx_mps=40, rx_queue_size=2, tx_queue_size=2, ch_count=1)


def joined(dialect: str = "sd_api_v7", other: ConnL2cap | None = CHANNELS) -> tuple[Bench, Bench]:
    _, peripheral, central = pair(dialect, dialect)
    central.ok(CfgSet(CHANNELS))
    if other is not None:
        peripheral.ok(CfgSet(other))
    advertise(peripheral)
    central.ok(Connect(address(peripheral), listening(central), TIMING, 1))
    peripheral.after(0)
    for bench in (peripheral, central):
        bench.event(ConnectedEvent)
    return peripheral, central


def params(buffer: SduBuf = NONE, *, mtu: int = 100, mps: int = 50, status: int = 0) -> ChSetupParams:
    return ChSetupParams(ChRxParams(mtu, mps, buffer), PSM, status)


def passing(*benches: Bench) -> None:
    for _ in range(3):
        for bench in benches:
            bench.after(0.03)


def open_channel(dialect: str = "sd_api_v7", buffer: SduBuf = NONE) -> tuple[Bench, int, Bench, int]:
    """The ends of a channel; the buffer is the peripheral's."""
    peripheral, central = joined(dialect)
    cid = central.ok(ChSetup(0, NEW, params())).local_cid
    passing(peripheral, central)
    there = peripheral.event(ChSetupRequestEvent).local_cid
    peripheral.ok(ChSetup(0, there, params(buffer)))
    peripheral.event(ChSetupEvent)
    passing(peripheral, central)
    central.event(ChSetupEvent)
    return peripheral, there, central, cid


@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_ends_learn_what_they_may_send(dialect: str) -> None:
    peripheral, central = joined(dialect)
    cid = central.ok(ChSetup(0, NEW, params(SduBuf(1, None, 100), mtu=90))).local_cid
    passing(peripheral, central)
    request = peripheral.event(ChSetupRequestEvent)
    assert request == ChSetupRequestEvent(0, request.local_cid, PSM, ChTxParams(90, 50, 40, 1))
    peripheral.ok(ChSetup(0, request.local_cid, params(mtu=80, mps=30)))
    assert peripheral.event(ChSetupEvent).tx_params == request.tx_params
    passing(peripheral, central)
    assert central.event(ChSetupEvent) == ChSetupEvent(0, cid, ChTxParams(80, 30, 30, 0))


@pytest.mark.parametrize(
    ("other", "status"),
    [(None, ChStatus.LE_PSM_NOT_SUPPORTED), (ConnL2cap(50, 50, 1, 1, 0), ChStatus.LE_PSM_NOT_SUPPORTED)],
)
def test_a_chip_without_channels_refuses_by_itself(other: Any, status: int) -> None:
    peripheral, central = joined(other=other)
    cid = central.ok(ChSetup(0, NEW, params(SduBuf(7, None, 100)))).local_cid
    passing(peripheral, central)
    released, refused = central.events()
    assert isinstance(released, ChSduBufReleasedEvent)
    assert refused == ChSetupRefusedEvent(0, cid, 2, status)
    assert peripheral.events() == []


def test_a_host_refuses() -> None:
    peripheral, central = joined()
    cid = central.ok(ChSetup(0, NEW, params())).local_cid
    assert central.result(ChSetup(0, NEW, params())) == NrfError.RESOURCES
    passing(peripheral, central)
    there = peripheral.event(ChSetupRequestEvent).local_cid
    peripheral.ok(ChSetup(0, there, params(status=ChStatus.INSUFF_ENC)))
    assert peripheral.event(ChSetupRefusedEvent) == ChSetupRefusedEvent(0, there, 1, ChStatus.INSUFF_ENC)
    passing(peripheral, central)
    assert central.event(ChSetupRefusedEvent) == ChSetupRefusedEvent(0, cid, 2, ChStatus.INSUFF_ENC)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_data_wait_for_credits_and_fill_the_buffers_in_order(dialect: str) -> None:
    peripheral, there, central, cid = open_channel(dialect)
    central.ok(ChTx(0, cid, SduBuf(1, b"first")))
    central.ok(ChTx(0, cid, SduBuf(2, b"second one")))
    assert central.result(ChTx(0, cid, SduBuf(3, b"third"))) == NrfError.RESOURCES
    passing(central, peripheral)
    assert (central.events(), peripheral.events()) == ([], [])
    for number in (11, 12):
        peripheral.ok(ChRx(0, there, SduBuf(number, None, 6)))
    assert peripheral.result(ChRx(0, there, SduBuf(13, None, 6))) == NrfError.RESOURCES
    passing(central, peripheral)
    passing(central, peripheral)
    assert [type(event) for event in central.events()] == [ChCreditEvent, ChTxEvent] * 2
    first, second = peripheral.events()
    assert first == ChRxEvent(0, there, 5, SduBuf(11, b"first"))
    assert second == ChRxEvent(0, there, 10, SduBuf(12, b"second"))


def test_a_long_sdu_costs_several_credits() -> None:
    peripheral, there, central, cid = open_channel()
    peripheral.ok(ChRx(0, there, SduBuf(11, None, 100)))
    central.ok(ChTx(0, cid, SduBuf(1, bytes(79))))  # with its length three packets of at most 40 bytes
    passing(peripheral, central)
    assert [type(event) for event in central.events()] == [ChCreditEvent]
    assert peripheral.ok(ChFlowControl(0, there, 3)).credits == 3
    passing(peripheral, central)
    assert [type(event) for event in central.events()] == [ChCreditEvent, ChTxEvent]
    assert central.result(ChTx(0, cid, SduBuf(2, bytes(101)))) == NrfError.DATA_SIZE


def test_a_channel_is_given_up_and_what_was_lent_goes_back() -> None:
    peripheral, there, central, cid = open_channel(buffer=SduBuf(9, None, 100))
    central.ok(ChRelease(0, cid))
    assert central.result(ChRelease(0, cid)) == NrfError.INVALID_STATE
    passing(peripheral, central)
    released, gone = peripheral.events()
    assert isinstance(released, ChSduBufReleasedEvent)
    assert (released.sdu_buf.buf_id, gone) == (9, ChReleasedEvent(0, there))
    assert central.event(ChReleasedEvent) == ChReleasedEvent(0, cid)
    assert central.result(ChRelease(0, cid)) == NrfError.NOT_FOUND


def test_a_connection_takes_its_channels_along() -> None:
    peripheral, there, central, cid = open_channel()
    central.ok(Disconnect(0, HciStatus.REMOTE_USER_TERMINATED_CONNECTION))
    for bench, own in ((central, cid), (peripheral, there)):
        gone, lost = bench.events()
        assert gone == ChReleasedEvent(0, own)
        assert isinstance(lost, DisconnectedEvent)


def test_sizes_that_do_not_go() -> None:
    _, central = joined()
    assert central.result(ChSetup(0, NEW, params(mps=22))) == NrfError.INVALID_PARAM
    assert central.result(ChSetup(0, NEW, params(mps=51))) == NrfError.INVALID_LENGTH
    assert central.result(ChTx(0, 0x40, SduBuf(1, b"x"))) == NrfError.NOT_FOUND


def test_a_request_that_nobody_answers_fails() -> None:
    peripheral, central = joined()
    cid = central.ok(ChSetup(0, NEW, params(SduBuf(1, None, 50)))).local_cid
    passing(peripheral, central)
    peripheral.event(ChSetupRequestEvent)
    central.after(29.0)
    assert central.events() == []
    central.after(1.0)
    released, refused = central.events()
    assert released == ChSduBufReleasedEvent(0, cid, SduBuf(1, None, 50))
    assert refused == ChSetupRefusedEvent(0, cid, 2, ChStatus.TIMEOUT)


# -- the firmware's own eight buffers


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_call_that_fails_costs_a_buffer_and_the_ninth_the_chip(dialect: str) -> None:
    for command in (
        ChTx(0, 0x40, SduBuf(1, b"data")),
        ChRx(0, 0x40, SduBuf(1, None, 50)),
        ChSetup(0, NEW, params(SduBuf(1, None, 50))),
    ):
        bench = Bench(dialect)
        for _ in range(8):
            assert bench.result(command) == BleError.INVALID_CONN_HANDLE
        assert bench.faults_at(bench.codec.pack(command))
        assert bench.result(command) == BleError.INVALID_CONN_HANDLE  # restarted


@pytest.mark.parametrize("dialect", DIALECTS)
def test_without_a_buffer_none_is_taken(dialect: str) -> None:
    bench = Bench(dialect)
    for command in (ChTx(0, 0x40, SduBuf(0, None, 4)), ChTx(0, 0x40, None), ChSetup(0, NEW, params())):
        for _ in range(9):
            assert bench.result(command) == BleError.INVALID_CONN_HANDLE


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_sent_and_received_gives_the_buffers_back(dialect: str) -> None:
    peripheral, there, central, cid = open_channel(dialect, SduBuf(1, None, 50))
    for _ in range(10):
        central.ok(ChTx(0, cid, SduBuf(1, b"data")))
        passing(central, peripheral)
        peripheral.ok(ChRx(0, there, SduBuf(1, None, 50)))
        passing(central, peripheral)
    assert [type(event) for event in peripheral.events()].count(ChRxEvent) == 10


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_end_gives_them_back_but_for_those_to_be_sent_without_data(dialect: str) -> None:
    """The ninth of those ends the chip, whatever is in between."""
    bench, there, central, cid = open_channel(dialect, SduBuf(1, None, 50))
    sent = ChTx(0, cid, SduBuf(1, None, 4))
    for _ in range(8):
        central.ok(sent)
        passing(central, bench)
        bench.ok(ChRx(0, there, SduBuf(1, None, 50)))
        passing(central, bench)
    central.events()
    assert bench.device.sdu_pool.left == 7
    bench.ok(Disconnect(0, HciStatus.REMOTE_USER_TERMINATED_CONNECTION))
    passing(central, bench)
    assert bench.device.sdu_pool.left == 8
    central.events()
    assert central.faults_at(central.codec.pack(sent))
