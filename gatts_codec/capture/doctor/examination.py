"""One link of a recording, examined by every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from gatts_codec.capture.calls.deliveries import GivenUp, LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen, Happening, Session
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding, of_record
from gatts_codec.capture.doctor.resolve import resolved
from gatts_codec.capture.doctor.rules import RULES
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import SIDES, Scene
from gatts_codec.capture.wire.chunks import DIRECTIONS, OPPOSITE, Direction
from gatts_codec.capture.wire.frames import Item
from gatts_codec.detection import Verdict
from gatts_codec.dialects import DIALECTS, Dialect

_MISFITS = 2  # one packet alone may be malformed in any dialect
_TAKE: dict[type, str] = {
    Call: "call",
    EventSeen: "event",
    Exchange: "exchange",
    LinkChange: "link",
    Oddity: "oddity",
    GivenUp: "given_up",
}


class Examination:
    """Watches one link go by. Feed it every item of the link, then ask for its findings."""

    def __init__(self, dialect: Dialect) -> None:
        self._session = Session(dialect)
        self.scene = Scene(dialect, self._session.names)
        self._rules = [rule(self.scene) for rule in RULES]
        self._items, self._records = self._taking("item"), self._taking("record")
        self._takers = {kind: self._taking(name) for kind, name in _TAKE.items()}
        self._acks: dict[Direction, set[int]] = {side: set() for side in DIRECTIONS}
        self.calls = self.answered = self.failed = self.events = 0

    def item(self, item: Item) -> None:
        """Takes an item. A frame is told once more by ``record``, decoded."""
        for take in self._items:
            take(item)

    def record(self, record: PacketRecord) -> None:
        """Takes a frame that has been decoded."""
        self.scene.record(record)
        if record.h5 is not None and record.packet is not None and record.frame.dir is not None:
            self._acks[record.frame.dir].add(record.h5.ack)
        for take in self._records:
            take(record)
        self._happened(self._session.feed(record))

    def findings(self, verdict: Verdict, *, told: bool) -> list[Finding]:
        """What stands, the worst first. Ends the session. ``told``: the dialect is certain, whatever others fit."""
        if not told and self.scene.dialect.name == verdict.dialect:
            self.scene.ties = tuple(tie for tie in verdict.ties if tie in DIALECTS)
            limits = [DIALECTS[tie].max_payload for tie in verdict.ties if tie in DIALECTS]
            self.scene.longest_payload = min([self.scene.longest_payload, *limits])
        self._happened(self._session.finish())
        for rule in self._rules:
            rule.end()
        silent = self._silent_side()
        more = Cases()
        if silent is not None:
            self._one_sided(more, OPPOSITE[silent])
        found = list(chain.from_iterable(rule.findings() for rule in self._rules))
        self._misfit(more, verdict, found)
        return resolved([*found, *more.findings()], one_sided=silent is not None)

    def _one_sided(self, more: Cases, side: Direction) -> None:
        last = self.scene.last_packet[side]
        text = f"the last of {self.scene.frames[side]} frames, all of the {SIDES[side]}"
        more.add("one direction", of_record(last, text), {"side": SIDES[side]})

    def _misfit(self, more: Cases, verdict: Verdict, found: Iterable[Finding]) -> None:
        """Another dialect fits better: that explains what does not decode."""
        misfit, fit = verdict.misfit(self.scene.dialect.name), verdict.fit(self.scene.dialect.name)
        if not misfit or fit is None or fit.failed + fit.strange < _MISFITS:
            return
        values = {"dialect": self.scene.dialect.name, "why": misfit, "better": verdict.dialect}
        told = [piece for finding in found if finding.code == "undecodable" for piece in finding.evidence]
        for piece in told or [Evidence(None, None, misfit)]:
            more.add("wrong dialect", piece, values)

    def _silent_side(self) -> Direction | None:
        """The side that is missing from the recording: the other one counts its packets up all the same."""
        for silent in DIRECTIONS:
            if not self.scene.frames[silent] and len(self._acks[OPPOSITE[silent]]) > 1:
                return silent
        return None

    def _happened(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            self._count(happening)
            for take in self._takers[type(happening)]:
                take(happening)

    def _taking(self, what: str) -> list[Callable[[Any], None]]:
        """The methods of that name of the rules that have one of their own."""
        return [
            getattr(rule, what)
            for rule in self._rules
            if getattr(type(rule), what) is not getattr(Rule, what)
        ]

    def _count(self, happening: Happening) -> None:
        if isinstance(happening, Call):
            self.calls += 1
            self.answered += happening.response is not None
            self.failed += bool(happening.result)
        self.events += isinstance(happening, EventSeen)


def several(links: Iterable[str]) -> Iterator[str]:
    """The names of links where there are more than one."""
    names = [link for link in links if link]
    yield from names if len(names) > 1 else ()
