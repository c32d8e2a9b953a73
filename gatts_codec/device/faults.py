"""Faults on demand: what goes wrong between a chip and its host, when, and how often.

A fault is written ``KIND=WHEN``, a delay ``KIND=WHEN@SECONDS``:

    drop-ack  corrupt-ack  duplicate-ack  delay-ack                  ACK frames that the chip sends
    drop-response  corrupt-response  duplicate-response  ..          its responses
    drop-event  corrupt-event  duplicate-event  delay-event          its events
    no-response       a command is acknowledged and executed, never answered
    reboot            the chip reboots instead of executing a command
    sync              SYNC goes out in the middle of things, as if the chip had restarted
    silent            from this command on nothing is heard or said any more
    result=NAME:CODE[:WHEN]    a call, without NAME every call, is answered with a result and not executed
    max-payload=BYTES          longer packets are dropped in silence

WHEN counts what the kind is about from 1 (frames each time they are sent, commands as they arrive):
``3`` the third, ``3x2`` two from the third on, ``3+`` all from the third on, ``all``, ``5%`` each with that
probability, by a random number generator with a seed of its own.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from gatts_codec.arguments import check_fields, check_share, checked
from gatts_codec.constants import result_name
from gatts_codec.constants.table import table
from gatts_codec.errors import EncodeError, brief
from gatts_codec.framing import slip
from gatts_codec.link.config import LONGEST_TIMEOUT_S, require

Target = Literal["ack", "response", "event", "command"]
FrameAction = Literal["drop", "corrupt", "duplicate", "delay"]
CommandAction = Literal["no-response", "reboot", "sync", "silent", "result"]

_FRAME_KINDS = {
    f"{action}-{target}": (action, target)
    for action in get_args(FrameAction)
    for target in ("ack", "response", "event")
}
_COMMAND_KINDS = get_args(CommandAction)
_KINDS = (*_FRAME_KINDS, *_COMMAND_KINDS, "max-payload")
_WHEN = re.compile(
    r"(?P<all>all)|(?P<percent>\d+(\.\d+)?)%|(?P<first>[1-9]\d*)(x(?P<times>[1-9]\d*)|(?P<on>\+))?"
)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Which ones: from ``first`` to ``last`` (None: without end), each with a probability of ``rate``.

    Raises EncodeError for what is not a number, and a rate that is not 0 to 1.
    """

    first: int = 1
    last: int | None = None
    rate: float = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_share("rate", self.rate)

    def applies(self, count: int, chance: random.Random) -> bool:
        """Whether the ``count``-th one is meant."""
        within = self.first <= count and (self.last is None or count <= self.last)
        return within and (self.rate >= 1.0 or chance.random() < self.rate)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``call`` (a call's name without prefix) and ``result`` are those of kind "result".

    Raises EncodeError for a kind that there is not, and for a field of another type.
    """

    kind: str
    when: Occurrences = Occurrences()
    delay_s: float = 0.0
    call: str = ""
    result: int = 0
    max_payload: int = 0

    def __post_init__(self) -> None:
        check_fields(self)
        require("delay_s", self.delay_s, 0, LONGEST_TIMEOUT_S, "fault")
        require("result", self.result, 0, 0xFFFFFFFF, "fault")
        if self.kind not in _KINDS:
            raise EncodeError(
                f"unknown fault {self.kind!r}; kinds are {', '.join(_KINDS)}", path="fault", value=self.kind
            )


@checked
def parse_fault(text: str, dialect: str) -> Fault:
    """A fault from its written form. Raises EncodeError, which says what is wrong and shows the forms."""
    kind, _, rest = text.partition("=")
    if kind == "max-payload" and rest.isdigit():
        return Fault(kind, max_payload=int(rest))
    if kind == "result":
        return _parse_result(text, rest, dialect)
    if kind in _FRAME_KINDS or kind in _COMMAND_KINDS:
        when, _, seconds = rest.partition("@")
        return Fault(kind, _parse_when(text, when or "all"), _parse_delay(text, kind, seconds))
    raise EncodeError(f"unknown fault {text!r}; kinds are {', '.join(_KINDS)}", path="fault", value=text)


def _parse_result(text: str, rest: str, dialect: str) -> Fault:
    call, _, after = rest.partition(":")
    code, _, when = after.partition(":")
    return Fault("result", _parse_when(text, when or "all"), call=call, result=_code(text, code, dialect))


def _code(text: str, code: str, dialect: str) -> int:
    """A result by number, or by name with or without ``NRF_ERROR_`` and ``BLE_ERROR_``."""
    try:
        return int(code, 0)
    except ValueError:
        pass
    names = table(dialect)
    for prefix in ("", "NRF_ERROR_", "BLE_ERROR_"):
        number = names.get(prefix + code.upper())
        if number is not None and result_name(dialect, number):
            return number
    raise EncodeError(f"{text!r}: {code!r} is not a result of {dialect}", path="fault", value=text)


def _parse_when(text: str, when: str) -> Occurrences:
    match = _WHEN.fullmatch(when)
    if match is None:
        forms = "3, 3x2, 3+, all or 5%"
        raise EncodeError(
            f"{text!r}: {when!r} does not say when; forms are {forms}", path="fault", value=text
        )
    if match["all"]:
        return Occurrences()
    if match["percent"]:
        return Occurrences(rate=float(match["percent"]) / 100)
    first = int(match["first"])
    return Occurrences(first, None if match["on"] else first + int(match["times"] or 1) - 1)


def _parse_delay(text: str, kind: str, seconds: str) -> float:
    wanted = kind.startswith("delay-")
    try:
        delay_s = float(seconds) if seconds else 0.0
    except ValueError:
        delay_s = -1.0
    if not 0 <= delay_s < math.inf or wanted != bool(seconds):
        form = f"{kind}=WHEN@SECONDS" if wanted else f"{kind}=WHEN"
        raise EncodeError(f"{text!r}: the form is {form}", path="fault", value=text)
    return delay_s


class FaultPlan:
    """The faults of one chip, with counters that a reboot does not clear. Raises EncodeError for what is no Fault."""

    @checked
    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        for fault in self.faults:
            if not isinstance(fault, Fault):
                raise EncodeError(f"must be a Fault, not {brief(fault)}", path="faults", value=fault)
        self._chance = random.Random(seed)
        self._counts: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self.faults)

    @property
    def max_payload(self) -> int | None:
        """The smallest packet limit asked for."""
        return min((fault.max_payload for fault in self.faults if fault.max_payload), default=None)

    def command(self, call: str) -> Fault | None:
        """The fault that applies to this command, whose call has this name."""
        self._counts["command"] += 1
        for number, fault in enumerate(self.faults):
            if fault.kind not in _COMMAND_KINDS or (fault.kind == "result" and fault.call not in (call, "")):
                continue
            count = self._counts["command"]
            if fault.kind == "result":  # counts its own call
                self._counts[f"result {number}"] += 1
                count = self._counts[f"result {number}"]
            if fault.when.applies(count, self._chance):
                return fault
        return None

    def frame(self, target: Target, frame: bytes) -> list[tuple[float, bytes]]:
        """What becomes of a frame that the chip sends: frames, each with the seconds it waits before leaving."""
        self._counts[target] += 1
        frames = [(0.0, frame)]
        for fault in self.faults:
            action, about = _FRAME_KINDS.get(fault.kind, ("", ""))
            if about == target and fault.when.applies(self._counts[target], self._chance):
                frames = [changed for sent in frames for changed in self._apply(action, fault, sent)]
        return frames

    def _apply(self, action: str, fault: Fault, sent: tuple[float, bytes]) -> list[tuple[float, bytes]]:
        delay_s, frame = sent
        if action == "drop":
            return []
        if action == "duplicate":
            return [sent, sent]
        if action == "delay":
            return [(delay_s + fault.delay_s, frame)]
        return [(delay_s, self._corrupt(frame))]

    def _corrupt(self, frame: bytes) -> bytes:
        """One bit of one byte turned, such that the frame keeps its ends and its length."""
        body = bytearray(slip.decode(frame[1:-1]))
        body[self._chance.randrange(len(body))] ^= 1 << self._chance.randrange(8)
        return slip.encode(bytes(body))
