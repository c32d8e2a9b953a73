"""``gatts-codec vectors``: the golden vectors pass, and a vector that is wrong is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.commands import Runner

from gatts_codec.vectors import is_accident, vector_files

VECTORS = Path(__file__).parent.parent / "vectors"


def first(category: str, dialect: str = "sd_api_v5") -> dict[str, Any]:
    """The first record of a category, of tolerated ones the first that can be encoded again."""
    for line in (VECTORS / dialect / f"{category}.jsonl").read_text().splitlines():
        record = json.loads(line)
        assert isinstance(record, dict)
        if record.get("canonical_hex", record):
            return record
    pytest.fail("no such record")


def test_all_golden_vectors_of_a_dialect_pass(run: Runner) -> None:
    outcome = run("vectors", str(VECTORS / "sd_api_v5_pc"))
    assert outcome.status == 0
    files = vector_files([VECTORS / "sd_api_v5_pc"])
    records = sum(len(path.read_text().splitlines()) - not_run(path) for path in files)
    assert outcome.lines[-1] == f"{records} passed, 0 failed"


def not_run(path: Path) -> int:
    lines = path.read_text().splitlines()
    return sum(path.stem == "quirks" or is_accident(json.loads(line), path.stem) for line in lines)


def test_json_is_one_object_a_file(run: Runner) -> None:
    outcome = run("vectors", "--json", str(VECTORS / "sd_api_v3_pc"))
    files = vector_files([VECTORS / "sd_api_v3_pc"])
    assert [Path(record["file"]) for record in outcome.records] == files
    assert all(record["failed"] == 0 and record["mismatches"] == [] for record in outcome.records)
    assert [record["skipped"] for record in outcome.records] == [not_run(path) for path in files]


WRONG: dict[str, tuple[str, Callable[[dict[str, Any]], object], list[str]]] = {
    "another byte": (
        "valid",
        lambda r: r.update(hex=r["hex"] + "00"),
        ["encode", "strict decode", "tolerant decode"],
    ),
    "another field": (
        "valid",
        lambda r: r["fields"].update(handle_present=True),
        ["encode", "strict decode", "tolerant decode"],
    ),
    "1 for true": (
        "valid",
        lambda r: r["fields"].update(handle_present=0),
        ["encode", "strict decode", "tolerant decode"],
    ),
    "well-formed after all": (
        "malformed",
        lambda r: r.update(hex=first("valid")["hex"]),
        ["strict decode", "tolerant decode"],
    ),
    "strict takes it": (
        "tolerated",
        lambda r: r.update(hex=r["canonical_hex"]),
        ["strict decode"],
    ),
    "another canonical form": ("tolerated", lambda r: r.update(canonical_hex="00"), ["encode"]),
    "no canonical form": ("tolerated", lambda r: r.update(canonical_hex=None), ["encode"]),
    "encodable": ("unencodable", lambda r: r.update(first("valid")), ["encode"]),
    "unknown dialect": ("malformed", lambda r: r.update(dialect="v4"), ["strict decode", "tolerant decode"]),
    "unknown packet": ("unencodable", lambda r: r.update(name="nope"), ["encode"]),
    "unknown kind": ("malformed", lambda r: r.update(kind="reply"), ["strict decode", "tolerant decode"]),
    "no hex digits": ("malformed", lambda r: r.update(hex="zz"), ["strict decode", "tolerant decode"]),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_vector_is_found(run: Runner, tmp_path: Path, fault: str) -> None:
    category, spoil, checks = WRONG[fault]
    record = first(category)
    spoil(record)
    file = tmp_path / f"{category}.jsonl"
    file.write_text(json.dumps(first(category)) + "\n\n" + json.dumps(record) + "\n")
    outcome = run("vectors", "--json", str(file))
    (report,) = outcome.records
    assert outcome.status == 1
    assert [mismatch["check"] for mismatch in report["mismatches"]] == checks
    assert {mismatch["line"] for mismatch in report["mismatches"]} == {3}
    assert (report["records"], report["passed"], report["failed"]) == (2, 1, 1)


def test_mismatches_are_shown_with_their_place(run: Runner, tmp_path: Path) -> None:
    record = first("valid") | {"hex": "a0ff"}
    (tmp_path / "valid.jsonl").write_text(json.dumps(record))
    outcome = run("vectors", str(tmp_path))
    assert outcome.status == 1
    assert f"{tmp_path / 'valid.jsonl'}:1: sd_api_v5 command sd_ble_gatts_service_add encode" in outcome.lines
    assert "    expected  a0ff" in outcome.lines
    assert outcome.lines[-1] == "0 passed, 1 failed"


def test_a_files_name_need_not_be_a_category(run: Runner, tmp_path: Path) -> None:
    categories = ("valid", "malformed", "tolerated", "unencodable", "quirks")
    lines = [json.dumps(first(category)) for category in categories]
    (tmp_path / "more.jsonl").write_text("\n".join(lines))
    (report,) = run("vectors", "--json", str(tmp_path)).records
    assert (report["passed"], report["failed"], report["skipped"]) == (4, 0, 1)


@pytest.mark.parametrize("line", ["{", "[]", "{}", "null", '{"dialect": "sd_api_v5"}', "\x00", "[" * 100_000])
def test_a_line_that_is_no_vector_is_a_mismatch(run: Runner, tmp_path: Path, line: str) -> None:
    (tmp_path / "valid.jsonl").write_text(line + "\n" + json.dumps(first("valid")))
    (report,) = run("vectors", "--json", str(tmp_path)).records
    assert (report["passed"], report["failed"]) == (1, 1)
    assert report["mismatches"][0]["expected"] == "a vector"


def test_a_folder_without_vectors_is_wrong_use(run: Runner, tmp_path: Path) -> None:
    outcome = run("vectors", str(tmp_path))
    assert (outcome.status, outcome.out) == (2, "")
    assert "no .jsonl file" in outcome.err
