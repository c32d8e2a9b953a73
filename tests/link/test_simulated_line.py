"""Host's and chip's end on a bad line: every packet exactly once and in order, or the loss is reported."""

from __future__ import annotations

import pytest
from link.simulated_line import FAULTS, Simulation

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.events import LostReason
from gatts_codec.link.host_link import HostLink


def check_books(simulation: Simulation) -> None:
    """What was handed in was acknowledged, handed back with the loss, or is still waiting."""
    for party in (simulation.host, simulation.chip):
        assert party.ledger.handed_in == party.ledger.settled + party.end.waiting
        assert len(party.ledger.doubtful) <= len(party.losses)
    assert simulation.failed_calls <= len(simulation.host.losses)


def test_clean_line() -> None:
    simulation = Simulation(HostLink(), ChipLink(), seed=1, rate=0)
    simulation.run(2000)
    check_books(simulation)
    assert (simulation.host.ups, simulation.chip.ups) == (1, 1)
    assert not simulation.host.losses


@pytest.mark.parametrize("packets", [4000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("reset", [True, False])
def test_many_packets_with_every_fifth_frame_faulty(reset: bool, packets: int) -> None:
    simulation = Simulation(HostLink(HostConfig(reset=reset)), ChipLink(), seed=2, rate=0.2)
    simulation.run(packets)
    check_books(simulation)
    assert simulation.host.losses


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("rate", [0.02, 0.2])
def test_each_fault_by_itself(fault: str, rate: float) -> None:
    simulation = Simulation(HostLink(), ChipLink(), seed=3, rate=rate, faults=(fault,))
    simulation.run(4000)
    check_books(simulation)
    if fault in ("duplicate", "delay", "noise"):
        assert not simulation.host.losses


@pytest.mark.parametrize("seed", range(10))
def test_old_firmware_and_reference_timing(seed: int) -> None:
    host = HostLink(HostConfig(fast_link_up=seed % 2 == 0))
    simulation = Simulation(host, OldChipLink(ChipConfig(boot_s=0.2)), seed=seed, rate=0.1)
    simulation.run(1000)
    check_books(simulation)


@pytest.mark.parametrize("seed", range(5))
def test_chip_that_reboots_now_and_then(seed: int) -> None:
    simulation = Simulation(HostLink(), ChipLink(), seed=seed, rate=0.05, reboot_rate=0.002)
    simulation.run(4000)
    check_books(simulation)
    assert simulation.reboots
    reasons = {lost.reason for lost in simulation.host.losses}
    assert LostReason.PEER_RESTARTED in reasons
