"""Which dialect packets speak, how surely, and why not another.

No opcode tells it and a wrong dialect can decode a packet without an error, so every dialect is tried on many packets
of many kinds. A packet that decodes strictly counts 1, one that only firmware takes nothing, one that does not
decode -3, an opcode outside every group -1, one that the dialect has no layout for nothing. The version request, which
moved between v3 and v5, counts as three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from gatts_codec.codec import Codec
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError
from gatts_codec.framing.h5 import H5Packet, H5Type
from gatts_codec.packets.opaque import Opaque

Certainty: TypeAlias = Literal["sure", "likely", "ambiguous", "unknown"]

_SAMPLES_A_KIND, _MAX_SAMPLES = 20, 2000
_FAILED, _STRANGE, _VERSION = -3, -1, 3
_SURE_MARGIN = 5
_MISFIT_MARGIN = 3
# version_get: 00 op 01, answered 01 op result version company subversion; Nordic's company number is 0x0059.
_VERSION_OPCODES = {
    0x66: ("s110_v8", "s130_v1", "sd_api_v2", "sd_api_v3"),
    0x65: ("sd_api_v5", "sd_api_v6", "sd_api_v7"),
}
_VERSION_RESPONSE_BYTES, _COMPANY = 11, b"\x59\x00"
# Of dialects that fit alike the one most often met.
_PREFERRED = (
    "sd_api_v5",
    "sd_api_v6",
    "sd_api_v7",
    "sd_api_v3",
    "sd_api_v2_pc",
    "sd_api_v2",
    "s130_v1",
    "s110_v8",
)


class Failure(NamedTuple):
    """The first packet that does not decode in a dialect."""

    frame: int
    packet: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How the sampled packets decode in one dialect."""

    dialect: str
    decoded: int
    failed: int
    others: int
    strange: int
    score: int
    failure: Failure | None

    @property
    def known(self) -> int:
        """Packets whose layout this dialect has."""
        return self.decoded + self.failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """``dialect`` fits best, ``ties`` equally well; ``fits`` has all, best first."""

    dialect: str
    ties: tuple[str, ...]
    certainty: Certainty
    fits: tuple[Fit, ...]

    @property
    def best(self) -> Fit:
        """The dialect that fits best, or one of several that do equally."""
        return self.fits[0]

    @property
    def runner_up(self) -> Fit | None:
        """The best of those that fit less well."""
        return next((fit for fit in self.fits if fit.score < self.best.score), None)

    def fit(self, dialect: str) -> Fit | None:
        """How a dialect fits, None for one that was not tried."""
        return next((fit for fit in self.fits if fit.dialect == dialect), None)

    def __str__(self) -> str:
        if self.certainty == "unknown":
            return f"dialect unknown, nothing here tells it: read as {self.dialect}"
        if self.certainty == "ambiguous":
            *names, last = self.dialect, *self.ties
            return f"dialect ambiguous: {', '.join(names)} or {last} ({_decoded(self.best)}), read as {self.dialect}"
        twin = f" (or {', '.join(self.ties)}, whose packets are the same)" if self.ties else ""
        return f"dialect {self.dialect}{twin}, {_SPOKEN[self.certainty]}: {_decoded(self.best)}"

    def why_not(self) -> str:
        """Why the runner-up lost; empty without one."""
        fit = self.runner_up
        if fit is None:
            return ""
        if fit.failure is None:
            return f"{fit.dialect} fits less well: {_decoded(fit)}, {fit.others} are of other groups"
        number, packet, reason = fit.failure
        return (
            f"{fit.dialect} fits less well: {fit.failed} of {fit.known} packets do not decode, "
            f"the first in frame {number}, {packet}: {reason}"
        )

    def misfit(self, dialect: str) -> str:
        """What is wrong with a dialect that the user named; empty if nothing is."""
        chosen = self.fit(dialect)
        if (
            chosen is None
            or self.certainty in ("unknown",)
            or self.best.score - chosen.score < _MISFIT_MARGIN
        ):
            return ""
        return f"these packets fit {self.dialect} better: there {_decoded(self.best)}, in {dialect} {_decoded(chosen)}"


_SPOKEN = {"sure": "surely", "likely": "probably"}


def _decoded(fit: Fit) -> str:
    if not fit.known:
        return "no packet has a layout in it"
    if not fit.failed:
        return f"all {fit.decoded} packets decode" if fit.decoded > 1 else "its packet decodes"
    return f"{fit.decoded} of {fit.known} packets decode"


