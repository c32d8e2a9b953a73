"""The heart rate server with phones that do not do things in the order it would like."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from gatts_codec import Client, connect, memory_pair
from gatts_codec.device import ChipRunner, ScriptRun, VirtualChip, parse_script

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


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_gets_its_values(phone: str, heart_rate_server: type) -> None:
    script = parse_script(f"wait advertising\nconnect\n{PHONES[phone]}\ndisconnect")
    chip_end, host_end = memory_pair()
    chip = ChipRunner(VirtualChip("sd_api_v5"), chip_end)
    runs: list[ScriptRun] = []

    def turn(now: float) -> float | None:
        return runs[0].turn(now) if runs else None

    chip.on_turn = turn
    client: Client
    with chip, connect(host_end, "sd_api_v5") as client:
        server = heart_rate_server(client)
        client.on_event(server.answer)
        chip.call(lambda: runs.append(ScriptRun(chip.chip, script, lambda line: None)))
        assert chip.wait_until(lambda _: runs[0].done, 30), runs[0].standing
    assert runs[0].error is None
