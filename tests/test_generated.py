"""The generated files are what layouts, docstrings and constants give."""

from __future__ import annotations

from tools.generate import outdated


def test_generated_files_are_up_to_date() -> None:
    assert [str(path) for path, _ in outdated()] == [], "run: python -m tools.generate"
