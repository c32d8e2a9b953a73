"""The blocking client on a line that loses and damages frames: every call is answered once, by its own answer."""

from __future__ import annotations

from random import Random

import pytest
from link.rig import DIALECT
from link.scripted_chip import ScriptedChip

from gatts_codec import (
    HostConfig,
    HvcEvent,
    LinkError,
    Transport,
    Value,
    ValueSet,
    ValueSetResponse,
    connect,
    memory_pair,
)
from gatts_codec.link.config import ChipConfig

CALLS = 300


class BadLine:
    """A transport that drops, cuts, damages and doubles a share of what is written, once the link has been up."""

    def __init__(self, transport: Transport, seed: int, share: float) -> None:
        self.name, self.baud, self.parity = transport.name, transport.baud, transport.parity
        self.read, self.wait, self.wake = transport.read, transport.wait, transport.wake
        self.fileno, self.close = transport.fileno, transport.close
        self._transport, self._random, self._share = transport, Random(seed), share
        self.bad = False
        self.faults = 0

    def write(self, data: bytes) -> int:
        if self.bad and self._random.random() < self._share:
            self.faults += 1
            at = self._random.randrange(len(data))
            damage = [b"", data[:at], data[:at] + b"\x55" + data[at + 1 :], data + data, b"\xc0" + data]
            if worse := self._random.choice(damage):
                self._transport.write(worse)
            return len(data)
        return self._transport.write(data)


@pytest.mark.parametrize("seed", range(3))
def test_every_call_is_answered_once(seed: int) -> None:
    ours, theirs = memory_pair()
    host_line, chip_line = BadLine(ours, seed, 0.1), BadLine(theirs, seed + 1000, 0.1)
    chip_config = ChipConfig(retransmission_interval_s=0.004, transmissions=1000)
    host_config = HostConfig(
        retransmission_interval_s=0.003, transmissions=1000, link_transmissions=1000, reset_wait_s=0.001
    )
    with (
        ScriptedChip(chip_line, DIALECT, chip_config) as chip,
        connect(host_line, DIALECT, link=host_config, event_buffer=10 * CALLS) as sd,
    ):

        def echo_and_event(command: bytes) -> None:
            sent = chip.codec.decode_command(command[1:])
            assert isinstance(sent, ValueSet)
            chip.respond(chip.codec.pack(ValueSetResponse(0, sent.value)))
            chip.respond(chip.codec.pack(HvcEvent(0, sent.handle)))

        chip.otherwise = echo_and_event
        host_line.bad = chip_line.bad = True
        for number in range(CALLS):
            value = Value(number.to_bytes(2, "little"))
            assert sd.value_set(0xFFFF, number, value).value == value
        host_line.bad = chip_line.bad = False
        events = [sd.wait_for(HvcEvent).handle for _ in range(CALLS)]
        assert events == list(range(CALLS))
        assert len(chip.commands) == CALLS
        assert host_line.faults > CALLS * 0.1
        assert chip_line.faults > CALLS * 0.1
    with pytest.raises(LinkError):
        sd.value_set(0xFFFF, 0, Value(b""))
