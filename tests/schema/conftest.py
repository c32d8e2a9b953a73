"""In these tests functions are generated at their first use, not when a packet is used often."""

from __future__ import annotations

import pytest

from gatts_codec.codec import INTERPRETED


@pytest.fixture(autouse=True)
def _generated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(INTERPRETED, "0")
