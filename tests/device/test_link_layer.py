"""Radio modes, packet lengths, signal strength and timing between two chips of one air."""

from __future__ import annotations

from typing import Any

import pytest
from device.neighbours import (
    CHOSEN,
    TIMING,
    address,
    advertise,
    answer,
    api,
    initiate,
    joined,
    listening,
    pair,
)

from gatts_codec import Command
from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import HciStatus, Phy
from gatts_codec.packets.common.cfg_set import CfgSet, ConnGap
from gatts_codec.packets.common.events import DataLengthChangedEvent
from gatts_codec.packets.common.opt import OptSet
from gatts_codec.packets.common.options import ExtLenOpt
from gatts_codec.packets.gap.connect import Connect, ConnParamUpdate
from gatts_codec.packets.gap.connection_events import (
    ConnectedEvent,
    ConnParamUpdateEvent,
    ConnParamUpdateRequestEvent,
    DataLengthUpdateEvent,
    DataLengthUpdateRequestEvent,
    DisconnectedEvent,
    PhyUpdateEvent,
    PhyUpdateRequestEvent,
    RssiChangedEvent,
)
from gatts_codec.packets.gap.link_layer import DataLengthUpdate, PhyUpdate
from gatts_codec.packets.gap.radio import DataLengthParams, Phys
from gatts_codec.packets.gap.rssi import RssiGet, RssiGetV5, RssiStart, RssiStop
from gatts_codec.packets.gap.structs import ConnParams


@pytest.mark.parametrize("dialect", ["sd_api_v5", "sd_api_v7"])
def test_signal_strength_is_that_of_the_path_and_told_when_it_has_changed_enough(dialect: str) -> None:
    air, peripheral, central = joined(dialect, dialect)
    get = RssiGet(0) if api(central) >= 6 else RssiGetV5(0)
    air.move(central.device, peripheral.device, rssi=-90)
    assert central.result(get) == NrfError.INVALID_STATE
    central.ok(RssiStart(0, threshold_dbm=5, skip_count=1))
    assert -91 <= central.ok(get).rssi <= -89
    first = answer(central, RssiChangedEvent)
    assert -91 <= first.rssi <= -89
    air.move(central.device, peripheral.device, rssi=-50)
    central.after(0.03)
    assert central.events() == []
    assert -51 <= answer(central, RssiChangedEvent).rssi <= -49
    for _ in range(20):
        central.after(0.03)
    assert central.events() == []
    central.ok(RssiStop(0))
    assert central.result(RssiStop(0)) == NrfError.INVALID_STATE


def test_both_hosts_agree_on_radio_modes() -> None:
    _, peripheral, central = joined()
    central.ok(PhyUpdate(0, Phys(Phy.MBPS_1, Phy.MBPS_1)))
    assert central.event(PhyUpdateEvent) == PhyUpdateEvent(0, 0, Phy.MBPS_1, Phy.MBPS_1)
    central.ok(PhyUpdate(0, Phys(Phy.MBPS_2, Phy.MBPS_1 | Phy.MBPS_2)))
    assert central.result(PhyUpdate(0)) == NrfError.BUSY
    assert answer(peripheral, PhyUpdateRequestEvent).peer_preferred_phys == Phys(Phy.MBPS_2, 3)
    peripheral.ok(PhyUpdate(0, Phys(Phy.MBPS_1, Phy.AUTO)))
    assert peripheral.event(PhyUpdateEvent) == PhyUpdateEvent(0, 0, Phy.MBPS_1, Phy.MBPS_2)
    assert answer(central, PhyUpdateEvent) == PhyUpdateEvent(0, 0, Phy.MBPS_2, Phy.MBPS_1)
    assert central.result(PhyUpdate(0, Phys(8, 8))) == NrfError.INVALID_PARAM
    assert central.result(PhyUpdate(0, None)) == NrfError.INVALID_ADDR


@pytest.mark.parametrize("command", [PhyUpdate(0, Phys(Phy.MBPS_2, Phy.MBPS_2)), DataLengthUpdate(0)])
def test_a_host_that_answers_no_procedure_costs_the_connection_after_40_s(command: Command[Any]) -> None:
    _, peripheral, central = joined()
    central.ok(command)
    peripheral.after(0.03)
    peripheral.events()
    central.after(39.9)
    assert central.events() == []
    central.after(0.2)
    peripheral.after(0.2)
    for bench in (central, peripheral):
        assert bench.event(DisconnectedEvent).reason == HciStatus.LMP_RESPONSE_TIMEOUT


def test_a_procedure_that_was_answered_costs_nothing_later() -> None:
    _, peripheral, central = joined()
    central.ok(DataLengthUpdate(0))
    answer(peripheral, DataLengthUpdateRequestEvent)
    peripheral.ok(DataLengthUpdate(0))
    answer(central, DataLengthUpdateEvent)
    for bench in (central, peripheral):
        bench.events()
        bench.after(50.0)
        assert bench.events() == []


