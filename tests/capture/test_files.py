"""Outputs: whole or not at all, wherever their name leads."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gatts_codec.capture.files import whole
from gatts_codec.capture.files.whole import whole_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and permissions are POSIX's")


def write(path: Path, data: bytes = b"new") -> None:
    with whole_file(path) as stream:
        stream.write(data)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def broken_off(path: Path) -> None:
    with whole_file(path) as stream:
        stream.write(b"half")
        raise RuntimeError("stop")


def test_it_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out"
    for data in (b"one, and longer", b"two"):
        write(path, data)
        assert path.read_bytes() == data
    assert names(tmp_path) == ["out"]


def test_an_exception_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with pytest.raises(RuntimeError):
        broken_off(path)
    assert names(tmp_path) == []
    write(path)
    with pytest.raises(RuntimeError):
        broken_off(path)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["out"]


def test_it_can_be_made_from_itself(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"input")
    with path.open("rb") as source, whole_file(path) as stream:
        stream.write(source.read().upper())
    assert path.read_bytes() == b"INPUT"


@posix
def test_a_killed_writer_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    path = tmp_path / "out"
    program = (
        "import os, sys; from gatts_codec.capture.files.whole import whole_file\n"
        "with whole_file(sys.argv[1]) as stream: stream.write(b'half'); stream.flush(); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -9
    assert not path.exists()


@posix
def test_a_link_stays_one_and_permissions_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@posix
def test_a_link_to_nothing_makes_what_it_points_to(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    write(link)
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


@posix
def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write(path)
    reader.join()
    assert got == [b"new"]
    assert stat.S_ISFIFO(path.stat().st_mode)


@posix
def test_a_device_stays_a_device() -> None:
    write(Path(os.devnull))
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("name", ["", "nowhere/out"])
def test_what_cannot_be_written_is_an_os_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"nowhere|directory|denied"):
        write(tmp_path / name)
    assert names(tmp_path) == []


@posix
def test_a_full_disk_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """What is not a file is written to as it comes; a file may be no longer than the system allows."""
    with pytest.raises(OSError, match="/dev/full") as raised:
        write(Path("/dev/full"), bytes(1 << 20))
    assert raised.value.filename == "/dev/full"
    program = (
        "import resource, sys; from gatts_codec.capture.files.whole import whole_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))\n"
        "try:\n with whole_file(sys.argv[1]) as stream: stream.write(bytes(1 << 20))\n"
        "except OSError as error: print(error.filename)"
    )
    path = tmp_path / "out"
    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == str(path)
    assert names(tmp_path) == []


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the unfinished one, of which nobody has heard."""
    monkeypatch.setattr(whole, "part_name", lambda name, run: name * 100)
    with pytest.raises(OSError, match="too long") as raised:
        write(tmp_path / "out")
    assert raised.value.filename == str(tmp_path / "out")


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut could leave the name, and nothing in it."""
    synced: list[tuple[int, bool]] = []
    path = tmp_path / "out"
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append((os.fstat(fd).st_size, path.exists())))
    write(path, b"four")
    assert synced == [(4, False)]
