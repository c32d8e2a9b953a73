"""Two blatann devices pair on chips of one air, on each driver: blatann computes what a host has to, and keeps keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from realhost.hosts import Host, needs_blatann, on_each_driver

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
) -> None:
    devices = host(str(PAIRING), way, *air()).finish()
    secured = {"status": "success", "level": level}
    assert devices.said == [
        {"what": "closed", "read": "insuf_authentication"},
        {"what": "paired", **secured},
        {"what": "open", "read": "success"},
        {"what": "met again", "moved": way == "private", "known": True},
        {"what": "encrypted", **secured},
        {"what": "open", "read": "success"},
    ], "\n".join(devices.lines)
