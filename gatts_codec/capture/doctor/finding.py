"""What a diagnosis consists of: findings with their evidence, collected case by case."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from gatts_codec.capture.calls.deliveries import Delivery
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.texts import TEXTS, Quantity
from gatts_codec.capture.wire.frames import CapturedFrame

Severity: TypeAlias = Literal["error", "warning", "note"]
_KEPT_EVIDENCE = 5
_KEPT_FRAMES = 1000
_KEPT_BYTES = 64
_MAX_CASES = 200


class Evidence(NamedTuple):
    """Where in the recording it shows; ``data`` holds the first 64 bytes of the frame as read."""

    frame: int | None
    t_us: int | None
    text: str
    data: bytes = b""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"frame": self.frame, "t_us": self.t_us, "text": self.text, "bytes": self.data.hex()}


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis: what is seen, why that happens, what to do. ``count`` times, with the first few as evidence.

    An error keeps something from working, and says what ``ended`` and whose ``fault`` it is; a warning may keep
    something from working; a note is worth knowing and nothing is wrong with it. ``link`` names the link where there
    are several. ``frames`` are the numbers of the frames that show it, the first 1000 of them.
    """

    code: str
    severity: Severity
    title: str
    cause: str
    advice: str
    count: int
    evidence: tuple[Evidence, ...]
    ended: str = ""
    fault: str = ""
    link: str = ""
    frames: tuple[int, ...] = ()

    @property
    def first_frame(self) -> int:
        """The first frame that its evidence names, 0 without any."""
        return min((evidence.frame for evidence in self.evidence if evidence.frame is not None), default=0)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        row = {name: value for name, value in asdict(self).items() if name != "evidence"}
        return row | {"evidence": [evidence.to_dict() for evidence in self.evidence]}


class Names(list[str]):
    """Names as they are met, each once; prints as a list."""

    def met(self, name: str) -> None:
        """One more name."""
        if name not in self:
            self.append(name)

    def __format__(self, spec: str) -> str:
        return ", ".join(self)


@dataclass(slots=True)
class _Case:
    evidence: list[Evidence] = field(default_factory=list)
    count: int = 0
    values: dict[str, object] | None = None
    telling: bool = False
    frames: array[int] = field(default_factory=lambda: array("Q"))


class Cases:
    """Collects evidence by code; the texts come from texts.py, with ``values`` of the first piece filled in."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, object], _Case] = {}

    def __contains__(self, code: str) -> bool:
        return any(known == code for known, _ in self._cases)

    def add(
        self,
        code: str,
        evidence: Evidence,
        values: Mapping[str, object] | None = None,
        *,
        count: int = 1,
        apart: object = None,
        telling: bool = True,
    ) -> None:
        """One more piece of evidence. Different values of ``apart`` make findings of their own.

        The first ``values`` that are ``telling`` count, or the first.
        """
        if len(self._cases) >= _MAX_CASES and (code, apart) not in self._cases:
            apart = None  # noise has countless variants
        case = self._cases.setdefault((code, apart), _Case())
        if case.values is None or (telling and not case.telling):
            case.values, case.telling = dict(values or {}), telling
        case.count += count
        if evidence.frame is not None and len(case.frames) < _KEPT_FRAMES:
            case.frames.append(evidence.frame)
        if len(case.evidence) < _KEPT_EVIDENCE:
            case.evidence.append(evidence)

    def turn(self, code: str, into: str, apart: object) -> None:
        """What was one thing proves to be another."""
        case = self._cases.pop((code, apart), None)
        if case is not None:
            self._cases[into, apart] = case

    def findings(self) -> Iterator[Finding]:
        """The findings."""
        for (code, _), case in self._cases.items():
            text = TEXTS[code]
            values = (case.values or {}) | {"count": Quantity(case.count)}
            yield Finding(
                code,
                text.severity,
                text.title.format(**values),
                text.cause.format(**values),
                text.advice.format(**values),
                case.count,
                tuple(case.evidence),
                text.ended.format(**values),
                text.fault.format(**values),
                frames=tuple(dict.fromkeys(case.frames)),
            )


def of_frame(frame: CapturedFrame, text: str) -> Evidence:
    """A frame as evidence."""
    return Evidence(frame.number, frame.t_us, text, frame.raw[:_KEPT_BYTES])


def of_record(record: PacketRecord, text: str) -> Evidence:
    """A record as evidence."""
    return of_frame(record.frame, text)


def after(record: PacketRecord | None, text: str, t_us: int | None, data: bytes = b"") -> Evidence:
    """What is not a frame itself, at the frame before it; with its own time and bytes where there is none."""
    if record is None:
        return Evidence(None, t_us, text, data)
    shown = f" ({data.hex(' ')})" if data else ""
    return of_frame(record.frame, f"after this frame: {text}{shown}")


def of_delivery(delivery: Delivery, text: str) -> Evidence:
    """A delivery's first frame as evidence, its other frames named."""
    others = [str(sight.frame) for sight in delivery.sights[1:]]
    again = f" (again in frame{'s' * (len(others) > 1)} {', '.join(others)})" if others else ""
    return of_frame(delivery.record.frame, text + again)
