"""Vector files and inputs that are not what they should be: one line each, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.commands import Runner

from gatts_codec.vectors import check_file, vector_files

RECORD = '{"dialect":"sd_api_v5","kind":"command","name":"sd_ble_gatts_hvx","fields":{}%s}\n'


@pytest.mark.parametrize("extra", [',"hex":null', ',"hex":5', ',"hex":"00","canonical_hex":5'])
def test_a_record_with_the_wrong_types_is_one_mismatch(tmp_path: Path, extra: str) -> None:
    path = tmp_path / "valid.jsonl"
    path.write_text(RECORD % extra)
    (mismatch,) = check_file(path).mismatches
    assert (mismatch.line, mismatch.check) == (1, "read")
    assert "must be a string" in mismatch.found


def test_a_file_without_records_is_named_and_fails_nothing(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "unencodable.jsonl"
    path.touch()
    assert (check_file(path).records, check_file(path).mismatches) == (0, ())
    outcome = run("vectors", str(tmp_path))
    assert outcome.status == 0
    assert "unencodable.jsonl: no records" in outcome.out.replace("\n", "")


def test_a_folder_that_is_named_like_a_file_is_searched_like_any(tmp_path: Path) -> None:
    inner = tmp_path / "d.jsonl" / "valid.jsonl"
    inner.parent.mkdir()
    inner.touch()
    assert vector_files([tmp_path]) == [inner]
