"""Calls that are not answered, are answered wrongly, or fail; packets that do not decode; restarts."""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.capture.calls.deliveries import Delivery, LinkChange, Oddity, between, sight
from gatts_codec.capture.calls.session import Call
from gatts_codec.capture.decoding.describe import Describer, packet_name
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding, of_delivery, of_record
from gatts_codec.constants import MAX_VALUE_LEN, hint
from gatts_codec.constants.table import short_name
from gatts_codec.dialects import Dialect

_RESTART_US = 3_000_000  # a chip that a command kills is back within this time
_RESPONSES = {"unasked response", "late response", "other response"}


class Calls:
    """Judges calls by their outcome."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._describer = Describer(dialect.numbers)
        self._cases = Cases()
        self._interrupted: Call | None = None

    def call(self, call: Call, reused: Delivery | None) -> None:
        """Takes a call that is over; ``reused`` is the delivery whose number was used again last."""
        command, name = call.command, self._name(call.command)
        self._interrupted = call if call.outcome == "reset" else None
        if call.outcome == "no response":
            taken = reused is not None and reused.h5.seq == command.h5.seq
            code = "taken for a duplicate" if taken else "no response"
            self._cases.add(code, of_delivery(command, f"{name}, acknowledged"), {"name": name}, apart=name)
        elif call.outcome == "answered" and call.result:
            self._failed(call, name, call.result)

    def oddity(self, oddity: Oddity) -> None:
        """Takes an oddity; only those about responses are judged here."""
        if oddity.code in _RESPONSES:
            name = self._name(oddity.delivery) if oddity.delivery else ""
            shown = packet_name(oddity.record.packet, self._describer.dialect) if oddity.record.packet else ""
            evidence = of_record(oddity.record, f"response {shown} {oddity.detail}".rstrip())
            self._cases.add(oddity.code, evidence, {"name": name})

    def link(self, change: LinkChange) -> None:
        """Takes a change of the link."""
        if change.what == "host restarted":
            self._cases.add(
                "host restarted", of_record(change.record, "SYNC from the host while the link is up")
            )
        elif change.what == "chip restarted":
            self._restarted(change.record)
        if change.what in ("chip restarted", "chip restarted as told", "up"):
            self._interrupted = None

    def record(self, record: PacketRecord) -> None:
        """Takes a frame: does its packet decode?"""
        packet = record.packet
        if packet is None or packet.message is not None or packet.error is None:
            return
        name, kind = packet_name(packet, self._describer.dialect), packet.kind or "packet"
        path = f"{packet.error.path}: " if packet.error.path else ""
        evidence = of_record(record, f"{kind} {name}: {path}{packet.error.reason}")
        self._cases.add("undecodable", evidence, {"kind": kind}, apart=kind)

    def wrong_dialect(self, why: str, better: str) -> None:
        """Another dialect fits better: that explains what does not decode."""
        undecodable = [finding for finding in self._cases.findings() if finding.code == "undecodable"]
        for code in ("undecodable", "call failed"):
            self._cases.drop(code)
        values = {"dialect": self._dialect.name, "why": why, "better": better}
        told = [evidence for finding in undecodable for evidence in finding.evidence]
        for evidence in told or [Evidence(None, None, why)]:
            self._cases.add("wrong dialect", evidence, values)

    def findings(self) -> Iterator[Finding]:
        """What was found."""
        return self._cases.findings()

    def _restarted(self, record: PacketRecord) -> None:
        call = self._interrupted
        waited = between(call.command.first, sight(record)) if call else None
        if call is None or (waited is not None and waited > _RESTART_US):
            self._cases.add("chip restarted", of_record(record, "SYNC from the chip while the link is up"))
            return
        name = self._name(call.command)
        acked = "acknowledged" if call.command.acked else "not acknowledged"
        evidence = of_delivery(call.command, f"{name}, {acked}, then SYNC in frame {record.frame.number}")
        self._cases.add("command restarts the chip", evidence, {"name": name, "why": _why(call)}, apart=name)

    def _failed(self, call: Call, name: str, result: int) -> None:
        said = self._describer.result(result)
        packet = call.command.packet
        advice = hint(self._dialect.numbers, result, short_name(packet.name) if packet.name else None)
        evidence = of_delivery(call.command, f"{name}: {said}")
        why = advice or "the chip refuses the call"
        self._cases.add(
            "call failed", evidence, {"name": name, "result": said, "why": why}, apart=(name, result)
        )

    def _name(self, delivery: Delivery) -> str:
        return packet_name(delivery.packet, self._describer.dialect)


def _why(call: Call) -> str:
    error = call.command.packet.error
    if error is None:
        return "the firmware crashed on it: a fault in the firmware, or a command of another SoftDevice API version"
    path = f"{error.path}: " if error.path else ""
    said = f"the chip cannot decode the command ({path}{error.reason}) and reboots"
    too_long = str(MAX_VALUE_LEN) in error.reason
    return said if too_long else said + ": wrong dialect, or a damaged packet"
