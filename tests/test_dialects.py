"""Dialects as a user derives them: everything but the differences comes from the one before."""

from __future__ import annotations

from gatts_codec import Codec, Opaque
from gatts_codec.dialects import SD_API_V5, Call
from gatts_codec.packets.gatts import service_changed


def test_a_derived_dialect_inherits_packets_numbers_and_groups() -> None:
    mine = SD_API_V5.derive(
        "mine",
        firmware="a private build",
        calls={"service_changed": Call(15, service_changed.COMMAND, service_changed.RESPONSE)},
    )
    codec = Codec(mine)
    assert codec.encode(service_changed.ServiceChanged(1, 2, 3)).hex() == "af010002000300"
    assert codec.unpack(bytes.fromhex("006501")) == Opaque(0, "command", "common", 0x65, b"\x01")
    assert codec.unpack(bytes.fromhex("02570001000a")) == Codec("sd_api_v5").unpack(
        bytes.fromhex("02570001000a")
    )
