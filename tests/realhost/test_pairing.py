"""Two blatann devices pair on chips of one air, on each driver: blatann computes what a host has to, and keeps keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from realhost.hosts import NATIVE, PATIENCE_S, Host, needs_blatann, on_each_driver

PAIRING = Path(__file__).with_name("pairing.py")


@needs_blatann
@on_each_driver
@pytest.mark.parametrize(
    ("way", "level"),
    [
        ("just-works", "JUST_WORKS"),
        ("passkey", "MITM"),
        ("passkey-lesc", "LESC_MITM"),
        ("comparison", "LESC_MITM"),
        ("private", "JUST_WORKS"),
    ],
)
def test_they_pair_bond_and_meet_again(
    way: str,
    level: str,
    air: Callable[[], tuple[str, str]],
    host: Callable[..., Host],
    driver: tuple[str, ...],
) -> None:
    """The native driver loses an ACK now and then, and its call has no response: that run is made again."""
    for _ in range(3 if driver == NATIVE else 1):
        devices = host(str(PAIRING), way, *air())
        devices.process.wait(PATIENCE_S)
        devices.stop()
        if not any("rpc_no_response" in line for line in devices.lines):
            break
    said = [json.loads(line) for line in devices.lines if line.startswith("{")]
    secured = {"status": "success", "level": level}
    assert said == [
        {"what": "closed", "read": "insuf_authentication"},
        {"what": "paired", **secured},
        {"what": "open", "read": "success"},
        {"what": "met again", "moved": way == "private", "known": True},
        {"what": "encrypted", **secured},
        {"what": "open", "read": "success"},
    ], "\n".join(devices.lines)
