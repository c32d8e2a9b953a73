"""The script of ``gatts-codec chip``: begun for each host, and in the end a verdict."""

from __future__ import annotations

from collections.abc import Callable

from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.script import ScriptLine, ScriptRun

Say = Callable[[str, bool], object]  # a line, and whether it matters


class Script:
    """What the peer does. ``once``: when it has ended it does not begin again, whatever the host does."""

    def __init__(self, chip: VirtualChip, lines: list[ScriptLine], say: Say, *, once: bool) -> None:
        self._chip, self._lines, self._say, self._once = chip, lines, say, once
        self._run: ScriptRun | None = None
        self._passed = self._failed = False
        self._stood = "nothing has begun"

    @property
    def over(self) -> bool:
        """Whether a run has ended, and the host has all that was sent to it."""
        return self._ended and self._run is None and not self._chip.link.waiting

    @property
    def status(self) -> int:
        """The command's exit status: 0 when the script went through, and never failed."""
        return int(bool(self._lines) and (self._failed or not self._passed))

    def begin(self) -> None:
        """From the first line: a host that comes shall find the same peer as the one before."""
        if self._lines and not (self._once and self._ended):
            self._run = ScriptRun(self._chip, self._lines, lambda line: self._say(f"script: {line}", False))

    def turn(self, now: float) -> float | None:
        """Go on; when to be called at the latest."""
        run = self._run
        if run is None:
            return None
        due = run.turn(now)
        self._passed = self._passed or run.rounds > 0
        if not run.done:
            return due
        self._run = None
        self._passed, self._failed = self._passed or run.error is None, self._failed or run.error is not None
        self._say(f"script: {run.error}" if run.error else "script: done", run.error is not None)
        return now  # once more, when the chip has sent what came of it

    def switch_off(self) -> None:
        """Remember where it stands, before the chip forgets."""
        if self._run is not None:
            self._stood = self._run.standing

    def judge(self) -> int:
        """Say what is wrong, if the script never came to its end; the exit status."""
        if self._lines and not self._ended:
            self._say(f"script: not finished: {self._stood}", True)
        return self.status

    @property
    def _ended(self) -> bool:
        return self._passed or self._failed
