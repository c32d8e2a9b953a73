"""The verdict on a recording: faults found, nothing wrong found, or too little to judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gatts_codec.capture.doctor.finding import Finding
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.detection import Verdict

Outcome: TypeAlias = Literal["faults found", "nothing wrong found", "too little to judge"]
Level: TypeAlias = Literal["error", "warning", "unsure", "fine"]
_OPEN_AT_THE_END = ("call open at the end", "frame cut off", "recording cut off")
_ONE_SIDED = "one direction"


@dataclass(frozen=True)
class Report:
    """``findings`` are what is wrong, the worst first; ``notes`` what is only worth knowing.

    ``calls`` counts commands, ``answered`` those with a response, ``failed`` those whose response is an error.
    ``told``: the dialect was given, not found. ``links`` are the names of the links where there are several.
    """

    dialect: str
    verdict: Verdict
    frames: int
    calls: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    events: int = 0
    answered: int = 0
    failed: int = 0
    told: bool = False
    links: tuple[str, ...] = ()
    log_lines: int = 0

    @property
    def outcome(self) -> Outcome:
        """One of three."""
        if self.findings:
            return "faults found"
        return "too little to judge" if self.too_little else "nothing wrong found"

    @property
    def healthy(self) -> bool:
        """Whether there is enough to judge, and nothing was found."""
        return self.outcome == "nothing wrong found"

    @property
    def too_little(self) -> str:
        """What keeps the recording from being judged; empty where nothing does."""
        if not self.frames:
            return "the host's log holds no frames" if self.log_lines else "there is no frame in it"
        cut = next((note for note in self.notes if note.code in _OPEN_AT_THE_END), None)
        if cut is not None:
            return cut.title
        sided = next((note for note in self.notes if note.code == _ONE_SIDED), None)
        if sided is not None:
            return sided.title
        if not self.answered and not self.events:
            return "no call is answered in it and no event comes: at most the link is made"
        return ""

    @property
    def amber(self) -> bool:
        """Whether nothing is wrong with the link, and calls failed all the same."""
        return self.healthy and bool(self.failed or any(note.code == "call not sent" for note in self.notes))

    @property
    def level(self) -> Level:
        """How grave it is: ``unsure`` is too little to judge, or calls that fail on a good link."""
        if self.findings:
            return "error" if self.findings[0].severity == "error" else "warning"
        return "fine" if self.healthy and not self.amber else "unsure"

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        seen = f"{Quantity(self.calls):call} and {Quantity(self.events):event}"
        if self.findings:
            errors = sum(finding.severity == "error" for finding in self.findings)
            warnings = len(self.findings) - errors
            counts = [f"{Quantity(errors):error}"] * bool(errors) + [f"{Quantity(warnings):warning}"] * bool(
                warnings
            )
            return f"Faults found: {' and '.join(counts)} in {seen}."
        if self.too_little:
            return f"Too little to judge: {self.too_little}."
        if self.amber:
            failed = (
                f", but {Quantity(self.failed):call} failed"
                if self.failed
                else ", but the host refused calls itself"
            )
            return f"Nothing wrong found with the link in {seen}{failed}."
        return f"Nothing wrong found in {seen}."

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "dialect": self.dialect,
            "certainty": "told" if self.told else self.verdict.certainty,
            "ties": [] if self.told else list(self.verdict.ties),
            "frames": self.frames,
            "calls": self.calls,
            "answered": self.answered,
            "failed": self.failed,
            "events": self.events,
            "links": list(self.links),
            "outcome": self.outcome,
            "headline": self.headline,
            "level": self.level,
            "healthy": self.healthy,
            "findings": [finding.to_dict() for finding in self.findings],
            "notes": [note.to_dict() for note in self.notes],
        }
