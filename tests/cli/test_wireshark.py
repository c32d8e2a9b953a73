"""``gatts-codec wireshark``."""

from __future__ import annotations

from pathlib import Path

from cli.commands import Runner


def test_path_names_the_plugin(run: Runner) -> None:
    said = run("wireshark", "path")
    assert said.status == 0
    assert Path(said.out.strip()).read_text("ascii").startswith("-- Generated")


def test_install_says_where_and_what_next(run: Runner, tmp_path: Path) -> None:
    said = run("wireshark", "install", "--to", str(tmp_path / "plugins"))
    assert said.status == 0
    assert said.out.splitlines()[0] == f"installed {tmp_path / 'plugins' / 'gatts.lua'}"
    assert (tmp_path / "plugins" / "gatts.lua").exists()
    assert "gatts.dialect" in said.out


def test_a_folder_that_cannot_be_made_is_one_line(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = run("wireshark", "install", "--to", str(tmp_path / "file" / "plugins"))
    assert said.status == 1
    assert said.err.count("\n") == 1
