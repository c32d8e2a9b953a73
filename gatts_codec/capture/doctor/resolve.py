"""Which findings stand: where several explain the same frames, the one that explains most.

Two findings must never contradict one another. All decisions between them are in this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from gatts_codec.capture.doctor.finding import Finding
from gatts_codec.capture.doctor.texts import TEXTS

_SEVERITIES = ("error", "warning", "note")
_ENDS = ("link", "nothing", "all that was set up", "session")  # words of ``ended``, the gravest first
_KEPT_EVIDENCE = 8
_BORROWED = 2  # pieces of evidence of a finding that another explains

_LINK_UP = {"no device", "host not heard", "config unanswered"}
_NO_ANSWER = {
    "no response",
    "not acknowledged",
    "long packet not acknowledged",
    "chip silent",
    "chip gone and back",
}
_LOG = {"host gave up", "response not received", "host reports an error"}
_OPEN = "call open at the end"
_ANY_FAULT = {code for code, text in TEXTS.items() if text.severity != "note"}


class _Explains(NamedTuple):
    """``code`` explains ``others``; ``later``: only those that begin no earlier than it does."""

    code: str
    others: set[str]
    later: bool = False


_RULES = (
    _Explains("legacy serial dfu", _ANY_FAULT - {"legacy serial dfu"}),
    _Explains(
        "header checksum of another kind", _LINK_UP | {"bad frames in runs", "damaged frame", "noise"} | _LOG
    ),
    _Explains("length framing", _LINK_UP | {"noise", "bad frames in runs", "damaged frame"} | _LOG),
    _Explains(
        "two links", {"seq reused", "duplicate frames", "sequence gap", "bad ack number", "sent again"}
    ),
    _Explains(
        "two links", {"acknowledged in vain", "taken for a duplicate", "unasked response", "other response"}
    ),
    _Explains("wrong dialect", {"undecodable", "call failed"}),
    _Explains("port lost", {_OPEN, *_LOG, *_NO_ANSWER, "no link", "host gone", "host restarted"}),
    _Explains("host gave up", {_OPEN}),
    _Explains("response not received", {_OPEN}),
    _Explains(
        "sync over a response", {*_NO_ANSWER, *_LINK_UP, "chip hung", "host restarted", *_LOG}, later=True
    ),
    _Explains(
        "chip silent", {*_LINK_UP, *_LOG, "not acknowledged", "long packet not acknowledged"}, later=True
    ),
    _Explains("chip hung", {*_LINK_UP, *_LOG, *_NO_ANSWER, "host restarted"}, later=True),
    _Explains("chip gone and back", {*_LINK_UP, *_LOG, "chip restarted"}, later=True),
    _Explains(
        "chip late", {"no response", "sent again", "unasked response", "duplicate frames", *_LOG}, later=True
    ),
    _Explains("chip late", {"host restarted"}, later=True),
    _Explains(
        "host gone", {"chip restarted", "sent again", "unanswered request", "gatt timeout"}, later=True
    ),
    _Explains("taken for a duplicate", {"no response"}),
    _Explains("payload too long", {"host restarted", *_LOG}, later=True),
    _Explains("long packet not acknowledged", {"host restarted", *_LOG}, later=True),
    _Explains("not acknowledged", {"host restarted", *_LOG}, later=True),
    _Explains("no device", {"no link", *_LOG}),
    _Explains("host not heard", {"no link", *_LOG}),
    _Explains("config unanswered", {"no link", *_LOG}),
    _Explains("no link", _LOG),
    _Explains("no response", {"response not received"}),
    _Explains("command restarts the chip", {"response not received"}),
    _Explains("chip restarted", {"response not received"}),
    _Explains("reset not obeyed", {"reset unknown"}),
    _Explains("reply refused", {"reply to a write command"}),
    _Explains("unanswered request", {"gatt timeout"}),
    _Explains("reply refused", {"gatt timeout"}),
)
# What is said of a packet alone gives way to what is said of the same packet with what came of it.
_OF_ONE_PACKET = ("undecodable", "call failed")


def resolved(findings: Iterable[Finding], *, one_sided: bool = False) -> list[Finding]:
    """The findings that stand, the worst first. ``one_sided``: only one direction was recorded."""
    standing = list(findings)
    if one_sided:
        standing = [finding for finding in standing if not TEXTS[finding.code].both]
    for rule in _RULES:
        standing = _explained(standing, rule)
    for code in _OF_ONE_PACKET:
        standing = _covered(standing, code)
    return worst_first(standing)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, by what ended with them, and then as they come in the recording."""
    return sorted(findings, key=_rank)


def _explained(standing: list[Finding], rule: _Explains) -> list[Finding]:
    winner = next((finding for finding in standing if finding.code == rule.code), None)
    if winner is None:
        return standing
    gone = [
        finding
        for finding in standing
        if finding.code in rule.others and not (rule.later and 0 < finding.first_frame < winner.first_frame)
    ]
    told = [finding for finding in gone if finding.severity != "note" or finding.code == _OPEN]
    proof = [piece for finding in told for piece in finding.evidence[:_BORROWED]]
    seen = {(piece.frame, piece.text) for piece in winner.evidence}
    borrowed = [piece for piece in proof if (piece.frame, piece.text) not in seen]
    evidence = (*winner.evidence, *borrowed)[:_KEPT_EVIDENCE]
    count = max(winner.count, len(evidence))
    explained = replace(winner, evidence=evidence, count=count)
    kept = [finding for finding in standing if finding not in gone]
    return [explained if finding is winner else finding for finding in kept]


def _covered(standing: list[Finding], code: str) -> list[Finding]:
    frames = {
        piece.frame
        for finding in standing
        if finding.code not in _OF_ONE_PACKET and finding.severity != "note"
        for piece in finding.evidence
    }
    return [
        finding
        for finding in standing
        if finding.code != code
        or finding.count > len(finding.evidence)
        or not all(piece.frame in frames for piece in finding.evidence)
    ]


def _rank(finding: Finding) -> tuple[int, int, int]:
    grave = next((place for place, word in enumerate(_ENDS) if word in finding.ended), len(_ENDS))
    return _SEVERITIES.index(finding.severity), grave, finding.first_frame
