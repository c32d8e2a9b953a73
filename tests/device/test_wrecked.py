"""A chip that SYNC has wrecked, and hosts that begin without RESET: it is revived, or the error says how to."""

from __future__ import annotations

import pytest

from gatts_codec.codec import Codec
from gatts_codec.device import VirtualChip
from gatts_codec.errors import LinkError
from gatts_codec.link.config import HostConfig
from gatts_codec.link.goals import Request
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.inbox import Inbox
from gatts_codec.link.session import CallSession

VERSION = b"\x00\x65\x01"


class Bench:
    """A chip, and one host after the other on its line."""

    def __init__(self, dialect: str) -> None:
        self.chip = VirtualChip(dialect)
        self.codec = self.chip.device.dialect
        self.now = 0.0
        self.chip.open(0.0)

    def host(self, **config: bool) -> CallSession:
        link = HostLink(HostConfig(retransmission_interval_s=0.25, **config))
        session = CallSession(link, Codec(self.codec), Inbox(8))
        session.open(self.now)
        return session

    def run(self, session: CallSession, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.chip.receive_data(session.data_to_send(), self.now)
            self.chip.tick(self.now)
            session.receive_data(self.chip.data_to_send(), self.now)
            session.tick(self.now)
            self.now += 0.01

    def call(self, session: CallSession) -> Request:
        request = Request(VERSION, 1.5)
        session.start(request, self.now)
        return request

    def wreck(self) -> CallSession:
        """A host dies in mid-call, its response unacknowledged, and another begins without RESET."""
        first = self.host()
        self.run(first, 1.5)
        assert first.link.is_up
        self.call(first)
        self.chip.receive_data(first.data_to_send(), self.now)
        self.chip.data_to_send()
        second = self.host(reset=False)
        self.run(second, 1.0)
        assert second.link.is_up
        request = self.call(second)
        self.run(second, 2.0)
        assert request.error is not None
        said = second.error_of(request)
        assert said.stage == "response"
        assert "the link began without RESET" in str(said)
        assert "reset=True revives it" in str(said)
        return second


@pytest.mark.parametrize("dialect", ["sd_api_v6", "sd_api_v7"])
def test_a_chip_that_knows_reset_is_revived_by_the_link_itself(dialect: str) -> None:
    bench = Bench(dialect)
    session = bench.wreck()
    bench.call(session)
    bench.run(session, 6.0)
    assert session.link.is_up
    with pytest.raises(LinkError, match="the chip's attribute table may be gone"):
        session.report()
    request = bench.call(session)
    bench.run(session, 1.0)
    assert request.answer[:2] == b"\x01\x65"


def test_one_that_knows_none_needs_a_power_cycle_and_the_error_says_so() -> None:
    bench = Bench("sd_api_v5")
    session = bench.wreck()
    bench.call(session)
    bench.run(session, 8.0)
    assert session.down is not None
    assert "up to SDK 14 has no RESET and needs a power cycle" in str(session.down)
    bench.chip.open(bench.now)
    session.open(bench.now)
    bench.run(session, 1.0)
    assert session.link.is_up
