"""The HTML report of a recording, item by item: rows and bytes for the page, and the doctor's findings on top."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import Any, TextIO

from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.doctor import Doctor, Finding
from gatts_codec.capture.wire.clock import SECOND_US
from gatts_codec.capture.wire.frames import CapturedFrame, Item, Stray
from gatts_codec.capture.writers.html.page import page
from gatts_codec.capture.writers.html.report import HtmlReport
from gatts_codec.errors import CaptureError
from gatts_codec.version import __version__


class HtmlWriter:
    """Collects a recording and writes its page on ``close``.

    ``title`` heads the page: the recording's name, without its folders, since reports are made to be sent to others;
    ``about`` are further words, such as its format and dialect. Memory grows with the recording, but the annotated
    bytes, which are most of it, are kept deflated.
    """

    def __init__(
        self, stream: TextIO, decoder: PacketDecoder, *, title: str, about: tuple[str, ...] = ()
    ) -> None:
        self._stream, self._title, self._about = stream, _without_folders(title), about
        self._decoder, self._report = decoder, HtmlReport(decoder)
        self._doctor = Doctor(decoder.dialect)
        self._counts: Counter[str] = Counter()
        self._times: list[int] = []

    def write(self, item: Item) -> None:
        """Take the next item. Frames come in the order of their numbers, from 1, none left out."""
        self._doctor.see(item)
        if isinstance(item, CapturedFrame):
            self._report.add(self._decoder.decode(item))
            self._counts["frames"] += 1
            self._times = [*self._times[:1], item.t_us] if item.t_us is not None else self._times
        elif isinstance(item, Stray):
            self._counts["bytes outside frames"] += item.size
        elif isinstance(item, CaptureError):
            self._counts["lines that cannot be read"] += 1

    def close(self) -> None:
        """Write the page. The stream stays open."""
        self._report.finish()
        diagnosis = self._doctor.report()
        findings = [_finding(finding) for finding in (*diagnosis.findings, *diagnosis.notes)]
        data = self._report.data(
            self._title, self._facts(), findings, {"level": diagnosis.level, "text": diagnosis.headline}
        )
        self._stream.writelines(page(data, self._report.blocks))

    def _facts(self) -> list[str]:
        facts = [*self._about, self._decoder.dialect.firmware]
        facts += [f"{count} {what}" for what, count in self._counts.items()]
        if len(self._times) > 1:
            facts.append(f"{(self._times[-1] - self._times[0]) / SECOND_US:.3f} s")
        return [*facts, f"gatts-codec {__version__}"]


def _without_folders(name: str) -> str:
    """``a/host.bin and a/device.bin`` as ``host.bin and device.bin``."""
    return " and ".join(PurePath(part).name for part in name.split(" and "))


def _finding(finding: Finding) -> dict[str, Any]:
    shown = [(evidence.frame or 0, evidence.text) for evidence in finding.evidence]
    named = {number for number, _ in shown}
    return {
        "severity": finding.severity,
        "title": f"[{finding.link}] {finding.title}" if finding.link else finding.title,
        "cause": finding.cause,
        "ended": finding.ended,
        "fault": finding.fault,
        "advice": finding.advice,
        "count": finding.count,
        "evidence": [[number - 1, text] for number, text in shown],
        "more": [number - 1 for number in finding.frames if number not in named],
    }
