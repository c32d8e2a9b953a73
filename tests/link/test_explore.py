"""No way that both ends can go on together breaks a promise; and a table that is broken anywhere is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from every import one_in

from gatts_codec.link.end import LinkEnd
from gatts_codec.link.machine import Input
from tools.broken_rows import Mutant, mutants
from tools.explore.__main__ import explorations, main
from tools.explore.broken import QUICK, explore_with, never, report
from tools.explore.ledger import Ledger, Violation
from tools.explore.search import Bounds


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


class TestBrokenRows:
    """What is wrong with the tables is reported, whichever row it is in."""

    @one_in(8)
    def test_each_is_reported(self, step: int) -> None:
        asked = [mutant for mutant in mutants() if not never(mutant)]
        assert [str(mutant) for mutant in asked[::step] if not report(mutant)] == []

    @pytest.mark.soak
    def test_the_others_are_never_asked(self) -> None:
        for exploration in explore_with(_raising(filter(never, mutants())), _raise=_raise):
            assert exploration.run() > 4000

    def test_which_is_noticed_where_it_is_not_so(self) -> None:
        asked = next(
            mutant for mutant in mutants() if mutant.what is Input.LAST_TIMEOUT and not never(mutant)
        )
        with pytest.raises(AssertionError, match="asked"):
            [exploration.run() for exploration in explore_with(_raising([asked]), _raise=_raise)]


def _raising(rows: Iterable[Mutant]) -> Iterator[Mutant]:
    return (row._replace(action="raise") for row in rows)


def _raise(end: LinkEnd, _: object) -> None:
    raise AssertionError(f"asked in {end.state.name}")


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
