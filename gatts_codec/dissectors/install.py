"""Where Wireshark looks for a person's Lua plugins, and putting ours there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

PLUGIN = "gatts.lua"
_ASK_TIMEOUT_S = 30
_FOLDER_LINE = re.compile(r"^Personal Lua Plugins:\s*(.+?)\s*$", re.MULTILINE)


def plugin_path() -> Path:
    """The plugin that came with this package."""
    return Path(str(files("gatts_codec.dissectors") / PLUGIN))


def plugin_folder() -> Path:
    """The folder of personal Lua plugins: as tshark tells, or Wireshark's default for this system."""
    return _told_by_tshark() or _default()


def install(folder: Path | None = None) -> Path:
    """Copy the plugin into ``folder`` (default: ``plugin_folder()``), which is made if need be. Returns its new path.

    A plugin of this name that is there already is replaced, and so is a link: what it points to stays as it is.
    Wireshark never finds half of one. Raises OSError where the folder cannot be written.
    """
    folder = plugin_folder() if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".part-{uuid.uuid4().hex}"
    try:
        with part.open("xb") as copy:
            copy.write(plugin_path().read_bytes())
            copy.flush()
            os.fsync(copy.fileno())  # else a power cut could leave the name, and nothing in it
        return part.replace(folder / PLUGIN)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder / PLUGIN)) from error
    finally:
        with suppress(OSError):  # there is none where all went well
            part.unlink()


def _told_by_tshark() -> Path | None:
    tshark = shutil.which("tshark")
    if tshark is None:
        return None
    try:
        told = subprocess.run(
            [tshark, "-G", "folders"],
            capture_output=True,
            encoding="utf-8",  # on Windows too
            timeout=_ASK_TIMEOUT_S,
            check=False,
        ).stdout
    except (OSError, UnicodeError, subprocess.TimeoutExpired):
        return None
    line = _FOLDER_LINE.search(told)
    return Path(line[1]) if line else None


def _default() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "Wireshark" / "plugins"
    return Path.home() / ".local" / "lib" / "wireshark" / "plugins"
