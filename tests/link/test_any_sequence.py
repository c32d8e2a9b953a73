"""Whatever happens to an end, in whatever order: it stays consistent, bounded, and raises nothing of its own."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from link.link_bytes import (
    ACKS,
    CONFIG,
    CONFIG_RSP,
    RESET,
    SYNC,
    SYNC_RSP,
    WAKEUP,
    active_chip,
    active_host,
    packet,
    shown,
)

from gatts_codec.errors import GattsError
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import LinkLost, LinkUp
from gatts_codec.link.host_link import HostLink

MAX_WAITING = 3
FRAMES = [
    *ACKS,
    *(packet(b"\x02\x50", seq=seq) for seq in range(8)),
    RESET,
    SYNC,
    SYNC_RSP,
    CONFIG,
    CONFIG_RSP,
    WAKEUP,
    packet(b"\x02\x50", reliable=False),
    packet(b"\x02\x50", crc=False),
    b"\xc0\x01\xc0",
    b"\xc0",
]
DATA = st.lists(st.sampled_from(FRAMES) | st.binary(max_size=5), max_size=4).map(b"".join)
OPERATIONS = st.lists(
    st.tuples(st.just("receive"), DATA)
    | st.tuples(st.sampled_from(["deadline", "deadline", "send", "open", "close", "reboot"]), st.just(b"")),
    max_size=40,
)


def ends() -> list[LinkEnd]:
    host = HostConfig(reset=False, max_waiting=MAX_WAITING)
    chip = ChipConfig(max_waiting=MAX_WAITING)
    return [
        HostLink(HostConfig(max_waiting=MAX_WAITING)),
        active_host(host),
        OldChipLink(chip),
        active_chip(chip),
    ]


def perform(end: LinkEnd, operation: str, data: bytes, now: float) -> list[object]:
    if operation == "receive":
        return [*end.receive_data(data, now)]
    if operation == "deadline":
        return [*end.tick(end.next_deadline() or now)]
    if operation == "send":
        end.send(b"\x00\x66", now)
        return []
    if operation == "close":
        return [*end.close(now)]
    if isinstance(end, ChipLink):
        return [*(end.reboot(now) if operation == "reboot" else end.open(now))]
    assert isinstance(end, HostLink)
    return [*(end.open(now) if operation == "open" else [])]


@pytest.mark.parametrize("which", range(4), ids=["host", "active host", "old chip", "active chip"])
@given(operations=OPERATIONS)
def test_consistent_after_anything(which: int, operations: list[tuple[str, bytes]]) -> None:
    end = ends()[which]
    up = end.is_up
    now = 0.0
    for operation, data in operations:
        now = max(now, (end.next_deadline() or now) if operation == "deadline" else now)
        events: list[object] = []
        with contextlib.suppress(GattsError):
            events = perform(end, operation, data, now)
        for event in events:
            assert not (isinstance(event, LinkUp) and up)
            up = up if not isinstance(event, LinkUp | LinkLost) else isinstance(event, LinkUp)
        assert end.is_up == up == (end.state.name in ("ACTIVE", "AWAITING_ACK"))
        assert (end.waiting > 0) == (end.state.name == "AWAITING_ACK")
        assert end.waiting <= 1 + MAX_WAITING
        deadline = end.next_deadline()
        assert deadline is None or deadline >= now
        # Everything that leaves is a whole and good frame.
        assert all(shown(end.data_to_send()))
        assert end.data_to_send() == b""


# Set before each step, told by the step, or cleared with what is undone.
PASSING = {"_events", "_now", "_heard", "_out", "_decoder"}


@given(OPERATIONS, st.integers(0, 40))
def test_a_host_s_step_that_is_undone_leaves_nothing_behind(
    operations: list[tuple[str, bytes]], undone: int
) -> None:
    host, now = active_host(HostConfig(reset=False, max_waiting=MAX_WAITING)), 0.0
    for number, (operation, data) in enumerate(operations):
        now += 0.1
        before = {name: value for name, value in vars(host).items() if name not in PASSING}
        saved = host.save()
        with contextlib.suppress(GattsError):
            perform(host, operation, data, now)
        if number == undone:
            host.restore(saved)
            assert {name: getattr(host, name) for name in before} == before
            assert (host.data_to_send(), host._decoder.pending) == (b"", b"")
