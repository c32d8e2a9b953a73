"""The heart rate server with phones that do not do things in the order it would like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gatts_codec import Client, PeerError, connect, memory_pair
from gatts_codec.device import ChipRunner, Peer, Procedure, ScriptRun, VirtualChip, parse_script
from gatts_codec.gap import DisconnectedEvent

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

PHONES = {
    "in a hurry": "subscribe 2a37\nwait values 3",
    "careful": "mtu 185\ndiscover\nsubscribe 2a37\nwait values 3",
    "late to ask for more": "subscribe 2a37\nmtu 185\nwait values 3",
    "undecided": "subscribe 2a37\nunsubscribe 2a37\nsubscribe 2a37\nwait values 2",
    "coming back": "subscribe 2a37\nwait values 1\ndisconnect\n"
    "wait advertising\nconnect\nsubscribe 2a37\nwait values 1",
}


@pytest.fixture
def heart_rate_server(monkeypatch: pytest.MonkeyPatch) -> type:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    sys.modules.pop("heart_rate_server", None)
    found: type = import_module("heart_rate_server").HeartRateServer
    return found


@pytest.mark.parametrize("dialect", ["s130_v1", "sd_api_v3", "sd_api_v6"])
def test_it_serves_any_dialect(dialect: str, heart_rate_server: type) -> None:
    a_phone_gets_its_values(PHONES["in a hurry"], heart_rate_server, dialect)


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_gets_its_values(phone: str, heart_rate_server: type) -> None:
    a_phone_gets_its_values(PHONES[phone], heart_rate_server, "sd_api_v5")


def a_phone_gets_its_values(habits: str, heart_rate_server: type, dialect: str) -> None:
    script = parse_script(f"wait advertising\nconnect\n{habits}\ndisconnect")
    chip_end, host_end = memory_pair()
    chip = ChipRunner(VirtualChip(dialect), chip_end)
    runs: list[ScriptRun] = []

    def turn(now: float) -> float | None:
        return runs[0].turn(now) if runs else None

    chip.on_turn = turn
    client: Client
    with chip, connect(host_end, dialect) as client:
        server = heart_rate_server(client)
        client.on_event(server.answer)
        chip.call(lambda: runs.append(ScriptRun(chip.chip, script, lambda line: None)))
        assert chip.wait_until(lambda _: runs[0].done), runs[0].standing
    assert runs[0].error is None


@pytest.mark.parametrize(
    "wish", [lambda phone: phone.exchange_mtu(185), lambda phone: phone.write(0x11, b"\1\0")]
)
def test_a_phone_that_leaves_before_it_is_answered(
    wish: Callable[[Peer], Procedure[Any]], heart_rate_server: type
) -> None:
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip("sd_api_v5"), chip_end) as chip, connect(host_end, "sd_api_v5") as client:
        server = heart_rate_server(client)
        assert server.cccd == 0x11
        chip.peer.connect()
        asking = chip.peer.begin(wish)
        chip.peer.disconnect()
        with pytest.raises(PeerError, match="gone"):
            asking.result(300)
        event: object = None
        while not isinstance(event, DisconnectedEvent):
            event = next(client.events(timeout_s=300))
            server.answer(event)