def test_when_both_ask_for_radio_modes_the_central_has_its_way() -> None:
    _, peripheral, central = joined()
    for bench in (central, peripheral):
        bench.ok(PhyUpdate(0, Phys(Phy.MBPS_2, Phy.MBPS_2)))
    central.after(0.03)
    peripheral.after(0.03)
    refused, request = peripheral.events()
    assert refused == PhyUpdateEvent(0, HciStatus.LMP_ERROR_TRANSACTION_COLLISION, 1, 1)
    assert isinstance(request, PhyUpdateRequestEvent)
    peripheral.ok(PhyUpdate(0))
    assert peripheral.event(PhyUpdateEvent) == PhyUpdateEvent(0, 0, 2, 2)
    assert answer(central, PhyUpdateEvent) == PhyUpdateEvent(0, 0, 2, 2)


def test_a_chip_without_radio_modes_says_so() -> None:
    _, peripheral, central = joined("sd_api_v3", "sd_api_v5")
    central.ok(PhyUpdate(0, Phys(2, 2)))
    peripheral.after(0.03)
    central.after(0.03)
    assert central.event(PhyUpdateEvent) == PhyUpdateEvent(0, HciStatus.UNSUPPORTED_REMOTE_FEATURE, 1, 1)


@pytest.mark.parametrize(
    ("one", "ones", "other", "others", "told"),
    [
        ("sd_api_v3", 251, "sd_api_v3", 100, 100),
        ("sd_api_v3", 251, "sd_api_v3_pc", 0, None),
        ("sd_api_v3", 0, "sd_api_v3", 0, None),
        ("sd_api_v3", 251, "sd_api_v2", None, None),
    ],
)
def test_in_v3_the_chips_agree_on_packet_lengths_by_themselves(
    one: str, ones: int, other: str, others: int | None, told: int | None
) -> None:
    _, peripheral, central = pair(one, other)
    for bench, octets in ((peripheral, ones), (central, others)):
        if octets is not None:
            bench.ok(OptSet(ExtLenOpt(octets)))
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    for bench in (peripheral, central) * 3:
        bench.after(0.03)
    for bench in (peripheral, central):
        connected, *lengths = bench.events()
        assert isinstance(connected, ConnectedEvent)
        time_us = ((told or 0) + 14) * 8
        assert lengths == ([] if told is None else [DataLengthChangedEvent(0, told, time_us, told, time_us)])


def test_a_chip_of_v3_asks_a_later_ones_host() -> None:
    _, peripheral, central = pair("sd_api_v3", "sd_api_v5")
    peripheral.ok(OptSet(ExtLenOpt(100)))
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    central.event(ConnectedEvent)
    peripheral.event(ConnectedEvent)
    wanted = answer(central, DataLengthUpdateRequestEvent).peer_params
    assert (wanted.max_tx_octets, wanted.max_rx_octets) == (100, 100)
    central.ok(DataLengthUpdate(0, DataLengthParams(50, 50)))
    assert central.event(DataLengthUpdateEvent).effective_params == DataLengthParams(50, 50, 512, 512)
    assert answer(peripheral, DataLengthChangedEvent) == DataLengthChangedEvent(0, 50, 512, 50, 512)


def test_both_hosts_agree_on_packet_lengths() -> None:
    _, peripheral, central = joined("sd_api_v5", "sd_api_v7")
    assert central.result(DataLengthUpdate(0, DataLengthParams(252, 252))) == NrfError.NOT_SUPPORTED
    assert central.result(DataLengthUpdate(0, DataLengthParams(251, 251))) == NrfError.RESOURCES
    assert central.result(DataLengthUpdate(0, DataLengthParams(50, 50, 327, 400))) == NrfError.INVALID_PARAM
    central.ok(DataLengthUpdate(0, DataLengthParams(150, 100)))
    wanted = answer(peripheral, DataLengthUpdateRequestEvent).peer_params
    assert (wanted.max_tx_octets, wanted.max_rx_octets) == (150, 100)
    peripheral.ok(DataLengthUpdate(0))
    own = peripheral.event(DataLengthUpdateEvent).effective_params
    assert own == DataLengthParams(100, 150, (100 + 14) * 8, (150 + 14) * 8)
    there = answer(central, DataLengthUpdateEvent).effective_params
    assert (there.max_tx_octets, there.max_rx_octets) == (150, 100)


def test_long_connection_events_have_room_for_the_longest_packets() -> None:
    _, peripheral, central = pair()
    central.ok(CfgSet(ConnGap(1, 6, conn_cfg_tag=1)))
    advertise(peripheral)
    central.ok(Connect(address(peripheral), listening(central), TIMING, 1))
    peripheral.after(0)
    central.event(ConnectedEvent)
    central.ok(DataLengthUpdate(0, DataLengthParams(251, 251)))


def test_timing_that_nobody_decides_on_stays() -> None:
    _, peripheral, central = joined()
    peripheral.ok(ConnParamUpdate(0, ConnParams(400, 400, 0, 400)))
    assert central.event(ConnParamUpdateRequestEvent).conn_params.max_conn_interval == 400
    peripheral.after(30)
    assert peripheral.event(ConnParamUpdateEvent).conn_params == CHOSEN
    for wrong in (ConnParams(5, 24, 0, 400), ConnParams(48, 24, 0, 400), ConnParams(24, 24, 500, 400)):
        assert peripheral.result(ConnParamUpdate(0, wrong)) == NrfError.INVALID_PARAM
