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

_LINK_UP = {"no device", "chip answers no more", "host not heard", "config unanswered"}
_NOT_ACKED = {
    "chip never heard",
    "not acknowledged",
    "long packet not acknowledged",
    "chip silent",
    "chip gone and back",
}
_NO_ANSWER = {"no response", *_NOT_ACKED}
_DAMAGE = {"bad frames in runs", "damaged frame", "noise"}
_LOG = {"host gave up", "response not received", "host reports an error"}
_OPEN = "call open at the end"
_ANEW = "host restarted"
_ANY_FAULT = {code for code, text in TEXTS.items() if text.severity != "note"}
_OF_BOTH_SIDES = {code for code, text in TEXTS.items() if text.both}


class _Explains(NamedTuple):
    """A finding explains ``others``; ``later``: only those that begin no earlier than it does."""

    others: set[str]
    later: bool = True


_RULES: dict[str, _Explains] = {
    "long packet lost": _Explains({*_LOG, _OPEN, "no link", "stopped at a step"}, later=False),
    "firmware stopped": _Explains({*_LOG, *_NO_ANSWER, *_LINK_UP, "no link"}, later=False),
    "legacy serial dfu": _Explains(_ANY_FAULT, later=False),
    "header checksum of another kind": _Explains(_LINK_UP | _DAMAGE | _LOG, later=False),
    "length framing": _Explains(_LINK_UP | _DAMAGE | _LOG, later=False),
    "two links": _Explains(
        _OF_BOTH_SIDES | {"duplicate frames", "config in active", "chip restarted", _ANEW}, later=False
    ),
    "wrong dialect": _Explains({"undecodable", "call failed"}, later=False),
    "port lost": _Explains({*_LOG, *_NO_ANSWER, _OPEN, "no link", "host gone", _ANEW}, later=False),
    "host gave up": _Explains({_OPEN, "response not received"}, later=False),
    "response not received": _Explains({_OPEN}, later=False),
    "sync over a response": _Explains({*_NO_ANSWER, *_LINK_UP, *_LOG, "chip hung", _ANEW}),
    "chip deaf": _Explains({*_LINK_UP, *_LOG, *_NO_ANSWER, "damaged frame", _ANEW}, later=False),
    "chip silent": _Explains({*_LINK_UP, *_LOG, "not acknowledged", "long packet not acknowledged"}),
    "chip hung": _Explains({*_LINK_UP, *_LOG, *_NO_ANSWER, _ANEW}),
    "chip gone and back": _Explains({*_LINK_UP, *_LOG, "chip restarted"}),
    "chip late": _Explains(
        {"no response", "sent again", "unasked response", "duplicate frames", "chip answers no more", _ANEW}
        | _LOG
    ),
    "host gone": _Explains({"chip restarted", "sent again", "unanswered request", "gatt timeout"}),
    "taken for a duplicate": _Explains({"no response"}),
    "payload too long": _Explains({_ANEW, *_LOG}),
    "long packet not acknowledged": _Explains({_ANEW, *_LOG}),
    "not acknowledged": _Explains({_ANEW, *_LOG}),
    "no device": _Explains({"no link", *_LOG}, later=False),
    "chip answers no more": _Explains({"no link", _ANEW, *_LOG}, later=False),
    "host not heard": _Explains({"no link", *_LOG}, later=False),
    "config unanswered": _Explains({"no link", *_LOG}, later=False),
    "no link": _Explains(_LOG, later=False),
    "no response": _Explains({"response not received"}, later=False),
    "command restarts the chip": _Explains({"response not received"}, later=False),
    "chip restarted": _Explains({"response not received"}, later=False),
    "call cut off": _Explains({_ANEW}, later=False),
    "reset not obeyed": _Explains({"reset unknown"}, later=False),
    "reply refused": _Explains({"reply to a write command", "gatt timeout"}),
    "unanswered request": _Explains({"gatt timeout"}),
}
# What is said of a packet alone gives way to what is said of the same packet with what came of it.
_OF_ONE_PACKET = ("undecodable", "call failed")


def resolved(findings: Iterable[Finding], *, one_sided: bool) -> list[Finding]:
    """The findings that stand, the worst first. ``one_sided``: only one direction was recorded."""
    standing = list(findings)
    if one_sided:
        standing = [finding for finding in standing if not TEXTS[finding.code].both]
    for code, rule in _RULES.items():
        standing = _explained(standing, code, rule)
    for code in _OF_ONE_PACKET:
        standing = _covered(standing, code)
    return worst_first(standing)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, by what ended with them, and then as they come in the recording."""
    return sorted(findings, key=_rank)


def _explained(standing: list[Finding], code: str, rule: _Explains) -> list[Finding]:
    winner = next((finding for finding in standing if finding.code == code), None)
    if winner is None:
        return standing
    gone = [
        finding
        for finding in standing
        if finding.code in rule.others
        and finding.code != code
        and not (rule.later and 0 < finding.first_frame < winner.first_frame)
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
