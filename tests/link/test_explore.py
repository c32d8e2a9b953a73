"""No way that both ends can go on together breaks a promise; and a table that is broken anywhere is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import CHIP, HOST, IGNORE, OLD_CHIP, Input, TransitionTable
from tools.explore.__main__ import CHIP as CHIP_CONFIG
from tools.explore.__main__ import HOST as HOST_CONFIG
from tools.explore.__main__ import explorations, main
from tools.explore.ledger import Ledger, Violation
from tools.explore.search import Bounds, Exploration

QUICK = Bounds(faults=1, restarts=1, packets=1, in_flight=0)
TABLES: dict[str, TransitionTable] = {"HOST": HOST, "CHIP": CHIP, "OLD_CHIP": OLD_CHIP}
STAY = "stay"  # a row whose action is done, and its state kept


@pytest.mark.parametrize("number", range(4))
def test_no_promise_is_broken(number: int) -> None:
    _, exploration = [*explorations(QUICK)][number]
    assert exploration.run() > 4000


@pytest.mark.soak
@pytest.mark.parametrize(
    "bounds", [Bounds(), Bounds(faults=2, in_flight=0), Bounds(packets=2, in_flight=0)], ids=str
)
def test_nor_further_on(bounds: Bounds, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"--{name.replace('_', '-')}={value}" for name, value in vars(bounds).items()]) == 0
    with capsys.disabled():
        print(f"\n{bounds}\n{capsys.readouterr().out}")


def explore_with(name: str, state: str, what: str, instead: str) -> None:
    """Explore with one row broken."""
    table = {each: dict(row) for each, row in TABLES[name].items()}
    at = next(each for each in table if each.name == state)
    action, _ = table[at][Input[what]]
    table[at][Input[what]] = (action if instead == STAY else instead, at)
    host, chip = HostLink, OldChipLink if name == "OLD_CHIP" else ChipLink
    ends: dict[str, type[LinkEnd]] = {"HOST": host, "CHIP": chip, "OLD_CHIP": chip}
    broken = type("Broken", (ends[name],), {}, table=table)
    for reset in (True, False):
        host_end = (broken if name == "HOST" else host)(replace(HOST_CONFIG, reset=reset))
        chip_end = (chip if name == "HOST" else broken)(CHIP_CONFIG)
        assert isinstance(host_end, HostLink)
        assert isinstance(chip_end, ChipLink)
        Exploration(host_end, chip_end, QUICK).run()


@pytest.mark.parametrize(
    ("name", "state", "what", "instead"),
    [
        # A row that is forgotten.
        ("HOST", "CLOSED", "OPEN", IGNORE),
        ("HOST", "UNINITIALIZED", "SYNC_RSP", IGNORE),
        ("HOST", "AWAITING_ACK", "TIMEOUT", IGNORE),
        ("HOST", "AWAITING_ACK", "ACK_NEXT", IGNORE),
        ("HOST", "ACTIVE", "PACKET_NEXT", IGNORE),
        ("CHIP", "INITIALIZED", "CONFIG", IGNORE),
        ("CHIP", "AWAITING_ACK", "TIMEOUT", IGNORE),
        ("CHIP", "AWAITING_ACK", "LAST_TIMEOUT", IGNORE),
        ("OLD_CHIP", "UNINITIALIZED", "SYNC_RSP", IGNORE),
        # One that leaves its state as it is.
        ("HOST", "DEAF", "TIMEOUT", STAY),
        ("HOST", "AWAITING_ACK", "LAST_TIMEOUT", STAY),
        ("CHIP", "UNINITIALIZED", "SYNC_RSP", STAY),
        ("CHIP", "AWAITING_ACK", "ACK_NEXT", STAY),
        # One that does something else.
        ("HOST", "ACTIVE", "PACKET_OTHER", "deliver"),
        ("HOST", "AWAITING_ACK", "TIMEOUT", "finish"),
        ("CHIP", "ACTIVE", "PACKET_OTHER", "deliver"),
        ("CHIP", "AWAITING_ACK", "LAST_TIMEOUT", "finish"),
    ],
)
def test_a_broken_row_is_noticed(name: str, state: str, what: str, instead: str) -> None:
    with pytest.raises((Violation, AssertionError)):
        explore_with(name, state, what, instead)


class TestLedger:
    def test_twice(self) -> None:
        with pytest.raises(Violation, match="delivered twice"):
            Ledger(sent=1).deliver(0).deliver(0)

    def test_after_a_later_one(self) -> None:
        with pytest.raises(Violation, match="after a later one"):
            Ledger(sent=2, settled=1).deliver(1).deliver(0)

    def test_before_an_earlier_one_is_settled(self) -> None:
        with pytest.raises(Violation, match="while 0 is on its way"):
            Ledger(sent=2).deliver(1)

    def test_acknowledged_and_not_delivered(self) -> None:
        with pytest.raises(Violation, match="it is lost"):
            Ledger(sent=1).settle("acknowledged")

    def test_handed_back_and_delivered(self) -> None:
        with pytest.raises(Violation, match="handed back"):
            Ledger(sent=1).settle("handed back").deliver(0)
        with pytest.raises(Violation, match="handed back"):
            Ledger(sent=1).deliver(0).settle("handed back")

    def test_in_doubt_it_may_be_either(self) -> None:
        assert Ledger(sent=2).settle("in doubt").deliver(0).settle("in doubt").settled == 2
