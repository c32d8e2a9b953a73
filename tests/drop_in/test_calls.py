"""Calls put the bytes on the wire that the native module puts there.

``native_calls.json`` has what the native modules of pc-ble-driver-py 0.17 sent for the same arguments (``filling.py``),
by version, seed and call; a number is a result without a packet. The calls whose structures the native v2 module cannot
be given, and those that need more than arguments, are not in it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drop_in.filling import Filler
from drop_in.programs import Program
from patience import PATIENT_CHIP

from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.link.transports import open_transport

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
NATIVE: Any = json.loads(Path(__file__).with_name("native_calls.json").read_text("utf-8"))
CASES = [(version, int(seed)) for version, seeds in NATIVE.items() for seed in seeds]
# Of SD API v2 the native module leaves a bit out that the packets have: the distribution of link keys. And it writes
# the flags of an encryption key without that of LE Secure Connections.
LEFT_OUT = {
    "sd_ble_gap_authenticate",
    "sd_ble_gap_encrypt",
    "sd_ble_gap_sec_info_reply",
    "sd_ble_gap_sec_params_reply",
}
_SENT = re.compile(r"->  \[(00 [^\]]*) \]")


@pytest.fixture
def program(version: str) -> Iterator[Program]:
    runner = ChipRunner(VirtualChip(f"sd_api_{version}_pc", link=PATIENT_CHIP), open_transport("pty:"))
    runner.start()
    made = Program(runner.transport.name, version, severity=1)
    assert made.open() == 0
    yield made
    made.close()
    runner.stop()


@pytest.mark.parametrize(("version", "seed"), CASES)
def test_they_send_what_the_native_module_sends(program: Program, version: str, seed: int) -> None:
    filler = Filler(program.native, program.adapter, seed)
    wrong = {}
    for name, expected in NATIVE[version][str(seed)].items():
        arguments = filler.arguments(name)
        program.log.clear()
        result = getattr(program.native, name)(*arguments)
        sent = [found[1].replace(" ", "") for _, line in program.log if (found := _SENT.search(line))]
        if (sent[0] if sent else result) != expected and not (version == "v2" and name in LEFT_OUT):
            wrong[name] = (expected, sent or result)
    assert wrong == {}
