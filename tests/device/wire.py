"""A whole chip on its link, as a host sees it, in virtual time."""

from __future__ import annotations

from link.link_bytes import CONFIG, CONFIG_RSP, SYNC, SYNC_RSP, shown

from gatts_codec.device.chip import Observation, VirtualChip

VERSION_GET = bytes.fromhex("006501")
VERSION = bytes.fromhex("016500000000095900a500")
PC, INTERVAL_S = "sd_api_v5_pc", 0.4  # firmware that knows RESET, and answers CONFIG with its own


class Wire:
    """A chip with its link up, as a host sees it."""

    def __init__(self, chip: VirtualChip | None = None, *, up: bool = True) -> None:
        self.chip = chip or VirtualChip(PC)
        self.now = 0.0
        self.seen: list[Observation] = []
        self.chip.observers.append(self.seen.append)
        self.chip.open(self.now)
        if up:
            self.say(SYNC, SYNC_RSP, CONFIG, CONFIG_RSP, CONFIG)

    def say(self, *frames: bytes) -> list[str]:
        """Send frames; what the chip says at once."""
        self.chip.receive_data(b"".join(frames), self.now)
        return shown(self.chip.data_to_send())

    def after(self, seconds: float) -> list[str]:
        """What the chip says until then, deadline by deadline."""
        until, heard = self.now + seconds, list[str]()
        while (due := self.chip.next_deadline()) is not None and due <= until:
            self.now = max(self.now, due)
            self.chip.tick(self.now)
            heard += shown(self.chip.data_to_send())
        self.now = until
        return heard
