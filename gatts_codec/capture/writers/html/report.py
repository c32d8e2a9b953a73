"""What the page shows, collected frame by frame: rows, calls, exchanges, problems, and each frame's bytes.

The bytes are annotated and packed as they come, so that a long recording costs little more than its page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gatts_codec.capture.calls.deliveries import GivenUp, LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, Happening, Session
from gatts_codec.capture.decoding.annotate import Annotator
from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.capture.decoding.packets import PacketDecoder, PacketRecord
from gatts_codec.capture.wire.clock import YEAR_2001_US
from gatts_codec.capture.writers.html.page import BlockPacker
from gatts_codec.capture.writers.html.rows import COPY, KINDS, RESTART, REUSED, HtmlRow, packet_name, row_of

Problem = list[str]  # severity and text

_FLAGS = {"sent again": COPY, "sent again after its ACK": COPY, "seq reused": REUSED}
_MARKS = {"sent again": "again", "sent again after its ACK": "again after its ACK"}
_MISSING = -1


class HtmlReport:
    """Collects the records of one recording; ``data`` and ``blocks`` are what the page needs."""

    def __init__(self, decoder: PacketDecoder) -> None:
        self._session = Session(decoder.dialect)
        self._describer = Describer(decoder.dialect.numbers, self._session.name_of)
        self._annotator = Annotator(decoder, self._describer)
        self._columns: dict[str, list[Any]] = {name: [] for name in (*HtmlRow._fields, "copy_of")}
        self._names: dict[str, int] = {}
        self._marks: dict[int, list[Problem]] = {}
        self._calls: list[dict[str, Any]] = []
        self._exchanges: list[dict[str, Any]] = []
        self._handle_names: dict[int, str] = {}
        self.blocks = BlockPacker()

    def add(self, record: PacketRecord) -> list[Happening]:
        """Take the next frame. Returns what it brought about."""
        happenings = self._session.feed(record)
        self._row(row_of(record, self._describer))
        self.blocks.add(self._fields(record))
        if record.failure:
            self._mark(record.frame.number, "error", "bad frame" if record.h5 is None else "does not decode")
        elif record.packet and record.packet.tolerated and record.packet.error:
            self._mark(record.frame.number, "warning", f"tolerated: {record.packet.error.reason}")
        self._take(happenings)
        return happenings

    def finish(self) -> list[Happening]:
        """The recording is over. Returns what was still under way."""
        happenings = self._session.finish()
        self._take(happenings)
        return happenings

    def data(
        self, title: str, about: Iterable[str], findings: list[dict[str, Any]], verdict: dict[str, str]
    ) -> dict[str, Any]:
        """All but the bytes, as plain JSON values."""
        times = self._columns["t"]
        return {
            "title": title,
            "about": list(about),
            "verdict": verdict,
            "findings": findings,
            "frames": self._columns,
            "kinds": KINDS,
            "names": list(self._names),
            "marks": self._marks,
            "calls": self._calls,
            "exchanges": self._exchanges,
            "handle_names": self._handle_names,
            "clock_times": any(t is not None and t >= YEAR_2001_US for t in times[:1]),
        }

    def _row(self, row: HtmlRow) -> None:
        for name, value in row._asdict().items():
            self._columns[name].append(value)
        self._columns["kind"][-1] = KINDS.index(row.kind)
        self._columns["name"][-1] = self._names.setdefault(row.name, len(self._names))
        self._columns["copy_of"].append(_MISSING)
        for handle in row.handles:
            called = self._session.name_of(handle)
            if called:
                self._handle_names[handle] = called

    def _fields(self, record: PacketRecord) -> list[list[Any]]:
        lines = self._annotator.annotate(record)
        return [[line.data.hex(), line.label, line.text, int(line.wrong)] for line in lines]

    def _mark(self, number: int, severity: str, text: str) -> None:
        self._marks.setdefault(number - 1, []).append([severity, text])

    def _flag(self, number: int, flag: int) -> None:
        self._columns["flags"][number - 1] |= flag

    def _take(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            if isinstance(happening, Call):
                self._call(happening)
            elif isinstance(happening, Exchange):
                self._exchange(happening)
            elif isinstance(happening, Oddity):
                self._oddity(happening)
            elif isinstance(happening, LinkChange):
                self._link_change(happening)
            elif isinstance(happening, GivenUp):
                self._mark(happening.delivery.first.frame, "error", "never acknowledged")

    def _call(self, call: Call) -> None:
        command, response = call.command, call.response
        self._calls.append(
            {
                "name": packet_name(command.packet, self._describer.dialect),
                "command": command.first.frame - 1,
                "copies": call.retries,
                "copies_at": [sight.frame - 1 for sight in command.sights[1:]],
                "ack": command.acked.frame - 1 if command.acked else _MISSING,
                "response": response.first.frame - 1 if response else _MISSING,
                "ack_us": _or_missing(call.ack_us),
                "response_us": _or_missing(call.response_us),
                "outcome": call.outcome,
                "failed": bool(call.result),
            }
        )

    def _exchange(self, exchange: Exchange) -> None:
        closed = exchange.closed
        self._exchanges.append(
            {
                "kind": exchange.kind,
                "opened": exchange.opened.first.frame - 1,
                "closed": closed.first.frame - 1 if closed else _MISSING,
                "us": _or_missing(exchange.latency_us),
                "why": exchange.why,
            }
        )

    def _oddity(self, oddity: Oddity) -> None:
        number = oddity.record.frame.number
        flag = _FLAGS.get(oddity.code, 0)
        self._flag(number, flag)
        if flag == COPY and oddity.delivery:
            self._columns["copy_of"][number - 1] = oddity.delivery.first.frame - 1
        text = _MARKS.get(oddity.code, oddity.code)
        severity = "error" if flag == REUSED else "warning"
        self._mark(number, severity, f"{text}: {oddity.detail}" if oddity.detail else text)

    def _link_change(self, change: LinkChange) -> None:
        number = change.record.frame.number
        if "restarted" in change.what:
            self._flag(number, RESTART)
            self._mark(number, "warning", change.what)
        elif change.what == "up":
            self._mark(number, "note", "link up")


def _or_missing(us: int | None) -> int:
    return _MISSING if us is None else us
