"""Recordings converted on a Dask cluster: two workers, one of them killed on the way; nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
if find_spec("distributed") is None:  # not imported before it is needed: it takes seconds
    pytest.skip("the extra fleet is not installed", allow_module_level=True)

import pyarrow.dataset as ds
from capture.recordings import RECORDINGS, records_of

from gatts_codec import CaptureError
from gatts_codec.capture.bulk import many
from gatts_codec.capture.bulk.many import Conversion, Failed, convert_many
from gatts_codec.capture.files.whole import PART

# Loops, sockets and processes of Dask's own, some of which it leaves to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore")

SOURCES = [path for path in RECORDINGS if path.name[:2] in ("a_", "b_", "c_", "f_")]


@pytest.fixture
def cluster() -> Iterator[Any]:
    with import_module("distributed").LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


@pytest.mark.soak
def test_a_worker_that_is_killed_costs_nothing(cluster: Any, tmp_path: Path) -> None:
    with import_module("distributed").Client(cluster) as client:
        workers = sorted(client.run(os.getpid).values())
    results: list[Conversion] = []

    def told(result: Conversion, before: bool) -> None:
        if not results:
            os.kill(workers[0], signal.SIGKILL)
        results.append(result)

    urls = [f"file://{path}" for path in SOURCES]
    out = f"file://{tmp_path}/out"
    run = partial(many.run_dask, scheduler=cluster.scheduler_address)
    convert_many(urls, out, "sd_api_v5", run, told)

    assert [result for result in results if isinstance(result, Failed)] == []
    assert sorted(result.source for result in results) == sorted(urls)
    check_table(tmp_path / "out")
    again: list[bool] = []
    convert_many(urls, out, "sd_api_v5", run, lambda _, before: again.append(before))
    assert again == [True] * len(urls)
    check_table(tmp_path / "out")


def check_table(folder: Path) -> None:
    table = ds.dataset(folder, partitioning="hive").to_table(columns=["capture", "frame"])
    expected = sum(len(records_of(path, "sd_api_v5")) for path in SOURCES)
    assert table.num_rows == expected
    assert table.group_by(["capture", "frame"]).aggregate([]).num_rows == expected
    names = {path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "_done"}
    names = {name for name in names if not name.startswith(PART)}  # the killed one's, which an hour will tell
    assert names == {"packets.parquet"}


def test_no_scheduler_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(many, "_PATIENCE_S", 0.2)
    (task,) = many.tasks([str(SOURCES[0])], str(tmp_path), "sd_api_v5")
    with pytest.raises(CaptureError, match="no scheduler answers"):
        list(many.run_dask([task], "tcp://127.0.0.1:1"))
