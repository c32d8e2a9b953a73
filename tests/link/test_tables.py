"""Every pair of state and input, at both ends, brought about with real frames and real deadlines."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import pytest
from link import words
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

from gatts_codec.errors import LinkClosed
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.end import LinkEnd
from gatts_codec.link.events import (
    FrameRejected,
    LinkLost,
    LinkUp,
    PacketAcked,
    PacketIgnored,
    PacketReceived,
    Rebooted,
)
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.machine import CHIP, HOST, IGNORE, ChipState, HostState, Input, TransitionTable

BAD_FRAME = bytes.fromhex("c0002f00d2017ec0")
BYTES_OF = {
    Input.BAD_FRAME: BAD_FRAME,
    Input.RESET: RESET,
    Input.SYNC: SYNC,
    Input.SYNC_RSP: SYNC_RSP,
    Input.CONFIG: CONFIG,
    Input.CONFIG_RSP: CONFIG_RSP,
    Input.ACK_NEXT: ACKS[1],
    Input.ACK_SAME: ACKS[0],
    Input.ACK_OTHER: ACKS[5],
    Input.PACKET_NEXT: packet(b"\x02\x50", seq=0),
    Input.PACKET_OTHER: packet(b"\x02\x50", seq=3),
    Input.OTHER: WAKEUP,
}


def host_in(state: HostState, *, reset: bool) -> HostLink:
    host = HostLink(HostConfig(reset=reset))
    if state is HostState.CLOSED:
        return host
    if state >= HostState.ACTIVE:
        host = active_host(HostConfig(reset=reset))
        if state is HostState.AWAITING_ACK:
            host.send(b"\x00\x66", 0.0)
        return host
    host.open(0.0)
    while host.state < state:
        if host.state is HostState.UNINITIALIZED:
            host.receive_data(SYNC_RSP, 0.0)
        else:
            host.tick(host.next_deadline() or 0.0)
    return host


CHIP_HEARD = {
    ChipState.UNINITIALIZED: b"",
    ChipState.INITIALIZED: SYNC_RSP,
    ChipState.CONFIG_SENT: SYNC_RSP + CONFIG,
    ChipState.CONFIG_ANSWERED: SYNC_RSP + CONFIG + CONFIG,
    ChipState.CONFIG_ACCEPTED: SYNC_RSP + CONFIG + CONFIG_RSP,
}


def chip_in(state: ChipState) -> ChipLink:
    chip = ChipLink(ChipConfig())
    if state is ChipState.CLOSED:
        return chip
    if state >= ChipState.ACTIVE:
        chip = active_chip()
        if state is ChipState.AWAITING_ACK:
            chip.send(b"\x02\x50", 0.0)
        return chip
    chip.open(0.0)
    chip.receive_data(CHIP_HEARD[state], 0.0)
    return chip


def old_chip_in(state: ChipState) -> OldChipLink:
    chip = OldChipLink(ChipConfig())
    if state is ChipState.CLOSED:
        return chip
    chip.open(0.0)
    if state is not ChipState.UNINITIALIZED:
        chip.receive_data(SYNC_RSP, 0.0)
    if state in (ChipState.CONFIG_SENT, ChipState.CONFIG_ACCEPTED):
        chip.tick(chip.next_deadline() or 0.0)
    elif state > ChipState.INITIALIZED:
        chip.receive_data(CONFIG, 0.0)
    if state >= ChipState.CONFIG_ACCEPTED:
        chip.receive_data(CONFIG_RSP, 0.0)
    if state is ChipState.AWAITING_ACK:
        chip.send(b"\x02\x50", 0.0)
    return chip


def give(end: LinkEnd, what: Input) -> None:
    """Bring the input about from outside; what cannot come from outside in this state is given directly."""
    end.data_to_send()
    deadline = end.next_deadline()
    if what in BYTES_OF:
        end.receive_data(BYTES_OF[what], 0.0)
    elif what is Input.TIMEOUT and deadline is not None:
        end.tick(deadline)
    elif what is Input.LAST_TIMEOUT and deadline is not None:
        while deadline is not None and end._limit is not None and end._attempts < end._limit:
            end.tick(deadline)
            deadline = end.next_deadline()
        end.data_to_send()
        if end._limit is None:
            end._input(what)
        else:
            end.tick(deadline or 0.0)
    elif what is Input.CLOSE:
        end.close(0.0)
    elif what is Input.REBOOT and isinstance(end, ChipLink):
        end.reboot(0.0)
    elif what is Input.SEND and end.is_up:
        end.send(b"\x01\x66", 0.0)
    else:
        end._input(what, b"" if what is Input.SEND else None)


def check(end: LinkEnd, table: TransitionTable, what: Input, after_relink: IntEnum) -> None:
    before = end.state
    action, after = table[before][what]
    relinks = after == 0 and ("relink" in action or action == "give_up_sync")
    give(end, what)
    assert end.state is (after_relink if relinks else after)
    if action == IGNORE:
        assert end.data_to_send() == b""
        assert end.state is before
    assert end.is_up == (end.state.name in ("ACTIVE", "AWAITING_ACK"))
    waits_silently = ("CLOSED", "INITIALIZED", "CONFIG_ACCEPTED", "ACTIVE")
    silent = end.state.name in (waits_silently if isinstance(end, ChipLink) else ("CLOSED", "ACTIVE"))
    assert (end.next_deadline() is None) == silent


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", HostState)
def test_host(state: HostState, what: Input) -> None:
    gives_up = state is HostState.UNINITIALIZED and what is Input.LAST_TIMEOUT
    check(host_in(state, reset=True), HOST, what, HostState.CLOSED if gives_up else HostState.DEAF)


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", sorted(set(HostState) - {HostState.DEAF}))
def test_host_that_does_not_reset_the_chip(state: HostState, what: Input) -> None:
    # Where nothing at all answers SYNC, RESET is tried in spite of it.
    silent = state is HostState.UNINITIALIZED and what is Input.LAST_TIMEOUT
    check(host_in(state, reset=False), HOST, what, HostState.DEAF if silent else HostState.UNINITIALIZED)


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", ChipState)
def test_chip(state: ChipState, what: Input) -> None:
    check(chip_in(state), CHIP, what, ChipState.CLOSED)


LINKED = ("ACTIVE", "AWAITING_ACK")


def check_words(end: LinkEnd, says: words.Words, what: Input) -> None:
    before = end.state
    sent, _, after = says.get(what.name, "").partition(">")
    end._events = []
    give(end, what)
    told = {type(event) for event in end._events}
    assert (PacketAcked in told) == (what is Input.ACK_NEXT and before.name == "AWAITING_ACK")
    assert (PacketReceived in told) == (what is Input.PACKET_NEXT and before.name in LINKED)
    assert (LinkUp in told) == (end.state.name == "ACTIVE" and before.name not in LINKED)
    if what.name not in says and what is not Input.BAD_FRAME:
        assert told == ({PacketIgnored} if what in BYTES_OF else set())
    assert [frame.split()[0] for frame in shown(end.data_to_send())] == sent.split()
    assert end.state.name == (after.strip() or before.name)
    assert (end.waiting > 0) == (end.state.name == "AWAITING_ACK")


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", HostState)
def test_what_the_host_says(state: HostState, what: Input) -> None:
    check_words(host_in(state, reset=True), words.HOST[state.name], what)


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", ChipState)
def test_what_the_chip_says(state: ChipState, what: Input) -> None:
    check_words(chip_in(state), words.CHIP[state.name], what)


@pytest.mark.parametrize("what", Input)
@pytest.mark.parametrize("state", ChipState)
def test_what_a_chip_with_old_firmware_says(state: ChipState, what: Input) -> None:
    check_words(old_chip_in(state), words.OLD_CHIP[state.name], what)


@pytest.mark.parametrize("state", sorted(set(ChipState) - {ChipState.CLOSED}))
@pytest.mark.parametrize("chip_in", [chip_in, old_chip_in])
def test_the_chip_reboots_in_every_state(chip_in: Callable[[ChipState], ChipLink], state: ChipState) -> None:
    chip = chip_in(state)
    assert chip.receive_data(RESET, 7.0)[-1] == Rebooted("RESET packet")
    assert chip.next_deadline() == 7.4
    chip = chip_in(state)
    assert chip.reboot(8.0)[-1] == Rebooted("reboot")
    assert chip.next_deadline() == 8.4


@pytest.mark.parametrize(
    ("end_in", "state"),
    [(lambda state: host_in(state, reset=True), state) for state in HostState]
    + [(end_in, state) for end_in in (chip_in, old_chip_in) for state in ChipState],
)
def test_bad_frames_and_the_end_are_reported_unless_it_is_closed(
    end_in: Callable[[IntEnum], LinkEnd], state: IntEnum
) -> None:
    end = end_in(state)
    reported = [type(event) for event in end.receive_data(BAD_FRAME, 0.0) + end.close(0.0)]
    assert reported == ([FrameRejected, LinkLost] if state else [])


@pytest.mark.parametrize(("table", "states"), [(HOST, HostState), (CHIP, ChipState)])
def test_every_pair_is_defined_and_every_state_can_be_reached_and_left(
    table: TransitionTable, states: type[IntEnum]
) -> None:
    assert {state: set(row) for state, row in table.items()} == {state: set(Input) for state in states}
    reached = {after for state, row in table.items() for _, after in row.values() if after is not state}
    assert reached == set(states)
    assert all(any(after is not state for _, after in row.values()) for state, row in table.items())


@pytest.mark.parametrize(("table", "end"), [(HOST, HostLink), (CHIP, ChipLink)])
def test_every_action_is_a_method(table: TransitionTable, end: type[LinkEnd]) -> None:
    for row in table.values():
        for action, _ in row.values():
            assert callable(getattr(end, f"_{action}"))


@pytest.mark.parametrize(
    "make", [lambda: host_in(HostState.ACTIVE, reset=True), lambda: chip_in(ChipState.ACTIVE)]
)
def test_what_is_not_used_is_reported(make: Callable[[], LinkEnd]) -> None:
    events = make().receive_data(BAD_FRAME + WAKEUP, 0.0)
    assert [type(event) for event in events] == [FrameRejected, PacketIgnored]


def test_nothing_is_sent_before_the_link_is_up() -> None:
    for end in (host_in(HostState.INITIALIZED, reset=True), chip_in(ChipState.CONFIG_SENT)):
        with pytest.raises(LinkClosed, match="not up"):
            end.send(b"\x00", 0.0)
