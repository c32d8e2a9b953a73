"""One harness under hypothesis: ``python -m fuzz.blind HARNESS SECONDS FOLDER``. Seeds, cut, joined and changed."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_ROUND = 2000


def mutations(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Inputs near the seeds, and some that are not near anything."""
    return _near(st.sampled_from(seeds)) | st.binary(max_size=200)


@st.composite
def _near(draw: st.DrawFn, seeds: st.SearchStrategy[bytes]) -> bytes:
    """A seed with a few edits: a byte changed, a piece cut out, a piece of another seed put in."""
    data = bytearray(draw(seeds))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        edit = draw(st.sampled_from(("change", "cut", "insert", "join")))
        if edit == "change" and at < len(data):
            data[at] = draw(st.integers(0, 255))
        elif edit == "cut":
            del data[at : at + draw(st.integers(1, 8))]
        elif edit == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
        else:
            data[at:] = draw(seeds)[at:]
    return bytes(data)


def main(name: str, seconds: str, folder: str) -> None:
    """Fuzz until the time is over or a promise breaks."""
    harness = import_module(f"fuzz.{name}")
    cases = 0

    @settings(max_examples=_ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutations(harness.seeds()))
    def check(data: bytes) -> None:
        nonlocal cases
        cases += 1
        try:
            harness.check(data)
        except BaseException:
            Path(folder, f"{name}-crash").write_bytes(data)
            raise

    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        check()
    print(f"{name}: {cases} inputs")


if __name__ == "__main__":
    main(*sys.argv[1:])
