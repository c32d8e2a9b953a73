"""Calls that fail or are answered wrongly; packets that do not decode; restarts of the chip and what they cost."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import Delivery, LinkChange, Oddity, between, sight
from gatts_codec.capture.calls.session import Call
from gatts_codec.capture.decoding.describe import packet_name
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Evidence, of_delivery, of_record
from gatts_codec.capture.doctor.rules.fatal import Fatal, fatal
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import SIDES, Scene
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.capture.wire.chunks import Direction
from gatts_codec.constants import hint
from gatts_codec.constants.table import short_name

_RESTART_US = 3_000_000  # a chip that a command kills is back within this time
_CRASHED = (
    "the firmware crashed on it: a fault in the firmware, or a command of another SoftDevice API version"
)
_RESTARTED = "a fault in the firmware, a watchdog, a power dip or the reset button"
_SC_CONFIRM = (
    "a peer's confirmation of Service Changed, which firmware of SDK 13 to 15.0 cannot encode (SC_CONFIRM: its fault "
    "handler restarts the chip, and service_changed is used in this recording); else "
)
_NO_SC_CONFIRM = {"sd_api_v3", "sd_api_v4", "sd_api_v5", "sd_api_v6"}
_KEPT = 64


class Failures(Rule):
    """Calls whose result is an error; responses that fit no command; calls that the recording's end cuts off."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._reused: Delivery | None = None

    def call(self, call: Call) -> None:
        name, command = self.name(call.command), call.command
        if call.outcome == "answered" and call.result:
            self._failed(call, name, call.result)
        elif call.outcome == "no response" and self._taken(command):
            evidence = of_delivery(command, f"{name}, acknowledged")
            self.cases.add("taken for a duplicate", evidence, {"name": name}, apart=name)
        elif call.outcome == "open":
            missing = "response" if command.acked else "ACK"
            sent = "" if command.acked else f", sent {Quantity(command.attempts):time} without an ACK"
            evidence = of_delivery(command, f"{name}{sent}, then the recording ends")
            self.cases.add("call open at the end", evidence, {"name": name, "missing": missing})

    def oddity(self, oddity: Oddity) -> None:
        if oddity.code == "seq reused":
            self._reused = oddity.delivery
        elif oddity.code in ("unasked response", "other response"):
            name = self.name(oddity.delivery) if oddity.delivery else ""
            shown = (
                packet_name(oddity.record.packet, self.scene.describer.dialect)
                if oddity.record.packet
                else ""
            )
            self.cases.add(
                oddity.code, of_record(oddity.record, f"response {shown}".rstrip()), {"name": name}
            )

    def _taken(self, command: Delivery) -> bool:
        """Whether the chip took a command for a repetition of another under the same number."""
        return self._reused is not None and self._reused.h5.seq == command.h5.seq

    def _failed(self, call: Call, name: str, result: int) -> None:
        said = self.scene.describer.result(result)
        packet = call.command.packet
        short = short_name(packet.name) if packet.name else None
        why = hint(self.scene.dialect.numbers, result, short) or "the chip refuses the call"
        evidence = of_delivery(call.command, f"{name}: {said}")
        values = {"name": name, "result": said, "why": why}
        self.cases.add("call failed", evidence, values, apart=(name, result))


class Undecodable(Rule):
    """Packets that do not decode, each once however often it is sent."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._last: dict[Direction | None, bytes] = {}

    def record(self, record: PacketRecord) -> None:
        packet, side = record.packet, record.frame.dir
        if packet is None or self._last.get(side) == packet.payload:
            return
        self._last[side] = packet.payload
        if packet.message is not None or packet.error is None:
            return
        name, kind = packet_name(packet, self.scene.describer.dialect), packet.kind or "packet"
        path = f"{packet.error.path}: " if packet.error.path else ""
        evidence = of_record(record, f"{kind} {name}: {path}{packet.error.reason}")
        values = {"kind": kind, "whose": f"the {SIDES[side]}" if side else "its sender"}
        self.cases.add("undecodable", evidence, values, apart=kind)


class Restarts(Rule):
    """Restarts of either end while the link is up."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._last: Call | None = None  # the last call, while it may be what the chip restarts on
        # Opcodes that the chip has answered: these alone kill no chip.
        self._survived: set[int | None] = set()
        self._restarts: list[Evidence] = []
        self._count = 0
        self._service_changed = False

    def call(self, call: Call) -> None:
        self._last = call if call.response is None else None
        if call.response is not None:
            self._survived.add(call.command.packet.opcode)
        if call.command.packet.name == "sd_ble_gatts_service_changed":
            self._service_changed = True

    def link(self, change: LinkChange) -> None:
        last, self._last = self._last, None
        if change.what == "host restarted":
            said = "SYNC from the host while the link is up"
            self.cases.add("host restarted", of_record(change.record, said))
        elif change.what == "chip restarted":
            self._restarted(change.record, last)

    def end(self) -> None:
        late_sc = self._service_changed and self.scene.dialect.name in _NO_SC_CONFIRM
        why = (_SC_CONFIRM if late_sc else "") + _RESTARTED
        for number, evidence in enumerate(self._restarts):
            count = 1 if number else 1 + self._count - len(self._restarts)
            self.cases.add("chip restarted", evidence, {"why": why}, count=count)

    def _restarted(self, record: PacketRecord, last: Call | None) -> None:
        waited = between(last.command.first, sight(record)) if last else None
        if last is not None and waited is not None and waited > _RESTART_US:
            last = None
        if last is not None and (last.command.acked or last.command.packet.opcode not in self._survived):
            self._killed(last, record)
            return
        said = "SYNC from the chip while the link is up"
        said += f"; {self.name(last.command)} in frame {last.command.first.frame} is lost" if last else ""
        self._count += 1
        if len(self._restarts) < _KEPT:
            self._restarts.append(of_record(record, said))

    def _killed(self, call: Call, record: PacketRecord) -> None:
        name = self.name(call.command)
        acked = "acknowledged" if call.command.acked else "not acknowledged"
        evidence = of_delivery(call.command, f"{name}, {acked}, then SYNC in frame {record.frame.number}")
        values = {"name": name} | (
            fatal(call.command) or Fatal(_CRASHED, "the firmware, or its dialect")
        )._asdict()
        self.cases.add("command restarts the chip", evidence, values, apart=name)
