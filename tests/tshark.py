"""Real tshark with the plugin, and its answers in the form of ``to_dict()``."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gatts_codec.capture.wire.frames import CapturedFrame
from gatts_codec.capture.writers.pcapng import PcapngWriter
from gatts_codec.dissectors.install import plugin_path
from gatts_codec.schema.field_types import FieldType, field_types
from gatts_codec.schema.message import Message

needs_tshark = pytest.mark.external("tshark")


class Tree(list[tuple[str, Any]]):
    """A JSON object of tshark's: keys can occur more than once, and their order is that of the packet."""

    def get(self, key: str) -> Any:
        """The first value of a key, None if there is none."""
        return next((value for name, value in self if name == key), None)

    def all(self, key: str) -> list[Any]:
        """The values of a field, whatever its kind: a second kind has its type behind the name."""
        names = re.compile(rf"{re.escape(key)}(_(u?int\d+|bytes|bool|none)\w*)?")
        return [value for name, value in self if names.fullmatch(name)]


class ExpertInfo(NamedTuple):
    """``id`` is the filter name: gatts.malformed."""

    id: str
    text: str


def dissect(
    frames: Iterable[CapturedFrame], folder: Path, dialect: str = "sd_api_v5", *more: str
) -> list[Tree]:
    """The layers of each frame, as tshark dissects them in this dialect; ``more`` are tshark's own options."""
    capture = folder / "capture.pcapng"
    with capture.open("wb") as stream:
        writer = PcapngWriter(stream)
        for frame in frames:
            writer.write(frame)
    packets = json.loads(_tshark(capture, folder, dialect, "-T", "json", *more), object_pairs_hook=Tree)
    return [packet.get("_source").get("layers") for packet in packets]


def summaries(frames: Iterable[CapturedFrame], folder: Path, dialect: str, *more: str) -> list[str]:
    """The Info column of each frame."""
    dissect(frames, folder, dialect)
    text = _tshark(folder / "capture.pcapng", folder, dialect, "-T", "fields", "-e", "_ws.col.Info", *more)
    return text.splitlines()


def _tshark(capture: Path, folder: Path, dialect: str, *options: str) -> str:
    # A home of its own: no plugin or preference of the person who runs the tests may take part.
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "TZ": "UTC"}
    command = ["tshark", "-n", "-r", str(capture), "-X", f"lua_script:{plugin_path()}"]
    command += ["-o", f"gatts.dialect:{dialect}", *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert not re.search("Lua|stack traceback", done.stderr), done.stderr
    return done.stdout


def message_fields(tree: Tree, like: Message, path: str = "") -> dict[str, Any]:
    """The fields of a message out of tshark's tree, in the form of ``to_dict()``: what is not there is None.

    ``like`` is the message: it says of which class each structure is.
    """
    path = path or tree.get("gatts.group")
    fields = {
        name: _value(iter(tree.all(f"{path}.{name}")), getattr(like, name), kind, f"{path}.{name}")
        for name, kind in field_types(type(like)).items()
    }
    later = {name for name, kind in field_types(type(like)).items() if kind.later}
    return {name: value for name, value in fields.items() if value is not None or name not in later}


def _value(shown: Iterator[Any], like: Any, kind: FieldType, path: str) -> Any:
    if kind.item and isinstance(like, tuple):
        return [None if item is None else _value(shown, item, kind.item, path) for item in like]
    found = next(shown, None)
    if found is None:
        return None
    if isinstance(like, Message):
        return message_fields(found if isinstance(found, Tree) else Tree(), like, path)
    if kind.base is bytes:
        return found.replace(":", "")
    if kind.base is bool:
        return {"0": False, "1": True, "False": False, "True": True}[found]
    return int(found, 0)


def expert_infos(tree: Any) -> Iterator[ExpertInfo]:
    """All expert information below a tree, in the order of the packet."""
    for name, value in tree:
        if name == "_ws.expert":
            yield ExpertInfo(value[0][0], value.get("_ws.expert.message"))
        elif isinstance(value, Tree):
            yield from expert_infos(value)
