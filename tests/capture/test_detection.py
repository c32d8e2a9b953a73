"""Dialect detection: every recording, every golden vector, and how sure it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from capture.recordings import RECORDINGS, dialect_of, each_of, items_of, records_of
from every import ends_first
from golden import records

from gatts_codec.capture.decoding.detection import detect_dialect
from gatts_codec.capture.decoding.guess import guesses
from gatts_codec.detection import DialectDetector
from gatts_codec.dialects import DIALECTS

TYPES = {"command": 0, "response": 1, "event": 2}


@each_of(RECORDINGS, share=2)
def test_the_true_dialect_is_named_or_ties_with_the_one_named(recording: Path) -> None:
    verdict, items = detect_dialect(iter(items_of(recording)))
    assert dialect_of(recording) in (verdict.dialect, *verdict.ties)
    assert tuple(items) == items_of(recording)


@each_of(RECORDINGS, share=3)
def test_the_packets_decode_the_same_in_every_dialect_that_ties(recording: Path) -> None:
    verdict, _ = detect_dialect(iter(items_of(recording)))
    if verdict.certainty == "unknown":
        return
    true = [record.packet and record.packet.message for record in records_of(recording)]
    named = [record.packet and record.packet.message for record in records_of(recording, verdict.dialect)]
    same = [
        mine == theirs for mine, theirs in zip(true, named, strict=True) if mine and "Opaque" not in str(mine)
    ]
    assert all(same)


def golden(dialect: str) -> list[bytes]:
    return [bytes((TYPES[row["kind"]],)) + bytes.fromhex(row["hex"]) for row in records(dialect, "valid")]


def twins(dialect: str) -> set[str]:
    """The other dialects that have every GATTS packet of this one, in the same form."""
    mine = DIALECTS[dialect]
    return {
        name
        for name, other in DIALECTS.items()
        if mine.calls.items() <= other.calls.items() and mine.events.items() <= other.events.items()
    } - {dialect}


def test_some_dialects_cannot_be_told_apart() -> None:
    assert twins("s110_v8") == {"s130_v1"}
    assert twins("sd_api_v2") == twins("sd_api_v2_pc") == set()
    assert twins("sd_api_v3") == {"sd_api_v3_pc", "sd_api_v4", "sd_api_v5", "sd_api_v5_pc"}
    assert twins("sd_api_v6") == {"sd_api_v6_pc", "sd_api_v7"}


@pytest.mark.parametrize("dialect", ends_first(DIALECTS))
def test_golden_packets_of_a_dialect_give_it_surely(dialect: str) -> None:
    detector = DialectDetector()
    for payload in golden(dialect):
        detector.add_payload(payload)
    verdict = detector.verdict()
    found = {verdict.dialect, *verdict.ties}
    assert dialect in found
    assert found <= {dialect} | twins(dialect)  # packets of other groups may tell even these apart
    assert verdict.certainty == "sure"
    assert verdict.why_not()


def test_nothing_tells_nothing() -> None:
    verdict = DialectDetector().verdict()
    assert (verdict.certainty, verdict.why_not()) == ("unknown", "")
    assert "unknown" in str(verdict)


def test_a_wrong_dialect_is_noticed_and_the_right_one_is_not() -> None:
    detector = DialectDetector()
    for payload in golden("sd_api_v6"):
        detector.add_payload(payload)
    verdict = detector.verdict()
    assert "fit sd_api_v6 better" in verdict.misfit("sd_api_v5")
    assert verdict.misfit("sd_api_v6") == ""


def test_one_packet_is_never_enough_to_be_sure() -> None:
    for dialect in DIALECTS:
        for payload in golden(dialect)[:40]:
            detector = DialectDetector()
            detector.add_payload(payload)
            assert detector.verdict().certainty != "sure"


def test_a_dialect_without_a_layout_for_anything_is_no_match() -> None:
    detector = DialectDetector(["sd_api_v5", "sd_api_v6"])
    for result in range(8):
        detector.add_payload(bytes([1, 0x91, result, 0, 0, 0]))  # to qos_channel_survey_start, from v6 on
    verdict = detector.verdict()
    assert (verdict.dialect, verdict.ties) == ("sd_api_v6", ())
    assert "sd_api_v5 fits less well: no packet has a layout in it" in verdict.why_not()


def test_samples_are_bounded() -> None:
    detector = DialectDetector()
    for number in range(100_000):
        detector.add_payload(b"\0\xa4" + number.to_bytes(4, "big"))
    assert detector.samples == 20


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("00 a4 ffff 0d00 01 0000 0100 01 64", "an H5 payload"),
        ("a4 ffff 0d00 01 0000 0100 01 64", "a bare command body"),
        ("a0 00000000 01 0c00", "a bare response body"),
        ("5300 0000 0e00", "a bare event body"),
        ("ca de 00 58 00 a4 ff ff 0d 00 01 00 00 01 00 01 64 55 0b", "an H5 packet without its C0"),
    ],
)
def test_bytes_that_are_no_frame_are_recognised(data: str, what: str) -> None:
    assert what in [guess.what.partition(",")[0] for guess in guesses(bytes.fromhex(data))]


@pytest.mark.parametrize("data", ["", "00", "ff" * 30, "db dc 00"])
def test_bytes_that_are_nothing_give_no_guess(data: str) -> None:
    assert guesses(bytes.fromhex(data)) == []
