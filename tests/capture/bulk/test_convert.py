"""Recordings to Parquet: complete or not there, resumed, in one process or several."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra parquet is not installed")

import pyarrow.dataset as ds
import pyarrow.parquet as pq
from capture.recordings import RECORDINGS, dialect_of, records_of

from gatts_codec import CaptureError
from gatts_codec.capture.bulk import many, processes, storage
from gatts_codec.capture.bulk.convert import convert_file
from gatts_codec.capture.bulk.many import Conversion, Failed, Task, convert_many
from gatts_codec.capture.bulk.processes import run_processes
from gatts_codec.capture.bulk.storage import complete_output, expand, read_text, remove_parts
from gatts_codec.capture.files.whole import part_name

RECORDING = next(
    path for path in RECORDINGS if path.parts[-3:] == ("real_firmware", "sd_api_v5", "e_events.jsonl")
)
FAULTS = [path for path in RECORDINGS if path.name.startswith("f_")]
FRAMES = len(records_of(RECORDING))
WRITE_FOR_EVER = """
import sys
from gatts_codec.capture.bulk.processes import run_processes
from gatts_codec.capture.bulk.storage import complete_output
with complete_output(sys.argv[1]):
    print("writing", flush=True)
    sys.stdin.read()
"""


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_one_recording(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    converted = convert_file(str(RECORDING), str(target), "sd_api_v5")
    table = pq.read_table(target)
    assert converted.rows == table.num_rows == FRAMES
    assert table["frame"].to_pylist() == list(range(1, FRAMES + 1))
    assert table.schema.metadata[b"gatts_codec.dialect"] == b"sd_api_v5"
    assert left(tmp_path) == ["out.parquet"]


@pytest.mark.parametrize("name", ["gzip", "hex", "utf-8 with a mark", "line ends of Windows"])
def test_other_formats_come_out_the_same(tmp_path: Path, name: str) -> None:
    text = RECORDING.read_bytes()
    source = tmp_path / "recording"
    if name == "gzip":
        source.write_bytes(gzip.compress(text))
    elif name == "utf-8 with a mark":
        source.write_bytes(b"\xef\xbb\xbf" + text)
    elif name == "line ends of Windows":
        source.write_bytes(text.replace(b"\n", b"\r\n"))
    else:
        source.write_text("\n".join(json.loads(line)["hex"] for line in text.splitlines()))
    convert_file(str(source), str(tmp_path / "a.parquet"), "sd_api_v5")
    convert_file(str(RECORDING), str(tmp_path / "b.parquet"), "sd_api_v5")
    columns = ["type", "seq", "ack", "name", "handle", "result", "payload", "error"]
    found, expected = (pq.read_table(tmp_path / f"{which}.parquet", columns=columns) for which in "ab")
    assert found.to_pylist() == expected.to_pylist()


def test_the_dialect_can_be_found(tmp_path: Path) -> None:
    found = convert_file(str(RECORDING), str(tmp_path / "out.parquet"), "auto")
    assert found.dialect == dialect_of(RECORDING)


@pytest.mark.parametrize(
    ("name", "rows"), [("06c-own-record-length-framing.jsonl", 4), ("06-length-framed-txrx-text.txt", 10)]
)
@pytest.mark.parametrize("dialect", ["auto", "sd_api_v7"])
def test_length_framing_is_known_here_too(tmp_path: Path, name: str, rows: int, dialect: str) -> None:
    source = Path(__file__).parents[2] / "verdicts" / "pasted" / name
    converted = convert_file(str(source), str(tmp_path / "out.parquet"), dialect)
    assert (converted.rows, converted.bad_frames, converted.undecodable) == (rows, 0, 0)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def stop(_: int) -> None:
        assert len(left(tmp_path)) == 1, "it is being written, under another name"
        raise error

    with pytest.raises(error):
        convert_file(str(RECORDING), str(tmp_path / "out.parquet"), "sd_api_v5", stop)
    assert left(tmp_path) == []


def test_a_failed_run_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    target.write_text("before")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00\x01nothing known")
    with pytest.raises(CaptureError):
        convert_file(str(broken), str(target), "sd_api_v5")
    assert target.read_text() == "before"


@pytest.mark.parametrize("folder", ["{}", "file://{}", "memory://somewhere{}"])
def test_an_output_appears_when_it_is_complete(tmp_path: Path, folder: str) -> None:
    if "://" in folder:
        pytest.importorskip("fsspec", reason="the extra fleet is not installed")
    name = folder.format(tmp_path) + "/deeper/out"
    for text in (b"one", b"two"):
        with complete_output(name) as stream:
            stream.write(text)
    with pytest.raises(RuntimeError, match="stop"):
        fail_to_write(name)
    assert read_text(name) == "two"
    assert len(expand(folder.format(tmp_path) + "/deeper/*")) == 1


def fail_to_write(name: str) -> None:
    with complete_output(name) as stream:
        stream.write(b"three")
        raise RuntimeError("stop")


def collect(found: list[tuple[Conversion, bool]], result: Conversion, before: bool) -> None:
    found.append((result, before))


def run(sources: Sequence[Path], folder: Path, jobs: int = 1) -> list[tuple[Conversion, bool]]:
    found: list[tuple[Conversion, bool]] = []
    how = many.run_here if jobs == 1 else partial(run_processes, jobs=jobs)
    convert_many([str(source) for source in sources], str(folder), "sd_api_v5", how, partial(collect, found))
    return found


def rows(folder: Path) -> int:
    count: int = ds.dataset(folder, partitioning="hive").count_rows()
    return count


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_recordings_become_partitions(tmp_path: Path, jobs: int) -> None:
    found = run(FAULTS, tmp_path / "out", jobs)
    assert len(found) == len(FAULTS)
    expected = {str(path): len(records_of(path)) for path in FAULTS}
    assert {result.source: result.rows for result, _ in found if not isinstance(result, Failed)} == expected
    table = ds.dataset(tmp_path / "out", partitioning="hive").to_table(columns=["capture", "frame"])
    assert table.num_rows == sum(expected.values())
    assert len(table["capture"].unique()) == len(FAULTS)


def test_a_rerun_converts_only_what_is_new_or_has_changed(tmp_path: Path) -> None:
    sources = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for source in sources:
        source.write_bytes(RECORDING.read_bytes())
    assert [before for _, before in run(sources[:2], tmp_path / "out")] == [False, False]
    assert [before for _, before in run(sources, tmp_path / "out")] == [True, True, False]
    sources[0].write_bytes(b"".join(RECORDING.read_bytes().splitlines(keepends=True)[:5]))
    again = run([*sources, sources[1]], tmp_path / "out")
    assert [before for _, before in again] == [True, True, False]
    assert rows(tmp_path / "out") == 2 * FRAMES + 5
    for table in (tmp_path / "out").glob("*/packets.parquet"):
        table.unlink()
    assert not any(before for _, before in run(sources, tmp_path / "out"))


def test_recordings_of_one_name_stay_apart(tmp_path: Path) -> None:
    sources = [tmp_path / name / "same name.jsonl" for name in "ab"]
    for source in sources:
        source.parent.mkdir()
        source.write_bytes(RECORDING.read_bytes())
    run(sources[:1], tmp_path / "out")
    run(sources, tmp_path / "out")
    assert rows(tmp_path / "out") == 2 * FRAMES
    assert all(" " not in path.name for path in (tmp_path / "out").iterdir())


def test_a_bad_recording_does_not_end_the_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    found = run([empty, tmp_path / "none.jsonl", RECORDING], tmp_path / "out")
    failed = {result.source: result.reason for result, _ in found if isinstance(result, Failed)}
    assert "empty" in failed[str(empty)]
    assert set(failed) == {str(empty), str(tmp_path / "none.jsonl")}
    assert rows(tmp_path / "out") == FRAMES


def test_a_process_killed_while_it_writes_leaves_no_table(tmp_path: Path) -> None:
    target = str(tmp_path / "capture=x" / "packets.parquet")
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, target], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"writing"
        process.kill()
    assert not (tmp_path / "capture=x" / "packets.parquet").exists()
    (part,) = left(tmp_path)
    remove_parts(str(tmp_path))
    assert left(tmp_path) == [part]  # its writer may be alive, on another machine
    age(tmp_path / "capture=x" / part)
    remove_parts(str(tmp_path))
    assert left(tmp_path) == []


def age(path: Path) -> None:
    """Have it be written two hours ago."""
    then = path.stat().st_mtime - 7200
    os.utime(path, (then, then))


def test_two_runs_at_once_leave_each_other_s_files_alone(tmp_path: Path) -> None:
    """One converts and cleans up while the other is writing a table, and its note."""
    (task,) = many.tasks([str(RECORDING)], str(tmp_path / "out"), "sd_api_v5")
    with complete_output(task.target) as table, complete_output(task.note) as note:
        for stream in (table, note):
            stream.write(b"of the one run")
            stream.flush()
        run([RECORDING], tmp_path / "out")
        assert rows(tmp_path / "out") == FRAMES
    assert read_text(task.target) == read_text(task.note) == "of the one run"


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_what_a_killed_run_left_of_one_file_goes_with_the_next(tmp_path: Path, scheme: str) -> None:
    if scheme:
        pytest.importorskip("fsspec", reason="the extra fleet is not installed")
    name = f"{scheme}{tmp_path}/out.parquet"
    parts = [tmp_path / part_name(last) for last in ("out.parquet", "out.parquet", "other.parquet")]
    for part in parts:
        part.touch()
    age(parts[0])
    age(parts[2])
    storage.remove_parts_of(name)
    assert [part.exists() for part in parts] == [False, True, True]


def test_a_note_that_does_not_hold_is_no_note(tmp_path: Path) -> None:
    (task,) = many.tasks([str(RECORDING)], str(tmp_path), "sd_api_v5")
    assert task.done() is None
    task.run()
    assert task.done() is not None
    assert Task(task.source, task.target, task.note, "auto").done() is not None
    assert Task(task.source, task.target, task.note, "sd_api_v6").done() is None
    Path(task.note).write_text("{broken")
    assert task.done() is None
    Path(task.note).write_text('{"rows": 1}')
    assert task.done() is None


@pytest.mark.parametrize("name", ["capture[1].jsonl", "[1].jsonl", "what?.jsonl", "*.jsonl"])
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_name_like_a_pattern_is_a_file_where_there_is_one(tmp_path: Path, name: str, scheme: str) -> None:
    if scheme:
        pytest.importorskip("fsspec", reason="the extra fleet is not installed")
    if os.name == "nt" and {"?", "*"} & set(name):
        pytest.skip("no such names on Windows")
    named = tmp_path / name
    named.touch()
    (tmp_path / "other.jsonl").touch()
    assert expand(f"{scheme}{named}") == [f"{scheme}{named}"]
    named.unlink()
    fits = tmp_path / name.translate({ord("["): None, ord("]"): None, ord("?"): "s", ord("*"): "other"})
    fits.touch()
    assert expand(f"{scheme}{named}") == [f"{scheme}{fits}"]


def test_a_name_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with complete_output("out.parquet") as stream:
        stream.write(b"x")
    assert left(tmp_path) == ["out.parquet"]


def test_what_somebody_still_writes_is_left_to_him(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "capture=x").mkdir()
    (tmp_path / "capture=x" / ".part-packets.parquet.0").touch()

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "The process cannot access the file", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)  # as on Windows for an open file
    remove_parts(str(tmp_path))


@pytest.mark.parametrize(("platform", "jobs"), [("win32", 61), ("linux", 100)])
def test_no_more_processes_than_windows_can_wait_for(
    monkeypatch: pytest.MonkeyPatch, platform: str, jobs: int
) -> None:
    asked: list[tuple[int, str]] = []

    class Pool(contextlib.nullcontext[None]):
        def __init__(self, jobs: int, mp_context: BaseContext, *_: object) -> None:
            asked.append((jobs, mp_context.get_start_method()))
            super().__init__()

    monkeypatch.setattr(processes, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr("sys.platform", platform)
    assert list(run_processes([], 100)) == []
    assert asked == [(jobs, "spawn")]
