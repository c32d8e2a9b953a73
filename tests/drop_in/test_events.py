"""Events read as those of the native module.

``native_events.json`` has what programs read of the events that the native modules of pc-ble-driver-py 0.17 made of
these packets, which come from the golden vectors. Events for which the program has lent memory are not in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from drop_in.dumping import Dumper

from gatts_codec.codec import Codec
from gatts_codec.drop_in import irregular
from gatts_codec.drop_in.arrays import array_names
from gatts_codec.drop_in.calls import Lent
from gatts_codec.drop_in.convert import Converter
from gatts_codec.drop_in.declared import declarations
from gatts_codec.drop_in.events import Events
from gatts_codec.drop_in.memory import Structures

NATIVE: Any = json.loads(Path(__file__).with_name("native_events.json").read_text("utf-8"))


@pytest.mark.parametrize("version", NATIVE)
def test_they_read_as_the_native_module_s(version: str) -> None:
    codec = Codec(f"sd_api_{version}_pc", strict=False)
    declared, structures = declarations(version), Structures(declarations(version))
    events = Events(codec, Converter(structures, irregular))
    arrays = [array_names(name, kind, structures) for name, kind in declared.arrays.items()]
    dumper, wrong = Dumper(SimpleNamespace(**{n: c for each in arrays for n, c in each.items()})), []
    for name, packet, expected in NATIVE[version]:
        event = events.build(codec.decode_event(bytes.fromhex(packet)), Lent())
        if dumper.event(name, event) != expected:
            wrong.append((name, packet))
    assert wrong == []
    assert len(NATIVE[version]) > 60
