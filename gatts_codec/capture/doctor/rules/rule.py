"""What every rule is: it watches one link of a recording go by, and adds what it finds to its cases.

A rule overrides what it needs to see. It states causes only as far as the recording shows them; which of two findings
stands when both explain the same frames is decided in ``resolve.py``, for all rules together.
"""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Cases, Finding
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.wire.frames import Item


class Rule:
    """Sees nothing and finds nothing."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.cases = scene, Cases()

    def item(self, item: Item) -> None:
        """Takes an item of the recording, whatever it is."""

    def record(self, record: PacketRecord) -> None:
        """Takes a frame, before what it brings about."""

    def call(self, call: Call) -> None:
        """Takes a call that is over."""

    def event(self, event: EventSeen) -> None:
        """Takes an event."""

    def exchange(self, exchange: Exchange) -> None:
        """Takes a request of a peer, or what was sent to it, that is answered or never will be."""

    def link(self, change: LinkChange) -> None:
        """Takes a change of the link."""

    def oddity(self, oddity: Oddity) -> None:
        """Takes something that no correct peer does."""

    def given_up(self, given_up: GivenUp) -> None:
        """Takes a packet that its sender stopped repeating without an ACK."""

    def end(self) -> None:
        """The recording is over: what was kept is judged now."""

    def findings(self) -> Iterator[Finding]:
        """What was found."""
        return self.cases.findings()

    def name(self, delivery: Delivery) -> str:
        """What a packet is called."""
        return self.scene.name(delivery)
