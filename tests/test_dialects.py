"""Dialects as a user derives them: everything but the differences comes from the one before."""

from __future__ import annotations

import subprocess
import sys

import pytest
from own_dialect import mine

from gatts_codec import Codec, Opaque
from gatts_codec.dialects import DIALECTS, SD_API_V5
from gatts_codec.packets import common, gap, gattc, gatts, l2cap
from gatts_codec.packets.gap import structs
from gatts_codec.packets.gatts import service_changed
from gatts_codec.packets.group import Call, Declarations, Declared


def test_every_dialect_has_every_group() -> None:
    for dialect in DIALECTS.values():
        assert len(dialect.groups) == len(set(dialect.groups)) == 5


def test_a_derived_dialect_inherits_packets_numbers_and_groups() -> None:
    moved = Call(0xAF, service_changed.COMMAND, service_changed.RESPONSE)
    codec = Codec(mine(SD_API_V5, calls={"service_changed": moved}))
    assert codec.encode(service_changed.ServiceChanged(1, 2, 3)).hex() == "af010002000300"
    assert codec.unpack(bytes.fromhex("006101")) == Opaque(0, "command", "common", 0x61, b"\x01")
    assert codec.unpack(bytes.fromhex("02570001000a")) == Codec("sd_api_v5").unpack(
        bytes.fromhex("02570001000a")
    )


def test_a_packet_loads_no_other() -> None:
    """All of a group take as long to load as hundreds of packets to decode."""
    script = (
        "import sys, gatts_codec\n"
        "codec = gatts_codec.Codec('sd_api_v5')\n"
        "codec.pack(codec.unpack(bytes.fromhex('00a001010d180101')))\n"
        "codec.has(gatts_codec.ServiceAdd), codec.dialect.opcode('hvx')\n"
        "print(*(name for name in sys.modules if name.startswith('gatts_codec.packets.gatts.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.rpartition(".")[2] for name in done.stdout.split()}
    assert loaded == {"history", "service_add"}


def test_what_a_history_says_of_a_layout_loads_it_when_it_is_needed() -> None:
    for group in (common, gap, gattc, gatts, l2cap):
        nothing = group.no_module_yet
        assert isinstance(nothing, Declarations)
        with pytest.raises(ModuleNotFoundError):
            nothing.LAYOUT.load()
        with pytest.raises(AttributeError):
            group._private  # noqa: B018
    declared = Declarations(f"{gap.__name__}.structs")
    layout = declared.IRK
    assert isinstance(layout, Declared)
    assert layout.load() is structs.IRK
    assert declared.__name__ == structs.__name__


def test_a_codec_loads_construct_when_it_is_used() -> None:
    script = (
        "import sys, gatts_codec\n"
        "codec = gatts_codec.Codec('sd_api_v5')\n"
        "assert 'construct' not in sys.modules\n"
        "codec.prepare()\n"
        "ready = set(sys.modules)\n"
        "codec.unpack(bytes.fromhex('00a001010d180101'))\n"
        "print(*sorted(set(sys.modules) - ready))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["gatts_codec.packets.gatts.service_add"]


def test_histories_that_have_the_same_packets_are_equal() -> None:
    calls = SD_API_V5.groups["gatts"].calls
    same = SD_API_V5.groups["gatts"].derive().calls
    assert {calls, same} == {calls}
