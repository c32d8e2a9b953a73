"""What is wrong with the line itself: damaged frames, noise, parity."""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding, of_frame
from gatts_codec.capture.doctor.texts import Count
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction, LineFault, Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item, Stray
from gatts_codec.errors import CaptureError

SIDES: dict[Direction | None, str] = {TO_DEVICE: "host", TO_HOST: "chip", None: "line"}
_RUN = 3  # damaged frames close together are no accident
_NEAR = 20  # frames of the same side


class Line:
    """Collects what never became a packet."""

    def __init__(self) -> None:
        self._cases = Cases()
        self._frames = dict.fromkeys(SIDES, 0)
        self._damaged: dict[Direction | None, list[int]] = {side: [] for side in SIDES}
        self._runs = dict.fromkeys(SIDES, False)

    def see(self, item: Item) -> None:
        """Takes an item of the recording."""
        if isinstance(item, CapturedFrame):
            self._frames[item.dir] += 1
            if item.error is not None:
                self._bad_frame(item)
        elif isinstance(item, Stray):
            self._stray(item)
        elif isinstance(item, LineFault):
            text = f"{item.what}, {item.times} in one go" if item.times > 1 else item.what
            evidence = Evidence(None, item.t_us, text)
            self._cases.add("line faults", evidence, {"what": item.what}, count=item.times, apart=item.what)
        elif isinstance(item, Remark) and item.kind == "bad frame":
            evidence = Evidence(None, item.t_us, f"line {item.line}: {item.text}")
            self._cases.add("damaged frame", evidence, {"side": "chip"}, apart=TO_HOST)
            self._damage(TO_HOST)
        elif isinstance(item, CaptureError):
            place = f"line {item.line}: " if item.line else ""
            evidence = Evidence(None, None, f"{place}{item.reason}")
            self._cases.add("lines not read", evidence, {"why": item.reason})

    def findings(self) -> Iterator[Finding]:
        """What was found."""
        return self._cases.findings()

    def _bad_frame(self, frame: CapturedFrame) -> None:
        assert frame.error is not None
        code = "bad frames in runs" if self._runs[frame.dir] else "damaged frame"
        evidence = of_frame(frame, frame.error.reason)
        self._cases.add(code, evidence, {"side": SIDES[frame.dir]}, apart=frame.dir)
        self._damage(frame.dir)

    def _damage(self, side: Direction | None) -> None:
        recent = self._damaged[side]
        recent.append(self._frames[side])
        del recent[:-_RUN]
        if len(recent) == _RUN and recent[-1] - recent[0] <= _NEAR:
            self._runs[side] = True
            self._cases.turn("damaged frame", "bad frames in runs", side)

    def _stray(self, stray: Stray) -> None:
        if not self._frames[stray.dir]:
            return  # a recording may begin within a frame
        evidence = Evidence(None, stray.t_us, f"{Count(stray.size):byte} outside frames")
        self._cases.add("noise", evidence, {"side": SIDES[stray.dir]}, count=stray.size, apart=stray.dir)
