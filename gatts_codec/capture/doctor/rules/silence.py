"""Packets of the host without an ACK, and calls without a response: judged when it is known what came after.

Who is at fault depends on it: a chip that speaks again did not take this one packet; one that is silent from there on
is deaf, hangs or has gone; one that comes back with SYNC has restarted; one whose answers come late stood still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, LinkChange, Oddity, between, sight
from gatts_codec.capture.calls.session import Call
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import of_delivery
from gatts_codec.capture.doctor.rules.fatal import Fatal, fatal
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST
from gatts_codec.framing import H5Type

_JLINK_BYTES = 64
_ENOUGH_ATTEMPTS = 3
_ENOUGH_BEFORE_RESET = 2
_ACK_US, _RESPONSE_US = 200_000, 1_000_000  # a host that waits less for them has not given up: it was stopped
_TRIES = 3  # frames of the host that a silent chip leaves unanswered
_KEPT = 64
_BY_HOST = ("reset", "host restarted")
_HUNG = "its application stopped in the handler of this command, or it lost its power just then"


class _Silent(NamedTuple):
    why: str
    advice: str


_DEAF = _Silent(
    "a damaged byte makes the chip's SLIP decoder wait for DC or DD: it drops all that follows, RESET and SYNC too, "
    "until one comes. Or the chip hangs, has lost its power or was unplugged; one that restarts would send SYNC",
    "send c0 dd c0: a chip that waits for the end of an escape wakes up, others ignore it; else cycle its power, and "
    "look at the cable. Have the host send it before each RESET and SYNC",
)
_DEAD = _Silent(
    "the host has sent c0 dd c0, so no damaged byte keeps the chip deaf: it hangs, has lost its power or was "
    "unplugged; one that restarts would send SYNC",
    "cycle the chip's power, and look at the cable and at what the chip was told last",
)


@dataclass(slots=True)
class _Lost:
    """A command that was not acknowledged, or not answered; ``back`` is the chip's first frame after it."""

    call: Call
    back: PacketRecord | None = None
    late: bool = False
    tries: int = 0
    syncs: int = 0
    over_response: bool = False
    stuck: PacketRecord | None = None

    @property
    def command(self) -> Delivery:
        return self.call.command

    @property
    def sent_in_vain(self) -> bool:
        return self.command.acked is None and self.command.attempts >= _ENOUGH_ATTEMPTS


