"""A recording that is followed while it is written, cut short, replaced and deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gatts_codec.capture import CapturedFrame
from gatts_codec.capture.files import growing
from gatts_codec.capture.recording import open_recording
from gatts_codec.errors import CaptureError

SYNC = bytes.fromhex("c0002f00d1017ec0")


class Over(Exception):
    """No more is going to happen."""


def line(t_us: int) -> bytes:
    return json.dumps({"t_us": t_us, "dir": "host->device", "hex": SYNC.hex()}).encode() + b"\n"


@pytest.fixture
def follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[int | None], list[str]]]:
    """The times of frames, and what was told, of a file to which something happens whenever it has been read."""
    path = tmp_path / "growing.jsonl"
    path.write_bytes(line(0))

    def run(*happens: Callable[[Path], object]) -> tuple[list[int | None], list[str]]:
        waiting, times, told = iter(happens), list[int | None](), list[str]()

        def sleep(_: float) -> None:
            action = next(waiting, None)
            if action is None:
                raise Over
            action(path)

        monkeypatch.setattr("gatts_codec.capture.files.growing.time.sleep", sleep)
        with suppress(Over), open_recording(path, follow=True, on_change=told.append) as recording:
            for item in recording.items:
                assert not isinstance(item, CaptureError)
                if isinstance(item, CapturedFrame):
                    times.append(item.t_us)
        return times, [text.removeprefix(f"{path} ") for text in told]

    return run


def append(t_us: int) -> Callable[[Path], object]:
    def act(path: Path) -> None:
        with path.open("ab") as file:
            file.write(line(t_us))

    return act


def replace(*times: int) -> Callable[[Path], object]:
    def act(path: Path) -> None:
        new = path.with_suffix(".new")
        new.write_bytes(b"".join(map(line, times)))
        new.replace(path)

    return act


def nothing(_: Path) -> None:
    pass


def truncate(path: Path) -> None:
    os.truncate(path, 0)


Follow = Callable[..., tuple[list[int | None], list[str]]]


def test_what_is_appended_comes(follow: Follow) -> None:
    assert follow(append(1), nothing, append(2)) == ([0, 1, 2], [])


def test_a_file_cut_short_is_read_from_its_beginning(follow: Follow) -> None:
    assert follow(append(1), truncate, append(2), append(3)) == (
        [0, 1, 2, 3],
        ["was cut short: from its beginning"],
    )


def test_a_line_cut_short_is_not_continued_by_the_new_one(follow: Follow) -> None:
    def half(path: Path) -> None:
        path.write_bytes(line(0) + b"   ")

    assert follow(half, truncate, append(2))[0] == [0, 2]


@pytest.mark.skipif(os.name != "posix", reason="no open file can be replaced")
def test_a_file_that_is_replaced(follow: Follow) -> None:
    assert follow(append(1), replace(2, 3, 4), append(5), nothing, replace(6)) == (
        [0, 1, 2, 3, 4, 5, 6],
        ["is another file now: from its beginning"] * 2,
    )


@pytest.mark.skipif(os.name != "posix", reason="no open file can be deleted")
def test_a_file_that_is_deleted_is_told_once(follow: Follow) -> None:
    assert follow(Path.unlink, nothing, nothing, append(2)) == (
        [0, 2],
        ["was deleted: waiting for a new one", "is another file now: from its beginning"],
    )


@pytest.mark.skipif(os.name != "posix", reason="no open file can be replaced")
def test_what_was_written_just_before_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing"
    path.write_bytes(b"old")
    file = growing.Growing(path, lambda _: None)
    assert file.read(10) == b"old"
    look = file._change

    def change() -> str:
        if path.read_bytes() == b"old":
            append_to = path.open("ab")
            with append_to:
                append_to.write(b"er")
            replace(1)(path)
        return look()

    monkeypatch.setattr(file, "_change", change)
    assert (file.read(10), file.read(10), file.read(10), file.over) == (b"er", b"", b"", True)
    file.close()


def test_a_format_that_gives_up_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Time [s],Value,Parity Error,Framing Error\n" + "0.5,A,,\n" * 30)
    with open_recording(path, follow=True) as recording:
        assert all(isinstance(item, CaptureError) for item in recording.items)


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "late"
    monkeypatch.setattr("gatts_codec.capture.files.growing.time.sleep", lambda _: path.write_bytes(b"here"))
    with growing.wait_for(path, lambda _: None) as file:
        assert file.read(10) == b"here"
