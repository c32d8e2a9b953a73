"""What a scenario consists of, drawn from its seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from gatts_codec import HostConfig
from gatts_codec.link.transports import Transport
from tools.soak.judge import Ledger
from tools.soak.lines import new_pair
from tools.soak.peer import DIALECT, Peer, Temper

ENDINGS = ("close", "close", "drop", "twice")


@dataclass
class Plan:
    """A chip, a line, and how the client is made."""

    seed: int
    random: Random
    ledger: Ledger
    peer: Peer
    port: Transport
    options: dict[str, object]
    text: str
    ending: str

    def tells_losses(self, disturbed: bool) -> bool:
        """Whether every event must come: without ACKs an interrupt, a reset, or the end of the port can cost some."""
        return self.options["framing"] == "h5" or (not disturbed and self.peer.is_alive())

    def stays_in_step(self, disturbed: bool) -> bool:
        """Whether both ends go on finding each other's frames: nothing marks the next one behind lengths.

        An interrupt may strike when a part of a frame is written, and before that is known.
        """
        return self.options["framing"] != "length" or not disturbed

    @classmethod
    def draw(cls, seed: int) -> Plan:
        """The same for the same seed, as far as threads allow."""
        random = Random(seed)
        framing = random.choice(("h5", "h5", "h5", "h5", "h5", "length", "cobs", "cobs+crc16"))
        temper = Temper.draw(random, plain=framing != "h5")
        if framing == "h5" and random.random() < 0.1:
            temper = Temper(events=temper.events, floods=temper.floods)
        old = random.random() < 0.2
        line, ours, theirs = new_pair(random)
        ledger = Ledger()
        options: dict[str, object] = {
            "dialect": DIALECT,
            "reset": random.random() < 0.6,
            "timeout_s": random.choice((0.1, 0.3, 1.0)),
            "event_buffer": random.choice((1, 7, 4096)),
            "framing": framing,
            "link": HostConfig(
                retransmission_interval_s=0.04,
                transmissions=random.choice((3, 6, 1000)),
                link_transmissions=random.choice((6, 50)),
                reset_wait_s=random.choice((0.0, 0.005)),
                fast_link_up=random.random() < 0.8,
            ),
        }
        peer = Peer(theirs, temper, Random(random.random()), ledger, framing, old)
        ending = random.choice(ENDINGS)
        said = {name: rate for name, rate in vars(temper).items() if rate}
        shown = ", ".join(
            f"{name}={options[name]}" for name in ("reset", "timeout_s", "event_buffer", "framing")
        )
        text = f"{line}; {shown}; {ending}; chip {'old, ' if old else ''}{said or 'in order'}"
        return cls(seed, random, ledger, peer, ours, options, text, ending)