class Silence(Rule):
    """Judges what the chip did not acknowledge or answer."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._lost: list[_Lost] = []
        self._pending: _Lost | None = None
        self._longest_payload = self._longest_frame = 0
        self._open_response = False
        self._synced_over: PacketRecord | None = None
        self._released = 0  # the last frame that would wake a deaf chip
        # The host's damaged frame that left the chip's decoder in an escape.
        self._stuck: PacketRecord | None = None

    def record(self, record: PacketRecord) -> None:
        h5, error = record.h5, record.frame.error
        if record.frame.is_release:
            self._released = record.frame.number
        elif record.frame.dir == TO_HOST:
            self._stuck = None
        elif error is not None and error.code == "bad_escape":
            self._stuck = record
        for lost in self._lost:
            if lost.back is not None or h5 is None:
                continue
            if record.frame.dir == TO_DEVICE:
                lost.tries += 1
                lost.syncs += h5.link == "SYNC"
            elif record.frame.dir == TO_HOST:
                lost.back = record
                lost.late = lost.late or _answers(record, lost.command)

    def call(self, call: Call) -> None:
        command = call.command
        self._pending = None
        if command.acked is not None:
            self._longest_payload = max(self._longest_payload, len(command.h5.payload))
            self._longest_frame = max(self._longest_frame, len(command.record.frame.raw))
        if call.outcome == "answered":
            self._synced_over = None
        lost = _Lost(call, over_response=self._synced_over is not None, stuck=self._stuck)
        if call.outcome == "reset":
            self._pending = lost
        elif call.outcome == "no response" or (
            command.acked is None and call.response is None and command.attempts >= _ENOUGH_ATTEMPTS
        ):
            self._keep(lost)

    def link(self, change: LinkChange) -> None:
        pending, self._pending = self._pending, None
        if change.what in _BY_HOST:
            self._synced_over = change.record if self._open_response else self._synced_over
            if pending is not None and self._cut_off(pending, change):
                self._say_cut_off(pending, change)
            elif pending is not None and self._given_up(pending):
                pending.syncs += change.what == "host restarted"
                self._keep(pending)
        elif change.what == "chip restarted" and pending is not None and pending.sent_in_vain:
            pending.back, pending.syncs = change.record, _ENOUGH_BEFORE_RESET
            self._keep(pending)
        self._open_response = False

    def given_up(self, given_up: GivenUp) -> None:
        delivery = given_up.delivery
        if delivery.record.frame.dir == TO_HOST and delivery.packet.kind == "response":
            self._open_response = given_up.why == "reset"

    def oddity(self, oddity: Oddity) -> None:
        if oddity.code == "late response":
            for lost in self._lost:
                lost.late = lost.late or lost.command is oddity.delivery

    def end(self) -> None:
        for lost in self._lost:
            code, values = self._judged(lost)
            command = lost.command
            said = "acknowledged" if command.acked else f"{len(command.h5.payload)} bytes"
            values |= {"name": self.name(command), "attempts": Quantity(command.attempts)}
            after = f"; the chip's next frame is {lost.back.frame.number}" if lost.back else ""
            evidence = of_delivery(command, f"{values['name']}, {said}")
            evidence = evidence._replace(text=evidence.text + after)
            self.cases.add(code, evidence, values, apart=None if lost.over_response else values["name"])

    def _cut_off(self, lost: _Lost, change: LinkChange) -> bool:
        """Whether the host started again before it could know that no answer comes."""
        command = lost.command
        waited = between(command.first, sight(change.record))
        patience = _ACK_US if command.acked is None else _RESPONSE_US
        return (
            lost.call.response is None and waited is not None and waited < patience and command.attempts == 1
        )

    def _say_cut_off(self, lost: _Lost, change: LinkChange) -> None:
        command, name = lost.command, self.name(lost.command)
        how = "RESET" if change.what == "reset" else "SYNC"
        evidence = of_delivery(command, f"{name}, then {how} in frame {change.record.frame.number}")
        self.cases.add("call cut off", evidence, {"name": name, "how": how}, apart=name)

    def _given_up(self, lost: _Lost) -> bool:
        """Whether the host started again for want of an answer, and not for another reason."""
        command = lost.command
        if command.acked is not None:
            return lost.call.response is None and command.packet.kind == "command"
        return command.attempts - command.before_up >= _ENOUGH_BEFORE_RESET

    def _keep(self, lost: _Lost) -> None:
        if len(self._lost) < _KEPT:
            self._lost.append(lost)

    def _judged(self, lost: _Lost) -> tuple[str, dict[str, object]]:
        if lost.over_response:
            return "sync over a response", {}
        if lost.late:
            return "chip late", {}
        if lost.stuck is not None and lost.command.acked is None:
            error = lost.stuck.frame.error
            return "chip deaf", {"frame": lost.stuck.frame.number, "error": error.reason if error else ""}
        silent = lost.back is None and lost.tries >= _TRIES and bool(self.scene.last.get(TO_HOST))
        if lost.command.acked is not None:
            return self._unanswered(lost, silent)
        return self._unacknowledged(lost, silent)

    def _unanswered(self, lost: _Lost, silent: bool) -> tuple[str, dict[str, object]]:
        if not silent:
            return "no response", {}
        return "chip hung", (fatal(lost.command) or Fatal(_HUNG, "the chip"))._asdict()

    def _unacknowledged(self, lost: _Lost, silent: bool) -> tuple[str, dict[str, object]]:
        size, limit = len(lost.command.h5.payload), self.scene.longest_payload
        if size > limit and size > self._longest_payload:
            return "payload too long", {"size": size, "limit": limit}
        if not self.scene.last.get(TO_HOST):
            return "chip never heard", {}
        if silent:
            woken = self._released > lost.command.first.frame
            return "chip silent", (_DEAD if woken else _DEAF)._asdict()
        if lost.back is not None and lost.syncs >= _ENOUGH_BEFORE_RESET:
            return "chip gone and back", {}
        frame = len(lost.command.record.frame.raw)
        if frame > _JLINK_BYTES >= self._longest_frame > 0:
            return "long packet not acknowledged", {"size": size}
        return "not acknowledged", {}


def _answers(record: PacketRecord, command: Delivery) -> bool:
    """Whether a frame of the chip is the ACK or the response that a command waited for."""
    h5, packet = record.h5, record.packet
    if h5 is not None and h5.type == H5Type.ACK:
        return command.acked is None and h5.ack == (command.h5.seq + 1) % 8
    return packet is not None and packet.kind == "response" and packet.opcode == command.packet.opcode