class DialectDetector:
    """Collects different packets of a recording, few of each kind, and tries the dialects on them."""

    def __init__(self, dialects: Iterable[str] = DIALECTS) -> None:
        self._dialects = tuple(dialects)
        self._codecs: dict[str, Codec] = {}
        self._tolerant: dict[str, Codec] = {}
        self._samples: dict[bytes, int] = {}  # payload and the first frame that has it
        self._kinds: Counter[bytes] = Counter()
        self._judged: Verdict | None = None

    @property
    def samples(self) -> int:
        """How many packets it goes by."""
        return len(self._samples)

    def add(self, packet: H5Packet | None, frame: int) -> None:
        """Takes a frame's packet, if it is a vendor packet of a kind not yet seen often."""
        if packet is not None and packet.type == H5Type.VENDOR_SPECIFIC:
            self.add_payload(packet.payload, frame)

    def add_payload(self, payload: bytes, frame: int = 1) -> None:
        """The same for a payload."""
        kind = payload[:2]
        if (
            payload in self._samples
            or self._kinds[kind] >= _SAMPLES_A_KIND
            or len(self._samples) >= _MAX_SAMPLES
        ):
            return
        self._kinds[kind] += 1
        self._samples[payload] = frame
        self._judged = None

    def verdict(self) -> Verdict:
        """The verdict on what has been added so far."""
        if self._judged is None:
            self._judged = _judge([self._fit(dialect) for dialect in self._dialects])
        return self._judged

    def _fit(self, dialect: str) -> Fit:
        codec = self._codecs.get(dialect)
        if codec is None:
            codec = self._codecs[dialect] = Codec(dialect)
        counts: Counter[str] = Counter()
        failure = None
        for payload, frame in self._samples.items():
            try:
                message = codec.unpack(payload)
            except DecodeError as error:
                tolerated = self._tolerates(dialect, payload)
                counts["decoded" if tolerated else "failed"] += 1
                counts["tolerated"] += tolerated
                failure = failure or (None if tolerated else Failure(frame, error.packet, error.reason))
                continue
            counts[_group(message) if isinstance(message, Opaque) else "decoded"] += 1
            counts["version"] += dialect in _version_of(payload)
        score = (
            counts["decoded"]
            - counts["tolerated"]
            + _FAILED * counts["failed"]
            + _STRANGE * counts["strange"]
        )
        score += _VERSION * bool(counts["version"])
        return Fit(
            dialect, counts["decoded"], counts["failed"], counts["others"], counts["strange"], score, failure
        )

    def _tolerates(self, dialect: str, payload: bytes) -> bool:
        """Whether firmware of a dialect takes what its headers forbid: one wrong bit does not make another dialect."""
        codec = self._tolerant.get(dialect)
        if codec is None:
            codec = self._tolerant[dialect] = Codec(dialect, strict=False)
        try:
            message = codec.unpack(payload)
        except DecodeError:
            return False
        return not isinstance(message, Opaque)


def _group(message: Opaque) -> str:
    return "strange" if message.group == "unknown" and message.opcode is not None else "others"


def _version_of(payload: bytes) -> tuple[str, ...]:
    """The dialects whose version request this answers."""
    if len(payload) != _VERSION_RESPONSE_BYTES or payload[0] != 1 or payload[7:9] != _COMPANY:
        return ()
    found = _VERSION_OPCODES.get(payload[1], ())
    return (*found, "sd_api_v2_pc") if "sd_api_v2" in found else found


def _judge(fits: list[Fit]) -> Verdict:
    order = {name: position for position, name in enumerate(_PREFERRED)}
    fits.sort(key=lambda fit: (-fit.score, order.get(fit.dialect, len(order))))
    best = fits[0]
    ties = tuple(fit.dialect for fit in fits[1:] if fit.score == best.score)
    margin = best.score - max((fit.score for fit in fits if fit.score < best.score), default=best.score)
    certainty: Certainty
    if len(ties) == len(fits) - 1:
        certainty = "unknown"
    elif ties and not _twins(best.dialect, ties):
        certainty = "ambiguous"
    else:
        certainty = "sure" if margin >= _SURE_MARGIN and best.failed * 4 <= best.decoded else "likely"
    return Verdict(best.dialect, ties, certainty, tuple(fits))


def _twins(dialect: str, ties: tuple[str, ...]) -> bool:
    """Whether dialects differ in nothing that a GATTS packet has: then either decodes the same."""
    mine = DIALECTS.get(dialect)
    others = [DIALECTS.get(tie) for tie in ties]
    return mine is not None and all(
        other is not None and other.groups["gatts"] == mine.groups["gatts"] for other in others
    )
