"""The doctor: what a recording says about what went wrong, with evidence, cause and advice.

    report = diagnose(recording.items)          # finds the dialect itself
    for finding in report.findings: ...

A healthy recording has no findings. Notes are worth knowing and nothing is wrong with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen, Happening, Session
from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.capture.decoding.detection import DialectDetector, Verdict, detect_dialect
from gatts_codec.capture.decoding.packets import PacketDecoder, PacketRecord
from gatts_codec.capture.doctor.application import Application
from gatts_codec.capture.doctor.calls import Calls
from gatts_codec.capture.doctor.delivery import Deliveries
from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding
from gatts_codec.capture.doctor.line import Line
from gatts_codec.capture.doctor.link_up import LinkUp
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction, Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.constants import hint
from gatts_codec.dialects import Dialect

__all__ = ["Doctor", "Evidence", "Finding", "Report", "diagnose"]

_CODE = re.compile(r"\b0x([0-9a-fA-F]+)\b")
_SEVERITIES = ("error", "warning", "note")
_SIDES: dict[Direction, str] = {TO_DEVICE: "host", TO_HOST: "chip"}
_NEEDS_BOTH = {
    "no response",
    "not acknowledged",
    "long packet not acknowledged",
    "payload too long",
    "taken for a duplicate",
    "chip unheard",
    "sequence gap",
    "bad ack number",
    "unasked response",
    "unanswered request",
    "system attributes missing",
    "request open at the end",
}


@dataclass(frozen=True)
class Report:
    """``findings`` are what is wrong, the worst first; ``notes`` what is only worth knowing."""

    dialect: str
    verdict: Verdict
    frames: int
    calls: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "dialect": self.dialect,
            "certainty": self.verdict.certainty,
            "ties": list(self.verdict.ties),
            "frames": self.frames,
            "calls": self.calls,
            "healthy": self.healthy,
            "findings": [finding.to_dict() for finding in self.findings],
            "notes": [note.to_dict() for note in self.notes],
        }


class Doctor:
    """Watches a recording go by. Feed it every item, then ask for the report."""

    def __init__(self, dialect: str | Dialect) -> None:
        self._decoder = PacketDecoder(dialect)
        self._detector = DialectDetector()
        self._session = Session(dialect)
        self._line, self._link_up = Line(), LinkUp()
        self._deliveries = Deliveries(self._decoder.dialect)
        self._calls = Calls(self._decoder.dialect)
        self._application = Application(self._decoder.dialect)
        self._remarks = Cases()
        self._describer = Describer(self._decoder.dialect.numbers)
        self._frames = dict.fromkeys(_SIDES, 0)
        self._undirected = 0
        self._sent: dict[Direction, int] = dict.fromkeys(_SIDES, 0)
        self._count = 0
        self._events: list[Delivery] = []
        self._judges: dict[type, Callable[[Any], None]] = {
            Call: self._call,
            EventSeen: self._event,
            Exchange: self._application.exchange,
            LinkChange: self._calls.link,
            Oddity: self._oddity,
            GivenUp: self._deliveries.given_up,
        }

    def see(self, item: Item) -> None:
        """Takes an item of the recording."""
        self._line.see(item)
        if isinstance(item, CapturedFrame):
            self._detector.add(item)
            self.record(self._decoder.decode(item))
        elif isinstance(item, Remark) and item.kind == "error":
            evidence = Evidence(None, item.t_us, f"line {item.line}: {item.text}")
            why = self._meaning(item.text)
            self._remarks.add(
                "host reports an error", evidence, {"what": item.text, "why": why}, apart=item.text
            )

    def record(self, record: PacketRecord) -> None:
        """Takes a frame that has been decoded."""
        if record.frame.dir is None:
            self._undirected += 1
        else:
            self._frames[record.frame.dir] += 1
        for part in (self._link_up, self._calls, self._application):
            part.record(record)
        self._happened(self._session.feed(record))

    def report(self) -> Report:
        """The diagnosis. Ends the session."""
        self._happened(self._session.finish())
        for delivery in self._events:
            self._deliveries.event(delivery)
        verdict = self._detector.verdict()
        misfit = verdict.misfit(self._decoder.dialect.name)
        if misfit:
            self._calls.wrong_dialect(misfit, verdict.dialect)
        everything = sorted(self._all(), key=_rank)
        return Report(
            self._decoder.dialect.name,
            verdict,
            sum(self._frames.values()) + self._undirected,
            self._count,
            tuple(finding for finding in everything if finding.severity != "note"),
            tuple(finding for finding in everything if finding.severity == "note"),
        )

    def _all(self) -> Iterator[Finding]:
        parts = (self._link_up, self._deliveries, self._calls, self._application, self._line, self._remarks)
        found = chain.from_iterable(part.findings() for part in parts)
        silent = self._silent_side()
        if silent is None:
            return found
        side = next(way for way in _SIDES if way != silent)
        one = Cases()
        one.add("one direction", Evidence(None, None, f"{self._frames[side]} frames"), {"side": _SIDES[side]})
        return chain((finding for finding in found if finding.code not in _NEEDS_BOTH), one.findings())

    def _silent_side(self) -> Direction | None:
        """The side that is missing from the recording: the other one goes on as if it were answered."""
        for silent, side in ((TO_HOST, TO_DEVICE), (TO_DEVICE, TO_HOST)):
            if not self._frames[silent] and self._sent[side] > 1:
                return silent
        return None

    def _happened(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            self._judges[type(happening)](happening)

    def _meaning(self, text: str) -> str:
        """What the code in a log line means."""
        codes = [int(found, 16) for found in _CODE.findall(text)]
        told = [
            f"{self._describer.result(code)}: {hint(self._decoder.dialect.numbers, code)}" for code in codes
        ]
        return "; ".join(told) or "the host says no more"

    def _call(self, call: Call) -> None:
        self._count += 1
        self._sent[TO_DEVICE] += 1
        self._deliveries.call(call)
        self._calls.call(call, self._deliveries.reused)
        self._application.call(call)

    def _event(self, event: EventSeen) -> None:
        self._sent[TO_HOST] += 1
        # An event is judged when the next one comes: by then it has been acknowledged.
        for delivery in self._events:
            self._deliveries.event(delivery)
        self._events = [event.delivery]
        self._application.event(event)

    def _oddity(self, oddity: Oddity) -> None:
        if oddity.code == "unasked response":
            self._sent[TO_HOST] += 1
        self._deliveries.oddity(oddity)
        self._calls.oddity(oddity)


def _rank(finding: Finding) -> tuple[int, int]:
    """The worst first, and then as they come in the recording."""
    frames = [evidence.frame for evidence in finding.evidence if evidence.frame is not None]
    return _SEVERITIES.index(finding.severity), min(frames, default=0)


def diagnose(items: Iterable[Item], dialect: str | Dialect | None = None) -> Report:
    """The diagnosis of a recording; without a dialect the one that fits best."""
    remaining = iter(items)
    if dialect is None:
        verdict, remaining = detect_dialect(remaining)
        dialect = verdict.dialect
    doctor = Doctor(dialect)
    for item in remaining:
        doctor.see(item)
    return doctor.report()
