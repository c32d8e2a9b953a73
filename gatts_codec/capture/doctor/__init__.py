"""The doctor: what a recording says about what went wrong, with evidence, cause and advice.

    report = diagnose(recording.items)          # finds the dialect itself
    print(report.headline)
    for finding in report.findings: ...

A verdict is one of three: faults found, nothing wrong found, too little to judge. Every error says what ended and whose
fault it is. Notes are worth knowing and nothing is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gatts_codec.arguments import checked
from gatts_codec.capture.calls.session import MAX_LINKS
from gatts_codec.capture.decoding.detection import detect_dialect
from gatts_codec.capture.decoding.packets import PacketDecoder, PacketRecord
from gatts_codec.capture.doctor.examination import Examination, several
from gatts_codec.capture.doctor.finding import Evidence, Finding
from gatts_codec.capture.doctor.report import Outcome, Report
from gatts_codec.capture.doctor.resolve import worst_first
from gatts_codec.capture.wire.chunks import Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.detection import DialectDetector
from gatts_codec.dialects import Dialect

__all__ = ["Doctor", "Evidence", "Finding", "Outcome", "Report", "diagnose"]


class Doctor:
    """Watches a recording go by, each of its links apart. Feed it every item, then ask for the report.

    ``told``: the dialect was given by the caller; else it was found.
    """

    def __init__(self, dialect: str | Dialect, *, told: bool = False) -> None:
        self._decoder = PacketDecoder(dialect)
        self._detector = DialectDetector()
        self._links: dict[str, Examination] = {}
        self._told = told
        self._remarks = 0

    def see(self, item: Item) -> None:
        """Takes an item of the recording."""
        link = self._link(item.link if isinstance(item, (CapturedFrame, Remark)) else "")
        link.item(item)
        self._remarks += isinstance(item, Remark) and item.kind != "note"
        if isinstance(item, CapturedFrame):
            self._detector.add(item.packet, item.number)
            link.record(self._decoder.decode(item))

    def record(self, record: PacketRecord) -> None:
        """Takes a frame that has been decoded."""
        self._link(record.frame.link).record(record)

    def report(self) -> Report:
        """The diagnosis. Ends the session."""
        verdict = self._detector.verdict()
        names = tuple(several(self._links))
        found: list[Finding] = []
        for name, link in self._links.items():
            found += [
                replace(one, link=name if names else "") for one in link.findings(verdict, told=self._told)
            ]
        found = worst_first(found)
        links = self._links.values()
        return Report(
            self._decoder.dialect.name,
            verdict,
            sum(sum(link.scene.frames.values()) for link in links),
            sum(link.calls for link in links),
            tuple(finding for finding in found if finding.severity != "note"),
            tuple(finding for finding in found if finding.severity == "note"),
            events=sum(link.events for link in links),
            answered=sum(link.answered for link in links),
            failed=sum(link.failed for link in links),
            told=self._told,
            links=names,
            log_lines=self._remarks,
        )

    def _link(self, name: str) -> Examination:
        if name not in self._links and len(self._links) >= MAX_LINKS:
            name = ""  # no machine has so many adapters: the names are not those of links
        link = self._links.get(name)
        if link is None:
            link = self._links[name] = Examination(self._decoder.dialect)
        return link


@checked
def diagnose(items: Iterable[Item], dialect: str | Dialect | None = None) -> Report:
    """The diagnosis of a recording; without a dialect the one that fits best."""
    remaining = iter(items)
    told = dialect is not None
    if dialect is None:
        verdict, remaining = detect_dialect(remaining)
        dialect = verdict.dialect
    doctor = Doctor(dialect, told=told)
    for item in remaining:
        doctor.see(item)
    return doctor.report()
