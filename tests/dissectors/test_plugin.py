"""The plugin's text: generated, current, and installed where Wireshark looks."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from construct import Byte
from tshark import dissect, needs_tshark

from gatts_codec.dissectors import install
from gatts_codec.dissectors.fields import unique_fields
from gatts_codec.dissectors.lua import lua
from gatts_codec.dissectors.sharing import Reference
from gatts_codec.schema.describe import describe


def test_a_block_without_a_description_is_refused() -> None:
    with pytest.raises(TypeError, match="FormatField"):
        describe(Byte)


def test_one_path_can_be_of_several_kinds() -> None:
    number = {"name": "value", "block": "number", "size": 2, "signed": False}
    data = {"name": "value", "block": "counted"}
    bits = {"block": "bits", "size": 2, "groups": [["value", 4, 8]]}
    code = {**number, "shown": "#06x"}
    layouts = [{"block": "record", "members": [member]} for member in (number, data, bits, code)]
    found = unique_fields(layouts)["value"]
    assert [(field.type, field.mask, field.base) for field in found] == [
        ("uint16", "", "HEX"),
        ("bytes", "", None),
        ("uint16", "0x0ff0", "DEC"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ('"\\\n\xc0', r'"\x22\x5c\x0a\xc0"'),
        ([1, True, None], "{ 1, true, nil }"),
        ({"name": "x", 5: Reference("R.x"), "left out": None}, '{ name = "x", [5] = R.x }'),
        ({"two words": {}}, '{ ["two words"] = {} }'),
        (["x" * 60, "y" * 60], '{{\n    "{}",\n    "{}",\n}}'.format("x" * 60, "y" * 60)),
    ],
)
def test_literals(value: object, text: str) -> None:
    assert lua(value) == text


def test_installs_into_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    installed = install.install(tmp_path / "new" / "plugins")
    assert installed.read_text("ascii") == install.plugin_path().read_text("ascii")


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    precious, plugins = tmp_path / "precious", tmp_path / "plugins"
    precious.write_text("mine")
    for target in (precious, install.plugin_path(), tmp_path / "nothing"):
        plugins.mkdir(exist_ok=True)
        (plugins / "gatts.lua").unlink(missing_ok=True)
        (plugins / "gatts.lua").symlink_to(target)
        installed = install.install(plugins)
        assert not installed.is_symlink()
        assert installed.read_bytes() == install.plugin_path().read_bytes()
        assert [path.name for path in plugins.iterdir()] == ["gatts.lua"]
    assert precious.read_text() == "mine"
    assert not (tmp_path / "nothing").exists()


def test_nothing_is_left_of_an_install_that_fails(tmp_path: Path) -> None:
    (tmp_path / "gatts.lua" / "a folder").mkdir(parents=True)
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
        install.install(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["gatts.lua"]


def test_without_tshark_the_default_folder_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.platform", "linux")
    assert install.plugin_folder() == Path.home() / ".local/lib/wireshark/plugins"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("APPDATA", "roaming")
    assert install.plugin_folder() == Path("roaming/Wireshark/plugins")


@pytest.mark.skipif(os.name != "posix", reason="pretends to be tshark by a shell script")
@pytest.mark.parametrize(
    ("told", "folder"),
    [
        (b"/home/J\\303\\266rg/plugins", "/home/J\u00f6rg/plugins"),
        (b"/home/J\\366rg/plugins", ""),  # no UTF-8: better the default than a folder that nobody reads
    ],
)
def test_where_tshark_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bytes, folder: str) -> None:
    script = tmp_path / "tshark"
    script.write_bytes(b"#!/bin/sh\nprintf 'Personal Lua Plugins:\\t" + told + b"\\n'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert install.plugin_folder() == (Path(folder) if folder else install._default())


@needs_tshark
def test_tshark_loads_the_installed_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    installed = install.install()
    assert tmp_path in installed.parents
    listed = subprocess.run(
        ["tshark", "-G", "protocols"], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert "\tgatts\n" in listed.stdout
    assert "\tnrfh5\n" in listed.stdout


@needs_tshark
def test_installed_and_named_on_the_command_line_it_is_loaded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    install.install()
    assert dissect([], tmp_path) == []  # which looks at what Lua says
