"""What ``gatts-codec chip`` shows while it runs, and when it ends."""

from __future__ import annotations

from time import monotonic, perf_counter

from gatts_codec.capture import CapturedFrame, Chunk, Direction, FrameAssembler, Item, PacketDecoder
from gatts_codec.cli.chip_script import Script
from gatts_codec.cli.output import console, tell
from gatts_codec.cli.rows import RowPrinter
from gatts_codec.device.chip import Note, Observation, VirtualChip
from gatts_codec.device.runner import ChipRunner
from gatts_codec.device.script import ScriptLine
from gatts_codec.framing.h5 import H5Type
from gatts_codec.link.events import LinkLost, LinkUp, LostReason, Rebooted
from gatts_codec.link.transports.base import LONGEST_WAIT_S


class Show:
    """What the terminal shows of a chip, and the script that acts on it."""

    def __init__(
        self,
        chip: VirtualChip,
        lines: list[ScriptLine],
        until_script_ends: bool,
        timeout_s: float | None,
        *,
        verbose: bool,
        quiet: bool,
    ) -> None:
        self._verbose, self._quiet = verbose, quiet
        self._began = perf_counter()
        self._until_script_ends = until_script_ends
        self.until = None if timeout_s is None else monotonic() + timeout_s
        self.script = Script(chip, lines, self.say, once=until_script_ends)
        decoder = PacketDecoder(chip.device.dialect)
        self._decoder, self._rows = decoder, RowPrinter(console(), decoder, verbose=verbose)
        self._frames = FrameAssembler()
        self._last: Item | None = None
        self._runner: ChipRunner | None = None
        self.interrupted = False
        chip.observers.append(self.observe)

    def attach(self, runner: ChipRunner) -> None:
        """Follow a runner."""
        self._runner = runner
        self.script.begin()
        runner.on_turn = self.turn
        if not self._quiet:
            runner.on_wire = self.wire

    def detach(self) -> None:
        """The host is gone."""
        self._runner = None

    def interrupt(self) -> bool:
        """Have the chip end with its turn, where there is a host to serve; whether it will."""
        self.interrupted = True
        if self._runner is not None:
            self._runner.stop()
        return self._runner is not None

    def is_over(self, now: float) -> bool:
        """Whether the chip has to end: by a signal, by its script, or by the time."""
        if self.interrupted or (self._until_script_ends and self.script.over):
            return True
        return self.until is not None and now >= self.until

    def wire(self, direction: Direction, data: bytes) -> None:
        """Bytes that pass: a row for each frame."""
        t_us = int((perf_counter() - self._began) * 1e6)
        for item in self._frames.feed(Chunk(t_us, direction, data)):
            if not isinstance(item, CapturedFrame):
                self._rows.aside(item)
            elif self._verbose or not self._is_tiring(item):
                self._rows.record(self._decoder.decode(item))
            self._last = item

    def _is_tiring(self, frame: CapturedFrame) -> bool:
        """ACKs, and the SYNC that a chip without a host repeats."""
        if frame.packet is None:
            return False
        repeated = isinstance(self._last, CapturedFrame) and self._last.raw == frame.raw
        return frame.packet.type == H5Type.ACK or (frame.packet.link == "SYNC" and repeated)

    def observe(self, what: Observation) -> None:
        """What is not on the wire: faults, the link coming and going."""
        if isinstance(what, Rebooted):
            self.script.begin()
            self.say(f"chip rebooted: {what.cause}")
        elif isinstance(what, LinkUp):
            self.say("link up")
        elif isinstance(what, LinkLost) and what.reason is LostReason.CLOSED:
            self.script.switch_off()
        elif isinstance(what, LinkLost):
            self.say(f"link lost: {what.describe()}")
        elif isinstance(what, Note):
            self.say(what.text)

    def turn(self, now: float) -> float | None:
        """Let the script go on, or end the chip."""
        if self._runner is not None and self.is_over(now):
            self._runner.stop()
        until = None if self.until is None else min(self.until, now + LONGEST_WAIT_S)
        dues = [due for due in (self.script.turn(now), until) if due is not None]
        return min(dues, default=None)

    def say(self, text: str, important: bool = False) -> None:
        """A line of the chip's own, on standard error."""
        if important or not self._quiet:
            tell(text, "-- ")
